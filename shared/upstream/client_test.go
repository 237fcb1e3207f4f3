package upstream

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serve starts a service and returns a client for it that tries once.
func serve(t *testing.T, handler http.HandlerFunc, change ...func(*Options)) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	o := Options{Service: "Example", BaseURL: server.URL, Retries: -1}
	for _, f := range change {
		f(&o)
	}
	return client(t, o)
}

func client(t *testing.T, o Options) *Client {
	t.Helper()
	c, err := New(o)
	require.NoError(t, err)
	return c
}

// failure calls and returns the *Error it must end in.
func failure(t *testing.T, c *Client, r Request) *Error {
	t.Helper()
	response, err := c.Do(t.Context(), r)
	require.Error(t, err)
	require.Nil(t, response)
	var e *Error
	require.ErrorAs(t, err, &e)
	return e
}

func TestStatusToReason(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		header map[string]string
		body   string
		reason Reason
		text   string
	}{
		"key missing":            {401, nil, `{"message":"Authentication failure"}`, Auth, "Example: auth (401): Authentication failure: no key was sent: check whether it wants one, or blocks this network's address"},
		"validation":             {422, nil, `{"detail":[{"loc":["path"],"msg":"not an address"}]}`, BadInput, "bad input (422): not an address"},
		"error of JSON:API":      {429, nil, `{"errors":[{"detail":"daily limit","status":429}]}`, RateLimited, "rate limited (429): daily limit"},
		"credit used up":         {402, nil, `{"detail":"CreditsDepleted"}`, Auth, "Example: auth (402): CreditsDepleted: check the account's plan or credit"},
		"proxy wants a password": {407, nil, ``, Auth, "check the proxy's user name and password"},
		"nothing there":          {404, nil, `{"error":{"code":"NotFoundError","message":"no such hash"}}`, NotFound, "Example: not found (404): no such hash: check the value"},
		"gone":                   {410, nil, ``, NotFound, "not found (410)"},
		"too many, no time":      {429, nil, `slow down`, RateLimited, "Example: rate limited (429): slow down: wait some minutes"},
		"too many, with time":    {429, map[string]string{"Retry-After": "30"}, ``, RateLimited, "wait 30s, or use an account with a higher limit"},
		"bad request":            {400, nil, `{"errors":["not a hash"]}`, BadInput, "Example: bad input (400): not a hash: check the value that was sent"},
		"method not allowed":     {405, nil, ``, BadInput, "bad input (405)"},
		"conflict":               {409, nil, ``, BadInput, "bad input (409)"},
		"too large":              {413, nil, ``, BadInput, "bad input (413)"},
		"media type":             {415, nil, ``, BadInput, "bad input (415)"},
		"unprocessable":          {422, nil, ``, BadInput, "bad input (422)"},
		"request timed out":      {408, nil, ``, Failure, "upstream (408)"},
		"broken":                 {500, nil, `<html><b>Fatal error</b>`, Failure, "Example: upstream (500): internal server error: try again later"},
		"gateway":                {502, nil, ``, Failure, "upstream (502)"},
		"down":                   {503, nil, ``, Failure, "upstream (503)"},
		"to a login page":        {302, map[string]string{"Location": "/users/login?from=x"}, ``, Auth, "Example: auth (302): redirects to /users/login: check the key"},
		"to https":               {301, map[string]string{"Location": "https://example.com/?token=abc"}, ``, Failure, "set the service's address to where it moved: https://example.com/"},
		"to nowhere":             {301, nil, ``, Failure, "(no usable Location)"},
		"control characters":     {400, nil, "a\x1b[31m\nb", BadInput, "(400): a [31m b: "},
		"number as message":      {400, nil, `{"message":7}`, BadInput, "(400): bad request: "},
		"JSON string":            {400, nil, `"wrong"`, BadInput, "(400): wrong: "},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tt.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			e := failure(t, c, Request{Path: "/x"})
			assert.Equal(t, tt.status, e.Status)
			assert.Contains(t, e.Error(), tt.text)
			assert.ErrorIs(t, e, tt.reason)
			assert.Equal(t, tt.reason, ReasonOf(e))
			assert.Equal(t, tt.body, string(e.Body))
			assert.Equal(t, tt.reason == RateLimited || tt.reason == Failure || tt.reason == Network, Temporary(e))
		})
	}
}

func TestForbiddenWithAndWithoutAKey(t *testing.T) {
	for name, tt := range map[string]struct{ key, next string }{
		"key":    {"inventedKey0123456789", "check the key"},
		"no key": {"", "no key was sent"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
			defer server.Close()
			e := failure(t, client(t, Options{Service: "Example", BaseURL: server.URL, Secrets: []string{tt.key}}), Request{})
			assert.ErrorIs(t, e, Auth)
			assert.Contains(t, e.Next, tt.next)
		})
	}
}

