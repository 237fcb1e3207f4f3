package upstream

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoSecretInErrors lets a service echo everything it was sent, in answers of
// every kind, and looks for the secret in all that an error holds.
func TestNoSecretInErrors(t *testing.T) {
	const secret = "s3cr3t/Key+With%Odd=Chars"
	encoded := base64.StdEncoding.EncodeToString([]byte("user:" + secret))
	places := map[string]struct {
		change  func(*Options)
		request Request
	}{
		"client's header":    {func(o *Options) { o.Header = http.Header{"Auth-Key": {secret}} }, Request{}},
		"client's secrets":   {func(o *Options) { o.Secrets = []string{secret} }, Request{Query: url.Values{"q": {secret}}}},
		"request's header":   {nil, Request{Header: http.Header{"X-Apikey": {secret}}}},
		"bearer token":       {nil, Request{Header: http.Header{"Authorization": {"Bearer " + secret}}}},
		"basic auth":         {nil, Request{Header: http.Header{"Authorization": {"Basic " + encoded}}}},
		"request's query":    {nil, Request{Query: url.Values{"api_key": {secret}}}},
		"base URL's query":   {func(o *Options) { o.BaseURL += "?token=" + url.QueryEscape(secret) }, Request{}},
		"base URL's token":   {func(o *Options) { o.BaseURL = strings.Replace(o.BaseURL, "://", "://"+url.PathEscape(secret)+"@", 1) }, Request{}},
		"base URL's user":    {func(o *Options) { o.BaseURL = withPassword(o.BaseURL, secret) }, Request{}},
		"form":               {nil, Request{Method: "POST", Form: url.Values{"auth_key": {secret}}}},
		"cookie":             {nil, Request{Header: http.Header{"Cookie": {secret}}}},
		"JSON, told as such": {func(o *Options) { o.Secrets = []string{secret} }, Request{Method: "POST", JSON: map[string]string{"key": secret}}},
	}
	ends := map[string]http.HandlerFunc{
		"echoed as text": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, everything(r))
		},
		"echoed as JSON": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = fmt.Fprintf(w, `{"message":%q}`, everything(r))
		},
		"echoed at the end of the excerpt": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, strings.Repeat("x", maxExcerpt-10)+" "+secret+everything(r))
		},
		"echoed at the end of the body": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, strings.Repeat("x", maxErrorBody-10)+secret)
		},
		"echoed where the body is cut": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, strings.Repeat(secret, 2000)+strings.Repeat("x", maxErrorBody+maxSecret-2000*len(secret)-15)+secret)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "/"+url.PathEscape(secret)+"?"+r.URL.RawQuery)
			w.WriteHeader(http.StatusFound)
		},
		"connection dropped": func(w http.ResponseWriter, _ *http.Request) {
			connection, _, err := http.NewResponseController(w).Hijack()
			if assert.NoError(t, err) {
				_ = connection.Close()
			}
		},
		"too long": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1<<20)) },
	}
	for place, p := range places {
		for end, handler := range ends {
			t.Run(place+", "+end, func(t *testing.T) {
				c := serve(t, handler, func(o *Options) {
					o.MaxBody = 512 << 10
					if p.change != nil {
						p.change(o)
					}
				})
				assertNoLeak(t, failure(t, c, p.request), secret, encoded)
			})
		}
	}
}

func withPassword(address, password string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword("user", password)
	return u.String()
}

// everything is what a chatty service writes into its error page.
func everything(r *http.Request) string {
	body, _ := io.ReadAll(r.Body)
	user, password, _ := r.BasicAuth()
	return fmt.Sprint(r.URL, r.RequestURI, r.URL.Query(), r.Header, user, password, string(body))
}

// assertNoLeak looks at everything of an error that could be printed.
func assertNoLeak(t *testing.T, e *Error, secrets ...string) {
	t.Helper()
	printed := fmt.Sprintf("%v %+v %#v %s %s", e, e, *e, e.Body, e.Next)
	for err := error(e); err != nil; err = errors.Unwrap(err) {
		printed += err.Error()
	}
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), secret[:12]} {
			assert.NotContains(t, printed, form)
		}
	}
}

func TestNoSecretInDecodeError(t *testing.T) {
	const secret = "s3cr3t-key-value"
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, `{"n":"%s"}`, secret) },
		func(o *Options) { o.Secrets = []string{secret} })
	response, err := c.Do(t.Context(), Request{})
	require.NoError(t, err)
	var e *Error
	require.ErrorAs(t, response.Decode(&struct{ N int }{}), &e)
	assertNoLeak(t, e, secret)
}

func TestNoProxyPasswordInErrors(t *testing.T) {
	const secret = "proxyPassword+1"
	encoded := base64.StdEncoding.EncodeToString([]byte("user:" + secret))
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = fmt.Fprint(w, r.Header)
	}))
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	t.Cleanup(proxy.Close)
	for name, address := range map[string]string{"there": proxy.URL, "gone": gone.URL} {
		for _, base := range []string{"http://service.example", "https://service.example"} {
			t.Run(name+", "+base, func(t *testing.T) {
				through := withPassword(address, secret)
				c := client(t, Options{Service: "Example", BaseURL: base, Retries: -1, Proxy: Proxy{HTTP: through, HTTPS: through}})
				assertNoLeak(t, failure(t, c, Request{}), secret, encoded)

				t.Setenv("HTTP_PROXY", through)
				t.Setenv("HTTPS_PROXY", through)
				c = client(t, Options{Service: "Example", BaseURL: base, Retries: -1})
				assertNoLeak(t, failure(t, c, Request{}), secret, encoded)

				bare := strings.TrimPrefix(through, "http://")
				c = client(t, Options{Service: "Example", BaseURL: base, Retries: -1, Proxy: Proxy{HTTP: bare, HTTPS: bare}})
				assertNoLeak(t, failure(t, c, Request{}), secret, encoded)
			})
		}
	}
}

// TestCauseIsRedacted: the text of an error below HTTP is cleaned as well, and
// errors.Is still finds what it was.
func TestCauseIsRedacted(t *testing.T) {
	broken := errors.New("broken")
	err := FromNetwork("Example", &url.Error{
		Op: "Get", URL: "http://h/?key=s3cr3tkey",
		Err: fmt.Errorf("%w near s3cr3tkey", broken),
	}, "s3cr3tkey")
	assert.NotContains(t, fmt.Sprintf("%v %+v %v", err, err, err.Err), "s3cr3tkey")
	assert.ErrorIs(t, err, broken)
}
