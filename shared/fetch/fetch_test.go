package fetch

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func site(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// reader is a client that may read the sites of a test.
func reader(t *testing.T, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{Allow: loopback}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	require.NoError(t, err)
	return c
}

func failure(t *testing.T, c *Client, r Request) *upstream.Error {
	t.Helper()
	response, err := c.Get(t.Context(), r)
	require.Error(t, err)
	require.Nil(t, response)
	var e *upstream.Error
	require.ErrorAs(t, err, &e)
	return e
}

func TestGet(t *testing.T) {
	var asked http.Header
	url := site(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Clone()
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
		w.Header().Set("Cache-Control", "public, max-age=600")
		w.Header().Set("Retry-After", "60")
		_, _ = io.WriteString(w, "caf\xe9")
	})
	response, err := reader(t).Get(t.Context(), Request{URL: " " + url + "/a?b=c#d\n", Header: http.Header{"x-own": {"1"}}})
	require.NoError(t, err)
	assert.Equal(t, url+"/a?b=c#d", response.URL)
	assert.Equal(t, 200, response.Status)
	assert.Equal(t, "caf\xe9", string(response.Body))
	assert.Equal(t, "text/html; charset=iso-8859-1", response.ContentType)
	assert.Equal(t, `"v1"`, response.ETag)
	assert.Equal(t, "Mon, 02 Nov 2026 10:00:00 GMT", response.LastModified)
	assert.Equal(t, 10*time.Minute, response.MaxAge)
	assert.Equal(t, time.Minute, response.RetryAfter)
	assert.False(t, response.NotModified)

	assert.Equal(t, upstream.UserAgent(), asked.Get("User-Agent"))
	assert.Equal(t, defaultAccept, asked.Get("Accept"))
	assert.Equal(t, "1", asked.Get("X-Own"))
	assert.Empty(t, asked.Get("If-None-Match"))
	assert.Empty(t, asked.Get("If-Modified-Since"))
}

func TestConditionalGet(t *testing.T) {
	const since = "Mon, 02 Nov 2026 10:00:00 GMT"
	url := site(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/feed", http.StatusMovedPermanently)
			return
		}
		if r.Header.Get("If-None-Match") == `W/"v1"` && r.Header.Get("If-Modified-Since") == since {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, "changed")
	})
	for name, tt := range map[string]struct {
		request   Request
		unchanged bool
	}{
		"first time":             {Request{URL: url}, false},
		"changed":                {Request{URL: url, ETag: `W/"v0"`, LastModified: since}, false},
		"unchanged":              {Request{URL: url, ETag: `W/"v1"`, LastModified: since}, true},
		"unchanged, after moved": {Request{URL: url + "/moved", ETag: `W/"v1"`, LastModified: since}, true},
	} {
		t.Run(name, func(t *testing.T) {
			response, err := reader(t).Get(t.Context(), tt.request)
			require.NoError(t, err)
			assert.Equal(t, tt.unchanged, response.NotModified)
			if tt.unchanged {
				assert.Equal(t, 304, response.Status)
				assert.Equal(t, tt.request.ETag, response.ETag, "kept for the next request")
				assert.Equal(t, since, response.LastModified)
				assert.Empty(t, response.Body)
			} else {
				assert.Equal(t, "changed", string(response.Body))
			}
		})
	}
}