func TestReasonOfOtherErrors(t *testing.T) {
	assert.Empty(t, ReasonOf(io.EOF))
	assert.False(t, Temporary(io.EOF))
	assert.Empty(t, ReasonOf(nil))
	assert.NotErrorIs(t, &Error{Reason: Auth}, RateLimited)
	assert.Equal(t, "auth", Auth.Error())
}

func TestLongMessageAndBodyAreCut(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, strings.Repeat("ä", 100_000))
	})
	e := failure(t, c, Request{})
	assert.Len(t, e.Body, maxErrorBody)
	assert.Equal(t, strings.Repeat("ä", maxExcerpt)+"…", e.Message)
}

func TestRequestAsSent(t *testing.T) {
	type sent struct {
		Method, URI, Type, Accept, Agent, Key, Body string
	}
	for name, tt := range map[string]struct {
		path    string // of the base URL
		request Request
		want    sent
	}{
		"get": {
			"", Request{Path: "/a/b", Query: url.Values{"q": {"x y&z"}}},
			sent{"GET", "/a/b?q=x+y%26z", "", "application/json", "probe", "client", ""},
		},
		"below a base path with a query": {
			"/sub/?v=2", Request{Path: "a?q=1"},
			sent{"GET", "/sub/a?q=1&v=2", "", "application/json", "probe", "client", ""},
		},
		"escaped value in the path": {
			"", Request{Path: "/url/" + url.PathEscape("http://example.com/?a#b")},
			sent{"GET", "/url/http:%2F%2Fexample.com%2F%3Fa%23b", "", "application/json", "probe", "client", ""},
		},
		"json, not escaped for HTML": {
			"", Request{Method: "POST", JSON: map[string]string{"a": "<&>"}},
			sent{"POST", "/", "application/json", "application/json", "probe", "client", `{"a":"<&>"}`},
		},
		"form": {
			"", Request{Method: "POST", Form: url.Values{"hash": {"a b"}}},
			sent{"POST", "/", "application/x-www-form-urlencoded", "application/json", "probe", "client", "hash=a+b"},
		},
		"request's header wins": {
			"", Request{Header: http.Header{"x-key": {"request"}, "accept": {"text/plain"}}},
			sent{"GET", "/", "", "text/plain", "probe", "request", ""},
		},
		"another host in the path stays a path": {
			"", Request{Path: "//evil.example/x"},
			sent{"GET", "/evil.example/x", "", "application/json", "probe", "client", ""},
		},
		"a whole URL in the path stays a path": {
			"", Request{Path: "http://evil.example/x"},
			sent{"GET", "/http://evil.example/x", "", "application/json", "probe", "client", ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got sent
			c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got = sent{r.Method, r.RequestURI, r.Header.Get("Content-Type"), r.Header.Get("Accept"), r.UserAgent(), r.Header.Get("X-Key"), string(body)}
			}, func(o *Options) {
				o.BaseURL += tt.path
				o.Header = http.Header{"X-Key": {"client"}}
				o.UserAgent = "probe"
			})
			_, err := c.Do(t.Context(), tt.request)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestMultipart(t *testing.T) {
	var value, filename, kind, content string
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		value = r.FormValue("_json")
		file, header, err := r.FormFile("attachment")
		if !assert.NoError(t, err) {
			return
		}
		data, _ := io.ReadAll(file)
		filename, kind, content = header.Filename, header.Header.Get("Content-Type"), string(data)
	})
	_, err := c.Do(t.Context(), Request{Method: "POST", Multipart: []Part{
		{Name: "_json", ContentType: "application/json", Data: []byte(`{"dataType":"file"}`)},
		{Name: "attachment", Filename: "a.bin", Data: []byte("\x00\x01")},
	}})
	require.NoError(t, err)
	assert.Equal(t, `{"dataType":"file"}`, value)
	assert.Equal(t, []string{"a.bin", "application/octet-stream", "\x00\x01"}, []string{filename, kind, content})
}

func TestRedirectIsNotFollowed(t *testing.T) {
	for name, location := range map[string]string{"same host": "/elsewhere", "another host": "http://service.example/"} {
		t.Run(name, func(t *testing.T) {
			calls := 0
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				http.Redirect(w, r, location, http.StatusTemporaryRedirect)
			})
			e := failure(t, c, Request{Method: "POST", JSON: 1})
			assert.Equal(t, http.StatusTemporaryRedirect, e.Status)
			assert.Equal(t, 1, calls)
		})
	}
}

func TestResponse(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Quota", "7")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, r.URL.Query().Get("answer"))
	})
	get := func(answer string) *Response {
		t.Helper()
		response, err := c.Do(t.Context(), Request{Query: url.Values{"answer": {answer}}, Accept: []int{404}})
		require.NoError(t, err)
		return response
	}
	response := get(`{"id":5}`)
	assert.Equal(t, 404, response.Status)
	assert.Equal(t, "7", response.Header.Get("X-Quota"))
	assert.Equal(t, int64(5), response.JSON().Get("id").Int())
	var v struct{ ID int }
	require.NoError(t, response.Decode(&v))
	assert.Equal(t, 5, v.ID)

	page := get(`<html>{"id":5}`)
	assert.False(t, page.JSON().Get("id").Exists())
	err := page.Decode(&v)
	require.ErrorIs(t, err, Failure)
	assert.Contains(t, err.Error(), "Example: upstream (404): its answer is not the JSON expected")
	var syntax *json.SyntaxError
	assert.ErrorAs(t, err, &syntax)

	err = page.Strange("the answer holds no id")
	require.ErrorIs(t, err, Failure)
	assert.EqualError(t, err, "Example: upstream (404): the answer holds no id: check the URL: is Example what answers there?")
}

