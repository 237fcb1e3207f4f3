package blocks

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
)

const (
	writeKey = "write-0123456789abcdef"
	readKey  = "read-0123456789abcdef"
)

func newServer(t *testing.T) (*http.ServeMux, Server, *clock) {
	t.Helper()
	b, c, _ := newBook(t)
	s := Server{Book: b, Keys: Keys{Write: secret.New(writeKey), Read: secret.New(readKey)}}
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }) // the page
	s.Handle(mux)
	return mux, s, c
}

func ask(mux http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://feeder:8787"+path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func TestOrders(t *testing.T) {
	mux, _, _ := newServer(t)
	good := `{"values":["203.0.113.7","10.0.0.1"],"reason":"C2","record":"case 3","by":"a@example.com"}`
	bearer := "Bearer " + writeKey
	for _, c := range []struct {
		name, method, body, key string
		code                    int
		has                     string
	}{
		{"without a key", "POST", good, "", 401, "WAGGLE_BLOCKS_TOKEN"},
		{"with the key of the lists", "POST", good, "Bearer " + readKey, 401, "WAGGLE_BLOCKS_TOKEN"},
		{"with another scheme", "POST", good, "Basic " + writeKey, 401, ""},
		{"no JSON", "POST", "values=203.0.113.7", bearer, 400, "not the JSON expected"},
		{"an unknown field", "POST", `{"values":["203.0.113.7"],"forever":true}`, bearer, 400, "not the JSON expected"},
		{"nothing", "POST", `{"values":[]}`, bearer, 400, "Name 1 to 1000 values"},
		{"too many", "POST", `{"values":["a"` + strings.Repeat(`,"a"`, 1000) + `]}`, bearer, 400, "Name 1 to 1000 values"},
		{"too large", "POST", `{"values":["` + strings.Repeat("a", 2<<20) + `"]}`, bearer, 400, "at most 1 MiB"},
		{"days before today", "POST", `{"values":["203.0.113.7"],"days":-1}`, bearer, 400, "0 to 3650 days"},
		{"block", "POST", good, bearer, 200, `"state":"blocked","type":"ip","until":"2026-12-23T12:00:00Z"`},
		{"again", "POST", good, bearer, 200, `"state":"stood"`},
		{"unblock", "DELETE", `{"values":["203.0.113.7"]}`, bearer, 200, `"state":"removed"`},
		{"unblock again", "DELETE", `{"values":["203.0.113.7"]}`, bearer, 200, `"state":"absent"`},
		{"reading is the page's", "GET", "", bearer, 418, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(mux, c.method, APIPath, c.body, "Authorization", c.key)
			assert.Equal(t, c.code, w.Code)
			assert.Contains(t, w.Body.String(), c.has)
			assert.NotContains(t, w.Body.String(), writeKey)
		})
	}
}

func TestListsNeedTheirKey(t *testing.T) {
	mux, s, _ := newServer(t)
	own := s.Keys.Path("ips.txt")
	basic := httptest.NewRequest(http.MethodGet, "/", nil)
	basic.SetBasicAuth("firewall", readKey)
	for _, c := range []struct {
		name, path, key string
		code            int
	}{
		{"no key", "/lists/ips.txt", "", 401},
		{"the key of the API", "/lists/ips.txt", "Bearer " + writeKey, 401},
		{"bearer", "/lists/ips.txt", "Bearer " + readKey, 200},
		{"basic", "/lists/ips.txt", basic.Header.Get("Authorization"), 200},
		{"in its path", own, "", 200},
		{"the path of another list", strings.Replace(own, "ips.txt", "urls.txt", 1), "", 404},
		{"a path that is none", "/lists/0123456789abcdef0123456789abcdef/ips.txt", "", 404},
		{"the token in the path", "/lists/" + readKey + "/ips.txt", "", 404},
		{"no such list", "/lists/all.txt", "Bearer " + readKey, 404},
		{"no such list, no key", "/lists/all.txt", "", 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(mux, http.MethodGet, c.path, "", "Authorization", c.key)
			assert.Equal(t, c.code, w.Code)
			assert.NotContains(t, w.Body.String()+w.Header().Get("Location"), readKey)
		})
	}
	assert.NotContains(t, own, readKey)
	mux = http.NewServeMux()
	Server{Book: s.Book}.Handle(mux)
	assert.Equal(t, 401, ask(mux, http.MethodGet, "/lists/ips.txt", "", "Authorization", "Bearer ").Code, "no token is no open door")
	assert.Equal(t, 404, ask(mux, http.MethodGet, own, "").Code)
	assert.Equal(t, 401, ask(mux, http.MethodPost, APIPath, "{}", "Authorization", "Bearer ").Code)
}

func TestAListIsAskedForOnlyWhenItChanged(t *testing.T) {
	mux, s, c := newServer(t)
	_, err := s.Book.Block(t.Context(), Order{Values: []string{"203.0.113.7"}})
	require.NoError(t, err)
	get := func(header ...string) *httptest.ResponseRecorder {
		return ask(mux, http.MethodGet, s.Keys.Path("ips.txt"), "", header...)
	}
	first := get()
	require.Equal(t, 200, first.Code)
	assert.Contains(t, first.Body.String(), "\n203.0.113.7\n")
	assert.Equal(t, "text/plain; charset=utf-8", first.Header().Get("Content-Type"))
	assert.Equal(t, "Mon, 23 Nov 2026 12:00:00 GMT", first.Header().Get("Last-Modified"))
	c.now = noon.Add(time.Hour)
	assert.Equal(t, 304, get("If-None-Match", first.Header().Get("ETag")).Code)
	assert.Equal(t, 304, get("If-Modified-Since", first.Header().Get("Last-Modified")).Code)
	c.now = noon.AddDate(0, 0, 31)
	expired := get("If-None-Match", first.Header().Get("ETag"))
	assert.Equal(t, 200, expired.Code)
	assert.NotContains(t, expired.Body.String(), "203.0.113.7")
	assert.Equal(t, "Wed, 23 Dec 2026 12:00:00 GMT", expired.Header().Get("Last-Modified"))
}

func TestKeysAreChecked(t *testing.T) {
	require.NoError(t, Keys{}.Check())
	require.NoError(t, Keys{Write: secret.New(writeKey), Read: secret.New(readKey)}.Check())
	assert.ErrorContains(t, Keys{Write: secret.New("short")}.Check(), "fewer than 16")
	assert.ErrorContains(t, Keys{Write: secret.New(writeKey), Read: secret.New(writeKey)}.Check(), "the same")
}
