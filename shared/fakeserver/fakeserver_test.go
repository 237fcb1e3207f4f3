package fakeserver

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestRequestsAreKeptAsTheyCame(t *testing.T) {
	var read string
	server := New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		read = string(body)
	}))
	server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/a/1/b?x=y", strings.NewReader(" text ")))
	assert.Equal(t, []Request{{Method: http.MethodPost, Path: "/a/1/b", Body: []byte(" text ")}}, server.Requests())
	assert.Equal(t, " text ", read, "the handler has the body too")
}

func TestCount(t *testing.T) {
	server := New(http.NotFoundHandler())
	for _, path := range []string{"/a/1/b", "/a/2/b", "/a/b", "/a/1/b/c"} {
		server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	for form, want := range map[string]int{"/a/*/b": 2, "/a/1/b": 1, "/a/b": 1, "/*/*/*": 2, "/b": 0} {
		assert.Equal(t, want, server.Count(http.MethodGet, form), form)
		assert.Zero(t, server.Count(http.MethodPost, form), form)
	}
}

func TestWriteJSON(t *testing.T) {
	for set, want := range map[string]string{"": "application/json", "application/json; charset=UTF-8": "application/json; charset=UTF-8"} {
		w := httptest.NewRecorder()
		if set != "" {
			w.Header().Set("Content-Type", set)
		}
		WriteJSON(w, http.StatusCreated, []int{1})
		assert.Equal(t, http.StatusCreated, w.Code)
		assert.Equal(t, want, w.Header().Get("Content-Type"))
		assert.JSONEq(t, "[1]", w.Body.String())
	}
}

// TestInsist calls two addresses one after another; each fails once.
func TestInsist(t *testing.T) {
	for name, fault := range map[string]Fault{"status": {Status: 500}, "answer lost": {Drop: true}, "client left": {Delay: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			server := New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			server.Start(t)
			client, err := upstream.New(upstream.Options{Service: "Test", BaseURL: server.URL, Retries: -1})
			require.NoError(t, err)
			calls := 0
			server.Insist(t, fault, func(r *http.Request) string { return r.URL.Path }, func(ctx context.Context) error {
				calls++
				for _, path := range []string{"/one", "/two"} {
					if _, err := client.Do(ctx, upstream.Request{Method: http.MethodPost, Path: path}); err != nil {
						return err
					}
				}
				return nil
			})
			assert.Equal(t, 3, calls)
		})
	}
}