func TestBodyLimit(t *testing.T) {
	plain := func(w http.ResponseWriter, size int) { _, _ = w.Write(make([]byte, size)) }
	packed := func(w http.ResponseWriter, size int) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write(make([]byte, size))
		_ = z.Close()
	}
	for name, tt := range map[string]struct {
		write func(http.ResponseWriter, int)
		size  int
		fits  bool
	}{
		"just fits":         {plain, 1 << 20, true},
		"one byte too much": {plain, 1<<20 + 1, false},
		"packed, fits":      {packed, 1 << 20, true},
		"packed bomb":       {packed, 64 << 20, false},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) { tt.write(w, tt.size) },
				func(o *Options) { o.MaxBody = 1 << 20 })
			response, err := c.Do(t.Context(), Request{})
			if tt.fits {
				require.NoError(t, err)
				assert.Len(t, response.Body, tt.size)
				return
			}
			require.ErrorIs(t, err, BadInput)
			assert.Contains(t, err.Error(), "answered more than 1048576 bytes")
			var tooLarge *http.MaxBytesError
			assert.ErrorAs(t, err, &tooLarge)
		})
	}
}

func TestNoAnswer(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drip := func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "x")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	reset := func(w http.ResponseWriter, _ *http.Request) {
		connection, _, err := http.NewResponseController(w).Hijack()
		if assert.NoError(t, err) {
			_ = connection.Close()
		}
	}
	short := func(o *Options) { o.Timeout = 50 * time.Millisecond }
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()

	for name, tt := range map[string]struct {
		client *Client
		text   string
		cause  error
	}{
		"hangs":             {serve(t, hang, short), "Example: network: no answer in time: try again later", context.DeadlineExceeded},
		"drips":             {serve(t, drip, short), "Example: network: no answer in time: try again later", context.DeadlineExceeded},
		"drops":             {serve(t, reset), "Example: network: EOF: try again later", io.EOF},
		"is not there":      {client(t, Options{Service: "Example", BaseURL: closed.URL, Retries: -1}), "connection refused: check that it is running", nil},
		"has no name":       {client(t, Options{Service: "Example", BaseURL: "http://service.invalid", Retries: -1}), "its name cannot be resolved", nil},
		"speaks plain HTTP": {serve(t, hang, func(o *Options) { o.BaseURL = strings.Replace(o.BaseURL, "http:", "https:", 1) }), "use http:// in its address", nil},
	} {
		t.Run(name, func(t *testing.T) {
			e := failure(t, tt.client, Request{Path: "/path", Query: url.Values{"ip": {"192.0.2.1"}}})
			assert.Equal(t, Network, e.Reason)
			assert.Contains(t, e.Error(), tt.text)
			assert.NotContains(t, e.Error(), "192.0.2.1", "the URL stays out of errors")
			assert.Zero(t, e.Status)
			if tt.cause != nil {
				assert.ErrorIs(t, e, tt.cause)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, func(o *Options) { o.Retries = 5 })
	_, err := c.Do(ctx, Request{})
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, err, Network)
	assert.Contains(t, err.Error(), "stopped before it answered")
}

func TestUnusableRequest(t *testing.T) {
	c := client(t, Options{Service: "Example", BaseURL: "http://service.example"})
	for name, r := range map[string]Request{
		"path that is no path":    {Path: "/%zz"},
		"value that JSON has not": {Method: "POST", JSON: func() {}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorIs(t, failure(t, c, r), BadInput)
		})
	}
}

func TestUnusableOptions(t *testing.T) {
	for name, o := range map[string]Options{
		"no address":       {},
		"no host":          {BaseURL: "https://"},
		"no scheme":        {BaseURL: "misp.example"},
		"another scheme":   {BaseURL: "file:///etc/passwd"},
		"unreadable":       {BaseURL: "http://user:hunter22@[::1"},
		"unreadable proxy": {BaseURL: "http://service.example", Proxy: Proxy{HTTP: "http://user:hunter22@[::1"}},
		"unknown proxy":    {BaseURL: "http://service.example", Proxy: Proxy{HTTPS: "ftp://user:hunter22@proxy.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			o.Service = "Example"
			_, err := New(o)
			require.ErrorIs(t, err, BadInput)
			assert.NotContains(t, err.Error(), "hunter22")
			assert.True(t, errors.As(err, new(*Error)))
		})
	}
}
