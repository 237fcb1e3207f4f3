package fakeserver

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaults(t *testing.T) {
	for name, test := range map[string]struct {
		fault   Fault
		status  int // 0 = no answer
		handled int32
	}{
		"nothing":          {Fault{}, 200, 1},
		"delay":            {Fault{Delay: time.Millisecond}, 200, 1},
		"status":           {Fault{Status: 503}, 503, 0},
		"status and body":  {Fault{Status: 403, Body: "no"}, 403, 0},
		"page":             {Fault{Page: true}, 200, 0},
		"reset":            {Fault{Reset: true}, 0, 0},
		"drop":             {Fault{Drop: true}, 0, 1},
		"delay and status": {Fault{Delay: time.Millisecond, Status: 500}, 500, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var handled atomic.Int32
			server := New(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { handled.Add(1) }))
			server.Start(t)
			server.Fail(func(*http.Request) Fault { return test.fault })
			answer, err := http.Post(server.URL, "text/plain", nil)
			if test.status == 0 {
				require.Error(t, err)
			} else {
				require.NoError(t, err)
				defer answer.Body.Close()
				_, err = io.Copy(io.Discard, answer.Body)
				require.NoError(t, err)
				assert.Equal(t, test.status, answer.StatusCode)
			}
			assert.Equal(t, test.handled, handled.Load())
			assert.Len(t, server.Requests(), int(test.handled), "what is not handled is not kept")
		})
	}
}

func TestFaultsEnd(t *testing.T) {
	server := New(http.NotFoundHandler())
	server.Fail(func(*http.Request) Fault { return Fault{Status: 500} })
	server.Fail(nil)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	assert.Equal(t, http.StatusNotFound, w.Code)
}

// TestHandledAfterTheClientLeft is what a time-out looks like from the server.
func TestHandledAfterTheClientLeft(t *testing.T) {
	handled := make(chan string, 1)
	server := New(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		handled <- string(body)
	}))
	server.Start(t)
	ctx, leave := context.WithCancel(t.Context())
	server.Fail(func(*http.Request) Fault {
		leave()
		return Fault{Delay: time.Hour}
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader("all of it"))
	require.NoError(t, err)
	_, err = http.DefaultClient.Do(request)
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, "all of it", <-handled)
}
