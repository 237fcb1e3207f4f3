package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

const token = "page-t0ken-of-the-tests"

func TestThePageIsNotOpenByAccident(t *testing.T) {
	for _, c := range []struct {
		name, listen string
		login        Login
		want         string
	}{
		{"loopback", "127.0.0.1:8787", Login{}, ""},
		{"loopback IPv6", "[::1]:8787", Login{}, ""},
		{"by name", "localhost:8787", Login{}, ""},
		{"everywhere", "0.0.0.0:8787", Login{}, "the page would be open"},
		{"everywhere, short form", ":8787", Login{}, "the page would be open"},
		{"everywhere IPv6", "[::]:8787", Login{}, "WAGGLE_PAGE_TOKEN"},
		{"a name", "waggle.example:8787", Login{}, "WAGGLE_TRUST_PROXY_USER"},
		{"with a token", "0.0.0.0:8787", Login{Token: secret.New(token)}, ""},
		{"with a proxy", "0.0.0.0:8787", Login{User: "X-Forwarded-User"}, ""},
		{"with a token that can be guessed", "127.0.0.1:8787", Login{Token: secret.New("letmein")}, "fewer than 16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.login.Check(c.listen)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "letmein")
		})
	}
}

// visit sends a request that change has changed, from an address.
func visit(o Options, method, path, from string, change func(*http.Request)) *httptest.ResponseRecorder {
	o.Listen = "0.0.0.0:8787"
	if o.Now == nil {
		o.Now = func() time.Time { return now }
	}
	r := httptest.NewRequest(method, "http://waggle.example:8787"+path, nil)
	r.RemoteAddr = from
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, r)
	return w
}

const near, far = "10.0.0.9:1234", "203.0.113.9:1234"

func TestLogin(t *testing.T) {
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	known := Login{Token: secret.New(token)}
	proxy := Login{User: "X-Forwarded-User"}
	for _, c := range []struct {
		name   string
		login  Login
		path   string
		from   string
		change func(*http.Request)
		want   int
	}{
		{"a page without a token", known, "/", near, nil, http.StatusSeeOther},
		{"JSON without a token", known, "/api/v1/stories", near, nil, http.StatusUnauthorized},
		{"a feed without a token", known, "/feeds/threats.rss", near, nil, http.StatusUnauthorized},
		{"metrics without a token", known, "/metrics", near, nil, http.StatusUnauthorized},
		{"health", known, "/healthz", far, nil, http.StatusOK},
		{"what the form needs", known, "/assets/style.css", far, nil, http.StatusOK},
		{"the form", known, "/login", far, nil, http.StatusOK},
		{"bearer", known, "/api/v1/stories", far, header("Authorization", "Bearer "+token), http.StatusOK},
		{"basic", known, "/feeds/threats.rss", far, func(r *http.Request) { r.SetBasicAuth("reader", token) }, http.StatusOK},
		{"the wrong token", known, "/api/v1/stories", far, header("Authorization", "Bearer "+token+"x"), http.StatusUnauthorized},
		{"no token at all", known, "/api/v1/stories", far, header("Authorization", "Bearer "), http.StatusUnauthorized},
		{"the token in the address", known, "/api/v1/stories?token=" + token, far, nil, http.StatusUnauthorized},
		{"an invented session", known, "/", far, header("Cookie", sessionCookie+"=9999999999.00"), http.StatusSeeOther},
		{"a proxy's header where none is trusted", known, "/", near, header("X-Forwarded-User", "eve"), http.StatusSeeOther},
		{"behind a proxy", proxy, "/", near, header("X-Forwarded-User", "ann"), http.StatusOK},
		{"behind a proxy that names nobody", proxy, "/", near, header("X-Forwarded-User", " "), http.StatusSeeOther},
		{"past the proxy", proxy, "/", near, nil, http.StatusSeeOther},
		{"the proxy's header from elsewhere", proxy, "/", far, header("X-Forwarded-User", "eve"), http.StatusSeeOther},
		{"no token is no token", proxy, "/api/v1/stories", far, header("Authorization", "Bearer "), http.StatusUnauthorized},
		{"another network than the proxy's", Login{User: "X-User", Proxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}},
			"/", near, header("X-User", "eve"), http.StatusSeeOther},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, visit(Options{Store: filled(), Login: c.login}, http.MethodGet, c.path, c.from, c.change).Code)
		})
	}
}

