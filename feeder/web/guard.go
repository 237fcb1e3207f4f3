package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// policy lets a page load its own style sheet, scripts and images, and ask this
// server, and nothing else: what a hostile title might smuggle in could not run.
// https://www.w3.org/TR/CSP3/
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard puts the protections that every answer has round a handler: safe
// methods only, but for what writes says changes something, known host names
// only, and the headers that tell browsers to keep the page to itself.
func guard(o Options, writes func(*http.Request) bool, next http.Handler) http.Handler {
	known := hosts(o)
	ours := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead && !writes(r):
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "This address can only be read: use GET.", http.StatusMethodNotAllowed)
		case !known(r.Host):
			http.Error(w, "This server is not asked by that name. Open it by its address, or add the name to its configuration.",
				http.StatusMisdirectedRequest)
		default:
			if err := ours.Check(r); err != nil {
				http.Error(w, "Another site sent this form: open the page itself.", http.StatusForbidden)
				return
			}
			next.ServeHTTP(w, r)
		}
	})
}

// writes tells whether there is an address for requests of that method: the
// others take GET and HEAD alone.
func writes(mux *http.ServeMux) func(*http.Request) bool {
	return func(r *http.Request) bool {
		_, pattern := mux.Handler(r)
		return strings.HasPrefix(pattern, r.Method+" ") || r.Method == http.MethodPost && r.URL.Path == loginPath
	}
}

// hosts gives the test of a request's Host header. A server beyond loopback
// cannot know its names: there only a configured list is enforced, and
// addresses always pass, since rebinding needs a name.
func hosts(o Options) func(host string) bool {
	if !loopback(name(o.Listen)) && len(o.Hosts) == 0 {
		return func(string) bool { return true }
	}
	local := loopback(name(o.Listen))
	return func(host string) bool {
		n := name(host)
		if loopback(n) {
			return true
		}
		if _, err := netip.ParseAddr(n); err == nil {
			return !local
		}
		return slices.ContainsFunc(o.Hosts, func(h string) bool { return strings.EqualFold(h, n) })
	}
}

// name is a host without its port, brackets and final dot.
func name(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

func loopback(n string) bool {
	a, err := netip.ParseAddr(n)
	return n == "localhost" || err == nil && a.Unmap().IsLoopback()
}
