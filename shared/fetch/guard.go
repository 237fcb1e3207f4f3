package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// refusal is an address that is not fetched: why, and what to do.
type refusal struct{ why, next string }

func (r refusal) Error() string { return r.why }

func refused(why string) refusal { return refusal{why, "use another address"} }

// guard lets requests to public addresses through. What counts is the address
// a connection is made to, after DNS: a name may resolve differently each time.
// Where a proxy makes the connection the guard looks before it asks the proxy.
type guard struct {
	allow     []netip.Prefix
	allowKey  string
	proxies   []string // host:port; connections to them are not guarded
	transport *http.Transport
	lookup    func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// lookupLimit is short: behind a proxy there may be no DNS for public names,
// and then the proxy is the one who resolves and decides.
const lookupLimit = 2 * time.Second

func newGuard(o Options) (*guard, error) {
	config, err := upstream.TLS(o.CACerts...)
	if err != nil {
		return nil, err
	}
	transport, err := upstream.NewTransport(o.Proxy, config)
	if err != nil {
		return nil, err
	}
	proxies, err := o.Proxy.URLs()
	if err != nil {
		return nil, err
	}
	g := &guard{allow: o.Allow, allowKey: o.AllowKey, transport: transport, lookup: net.DefaultResolver.LookupNetIP}
	for _, proxy := range proxies {
		g.proxies = append(g.proxies, hostPort(proxy))
	}
	open := net.Dialer{Timeout: 15 * time.Second}
	guarded := open
	guarded.Control = g.control
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if slices.Contains(g.proxies, strings.ToLower(address)) {
			return open.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
	transport.DisableCompression = true // unpack does it, with limits
	transport.MaxIdleConnsPerHost = 2
	return g, nil
}

// hostPort is where a connection for u is made to.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// RoundTrip checks each request, those after a redirect too.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.check(r); err != nil {
		return nil, err
	}
	return g.transport.RoundTrip(r)
}

func (g *guard) check(r *http.Request) error {
	host := r.URL.Hostname()
	switch {
	case r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return refused("only http and https are read")
	case r.URL.User != nil:
		return refused("the address carries a user name or password")
	case slices.Contains(g.proxies, hostPort(r.URL)):
		// Its address would not be guarded when dialled.
		return refused("the address is the proxy's own")
	}
	if address, err := netip.ParseAddr(host); err == nil {
		return g.judge(address)
	}
	proxy, err := g.transport.Proxy(r)
	if err != nil || proxy == nil {
		return err
	}
	return g.resolve(r.Context(), host)
}

// resolve looks a name up that a proxy will resolve as well.
func (g *guard) resolve(ctx context.Context, host string) error {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	addresses, err := g.lookup(ctx, "ip", host)
	if err != nil {
		return nil
	}
	for _, address := range addresses {
		if err := g.judge(address); err != nil {
			return err
		}
	}
	return nil
}

// control is called with the address of each connection before it is made.
func (g *guard) control(_, address string, _ syscall.RawConn) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("reading the address to connect to: %w", err)
	}
	return g.judge(target.Addr())
}

func (g *guard) judge(address netip.Addr) error {
	address = address.Unmap()
	allowed := slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(address) })
	if allowed || public(address) {
		return nil
	}
	r := refused(fmt.Sprintf("leads to %s, which is not a public address", address))
	if g.allowKey != "" {
		r.next += ", or name its network under " + g.allowKey + " if it is meant to be read"
	}
	return r
}

// redirects returns the rule for following redirects: at most limit, and what
// the caller sent for one host is not passed on to another.
func redirects(limit int) func(*http.Request, []*http.Request) error {
	return func(r *http.Request, via []*http.Request) error {
		if len(via) > limit {
			return refused(fmt.Sprintf("redirects more than %d times", limit))
		}
		// net/http adds the address it comes from, which may carry a token.
		r.Header.Del("Referer")
		left := func(hop *http.Request) bool { return leaves(via[0].URL, hop.URL) }
		if left(r) || slices.ContainsFunc(via, left) {
			keepImpersonal(r.Header)
		}
		return nil
	}
}

// leaves reports whether a redirect goes to another host, or from https to http.
func leaves(from, to *url.URL) bool {
	upgrade := from.Scheme == "http" && to.Scheme == "https" && from.Port() == "" && to.Port() == ""
	sameOrigin := from.Scheme == to.Scheme && hostPort(from) == hostPort(to)
	return !sameOrigin && !(upgrade && strings.EqualFold(from.Hostname(), to.Hostname()))
}

// keepImpersonal removes every field that is not the same for all sites.
func keepImpersonal(header http.Header) {
	for name := range header {
		switch name {
		case "User-Agent", "Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since":
		default:
			header.Del(name)
		}
	}
}