func TestSession(t *testing.T) {
	at := now
	handler := New(Options{Store: filled(), Login: Login{Token: secret.New(token)}, Listen: "0.0.0.0:0", Now: func() time.Time { return at }})
	send := func(method, path, body string, cookies ...*http.Cookie) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "https://waggle.example"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}

	wrong := send(http.MethodPost, "/login", "token=wrong")
	assert.Equal(t, "/login?wrong=1", wrong.Header().Get("Location"))
	assert.Empty(t, wrong.Result().Cookies())
	assert.Contains(t, send(http.MethodGet, "/login?wrong=1", "").Body.String(), "That is not the token.")

	right := send(http.MethodPost, "/login", url.Values{"token": {token}}.Encode())
	require.Len(t, right.Result().Cookies(), 1)
	cookie := right.Result().Cookies()[0]
	assert.True(t, cookie.HttpOnly)
	assert.True(t, cookie.Secure, "it was sent by https")
	assert.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	assert.NotContains(t, cookie.String(), token)
	assert.Equal(t, http.StatusOK, send(http.MethodGet, "/", "", cookie).Code)

	forged := *cookie
	forged.Value = "1" + cookie.Value
	assert.Equal(t, http.StatusSeeOther, send(http.MethodGet, "/", "", &forged).Code)
	at = now.Add(sessionLength)
	assert.Equal(t, http.StatusSeeOther, send(http.MethodGet, "/", "", cookie).Code, "it has ended")
}

func TestTheTokenIsNowhere(t *testing.T) {
	var log strings.Builder
	store := filled()
	o := Options{Store: store, Login: Login{Token: secret.New(token)}, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	bearer := func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	for _, broken := range []error{nil, assert.AnError} {
		store.err = broken
		for _, path := range []string{"/", "/login", "/threats", "/api/v1/stories", "/nowhere", "/healthz"} {
			for _, change := range []func(*http.Request){nil, bearer} {
				w := visit(o, http.MethodGet, path, far, change)
				assert.NotContains(t, fmt.Sprint(w.Header(), w.Body), token, path)
			}
		}
	}
	assert.NotEmpty(t, log.String())
	assert.NotContains(t, log.String()+fmt.Sprintf("%v %+v %#v", o.Login, o.Login, o.Login), token)
}

func TestRetry(t *testing.T) {
	store := filled()
	failed := store.posts[2]
	var tried []string
	o := Options{Store: store, Login: Login{Token: secret.New(token)}, Retry: func(_ context.Context, ref string) error {
		tried = append(tried, ref)
		if ref != failed.Ref {
			return fmt.Errorf("post %s: %w", ref, waggle.ErrNotFound)
		}
		return nil
	}}
	path := "/post/" + failed.Ref + "/retry"
	logged := func(more ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Authorization", "Bearer "+token)
			for i := 0; i < len(more); i += 2 {
				r.Header.Set(more[i], more[i+1])
			}
		}
	}
	for _, c := range []struct {
		name, method, path string
		change             func(*http.Request)
		want               int
		tried              bool
	}{
		{"a program's", http.MethodPost, path, logged(), http.StatusSeeOther, true},
		{"the page's form", http.MethodPost, path, logged("Sec-Fetch-Site", "same-origin"), http.StatusSeeOther, true},
		{"a form of another site", http.MethodPost, path, logged("Sec-Fetch-Site", "cross-site"), http.StatusForbidden, false},
		{"a form of another site in an old browser", http.MethodPost, path, logged("Origin", "https://evil.example"), http.StatusForbidden, false},
		{"a stranger's", http.MethodPost, path, nil, http.StatusSeeOther, false},
		{"a link", http.MethodGet, path, logged(), http.StatusNotFound, false},
		{"of a post that did not fail", http.MethodPost, "/post/0123/retry", logged(), http.StatusNotFound, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tried = nil
			w := visit(o, c.method, c.path, far, c.change)
			assert.Equal(t, c.want, w.Code)
			assert.Equal(t, c.tried, len(tried) > 0)
		})
	}

	offered := func(o Options, path string) int {
		o.Login = Login{}
		return open(t, o, path).Find("form[action$='/retry'][method=post]").Length()
	}
	assert.Equal(t, 1, offered(o, "/post/"+failed.Ref))
	assert.Equal(t, 1, offered(o, "/posts?fate=failed"))
	assert.Zero(t, offered(o, "/post/"+store.posts[1].Ref), "it did not fail")
	assert.Zero(t, offered(Options{Store: store}, "/post/"+failed.Ref), "nobody can")
}

func TestLoggingOutEndsTheSession(t *testing.T) {
	at := now
	h := New(Options{Store: filled(), Login: Login{Token: secret.New(token)}, Now: func() time.Time { return at }, Listen: "127.0.0.1:0"})
	send := func(method, path, body string, cookie *http.Cookie) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if cookie != nil {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	login := func() *http.Cookie { return send(http.MethodPost, "/login", "token="+token, nil).Result().Cookies()[0] }
	here, there := login(), login()
	assert.NotEqual(t, here.Value, there.Value)

	out := send(http.MethodPost, "/logout", "", here)
	assert.Equal(t, "/login", out.Header().Get("Location"))
	require.Len(t, out.Result().Cookies(), 1)
	assert.Negative(t, out.Result().Cookies()[0].MaxAge)
	assert.Equal(t, http.StatusSeeOther, send(http.MethodGet, "/", "", here).Code)
	assert.Equal(t, http.StatusOK, send(http.MethodGet, "/", "", there).Code, "the other browser stays")
	assert.Contains(t, send(http.MethodGet, "/", "", there).Body.String(), `action="/logout"`)
	at = at.Add(sessionLength)
	assert.Equal(t, http.StatusSeeOther, send(http.MethodGet, "/", "", here).Code)
}