func TestStatuses(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		reason upstream.Reason
		after  time.Duration
		next   string
	}{
		"login":        {401, upstream.Auth, 0, "turns automated readers away"},
		"challenge":    {403, upstream.Auth, 0, "turns automated readers away"},
		"not there":    {404, upstream.NotFound, 0, "has moved"},
		"gone":         {410, upstream.NotFound, 0, "has moved"},
		"too often":    {429, upstream.RateLimited, 2 * time.Minute, "wait 2m0s"},
		"odd":          {418, upstream.BadInput, 0, "open the address in a browser"},
		"broken":       {500, upstream.Failure, 0, "try again later"},
		"out of order": {503, upstream.Failure, 2 * time.Minute, "try again later"},
	} {
		t.Run(name, func(t *testing.T) {
			url := site(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.after > 0 {
					w.Header().Set("Retry-After", "120")
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, "<html>Just a moment")
			})
			e := failure(t, reader(t), Request{URL: url})
			assert.Equal(t, tt.reason, e.Reason)
			assert.Equal(t, tt.status, e.Status)
			assert.Equal(t, tt.after, e.RetryAfter)
			assert.Equal(t, strings.TrimPrefix(url, "http://"), e.Service)
			assert.Equal(t, "<html>Just a moment", string(e.Body), "callers look for challenge pages in it")
			assert.Contains(t, e.Error(), tt.next)
		})
	}
}

func TestTimeLimit(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a body that drips": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "x")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := reader(t, func(o *Options) { o.Timeout = 50 * time.Millisecond })
			e := failure(t, c, Request{URL: site(t, handler)})
			assert.Equal(t, upstream.Network, e.Reason)
			assert.Zero(t, e.Status, "it is no answer while it is incomplete")
			assert.ErrorIs(t, e, context.DeadlineExceeded)
		})
	}
}

func TestUnreadableAddress(t *testing.T) {
	for name, address := range map[string]string{
		"empty":         "",
		"no host":       "https:///x",
		"a path":        "/feed.xml",
		"a word":        "example.com",
		"a file":        "file:///etc/passwd",
		"a data URL":    "data:text/html,hello",
		"gopher":        "gopher://example.com/",
		"ftp":           "ftp://example.com/",
		"user":          "http://user@example.com/",
		"user password": "http://user:hunter22@example.com/",
		"bad escape":    "http://example.com/%zz?token=hunter22",
		"control":       "http://example.com/\x00",
		"too long":      "http://example.com/" + strings.Repeat("a", maxURL),
	} {
		t.Run(name, func(t *testing.T) {
			e := failure(t, reader(t), Request{URL: address})
			assert.Equal(t, upstream.BadInput, e.Reason)
			assert.NotContains(t, e.Error(), "hunter22")
		})
	}
}

func TestNoSecretInErrors(t *testing.T) {
	const secret = "feed-s3cr3t-0123456789"
	url := site(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, r.RequestURI+r.Header.Get("Authorization"))
	})
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for name, r := range map[string]Request{
		"query":              {URL: url + "/?token=" + secret},
		"header":             {URL: url, Header: http.Header{"Authorization": {"Bearer " + secret}}},
		"named as one":       {URL: url + "/?feed=" + secret, Secrets: []string{secret}},
		"query, no answer":   {URL: gone.URL + "/?whatever=" + secret},
		"query, refused":     {URL: "http://10.0.0.1/?whatever=" + secret},
		"userinfo, refused":  {URL: "http://user:" + secret + "@example.com/"},
		"no name, no answer": {URL: "http://site.invalid/?whatever=" + secret},
	} {
		t.Run(name, func(t *testing.T) {
			e := failure(t, reader(t), r)
			assert.NotContains(t, e.Error()+string(e.Body), secret)
			if e.Err != nil {
				assert.NotContains(t, e.Err.Error(), secret)
			}
		})
	}
}

func TestUnusableOptions(t *testing.T) {
	_, err := New(Options{Proxy: upstream.Proxy{HTTP: "ftp://user:hunter22@proxy.example"}})
	require.ErrorIs(t, err, upstream.BadInput)
	assert.NotContains(t, err.Error(), "hunter22")
}

func TestHTTP2(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) }))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	response, err := reader(t, func(o *Options) { o.CACerts = [][]byte{authority} }).Get(t.Context(), Request{URL: server.URL})
	require.NoError(t, err)
	assert.Equal(t, "HTTP/2.0", string(response.Body))
}
