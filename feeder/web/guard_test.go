package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGuardKnowsItsNames(t *testing.T) {
	for _, c := range []struct {
		name, listen string
		hosts        []string
		host         string
		ok           bool
	}{
		{"loopback by address", "127.0.0.1:8787", nil, "127.0.0.1:8787", true},
		{"loopback by name", "127.0.0.1:8787", nil, "localhost:8787", true},
		{"loopback by name through a tunnel", "127.0.0.1:8787", nil, "localhost:9000", true},
		{"loopback in capitals with a final dot", "localhost:8787", nil, "LOCALHOST.:8787", true},
		{"loopback IPv6", "[::1]:8787", nil, "[::1]:8787", true},
		{"loopback without port", "127.0.0.1:8787", nil, "[::1]", true},
		{"rebinding", "127.0.0.1:8787", nil, "evil.example:8787", false},
		{"rebinding by a name that begins well", "127.0.0.1:8787", nil, "localhost.evil.example", false},
		{"rebinding by a name that looks like an address", "127.0.0.1:8787", nil, "127.0.0.1.evil.example", false},
		{"another address on loopback", "127.0.0.1:8787", nil, "192.0.2.7:8787", false},
		{"no name at all", "127.0.0.1:8787", nil, "", false},
		{"a configured name", "127.0.0.1:8787", []string{"waggle.example"}, "Waggle.example:8787", true},
		{"everywhere, any name", "0.0.0.0:8787", nil, "waggle.example", true},
		{"everywhere, short form", ":8787", nil, "waggle.example", true},
		{"everywhere, names configured, another asked", "0.0.0.0:8787", []string{"waggle.example"}, "evil.example", false},
		{"everywhere, names configured, by address", "0.0.0.0:8787", []string{"waggle.example"}, "192.0.2.7:8787", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
			r.Host = c.host
			w := httptest.NewRecorder()
			New(Options{Store: &fake{}, Listen: c.listen, Hosts: c.hosts}).ServeHTTP(w, r)
			want := http.StatusOK
			if !c.ok {
				want = http.StatusMisdirectedRequest
			}
			assert.Equal(t, want, w.Code)
		})
	}
}

func TestGuardOnlyReads(t *testing.T) {
	h := New(Options{Store: filled(), Listen: "127.0.0.1:0"})
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions, "TRACE"} {
		for _, path := range []string{"/", "/posts", "/api/v1/stories", "/healthz"} {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(method, "http://127.0.0.1"+path, nil)
			h.ServeHTTP(w, r)
			assert.Equal(t, http.StatusMethodNotAllowed, w.Code, "%s %s", method, path)
			assert.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
		}
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	store := filled()
	h := New(Options{Store: store, Listen: "127.0.0.1:0", Metrics: http.NotFoundHandler()})
	for _, path := range []string{"/", "/story/" + store.stories[0].ID, "/posts", "/post/" + store.posts[0].Ref, "/sources", "/nowhere",
		"/api/v1/stories", "/api/nowhere", "/metrics", "/healthz", "/assets/style.css", "/?severity=huge"} {
		t.Run(path, func(t *testing.T) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodHead, "http://localhost"+path, nil))
			header := w.Header()
			assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
			assert.NotContains(t, header.Get("Content-Security-Policy"), "unsafe")
			assert.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
			assert.Equal(t, "no-referrer", header.Get("Referrer-Policy"))
			assert.Equal(t, "DENY", header.Get("X-Frame-Options"))
			assert.NotEmpty(t, header.Get("Content-Type"))
		})
	}
}
