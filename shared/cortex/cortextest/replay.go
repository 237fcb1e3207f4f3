package cortextest

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// exchanges reads http.json of a case.
func exchanges(t *testing.T, dir string) []recorded.Exchange {
	t.Helper()
	all, err := recorded.Exchanges(dir)
	require.NoError(t, err)
	return all
}

// replay answers requests as recorded. Entries are used once each, the first
// that fits first. A request that fits none, and an entry that was not used,
// fail the test. It is a transport, and the inside of a recorded.Proxy.
type replay struct {
	t         *testing.T
	mu        sync.Mutex
	exchanges []recorded.Exchange
	used      []bool
}

func newReplay(t *testing.T, exchanges []recorded.Exchange) *replay {
	return &replay{t: t, exchanges: exchanges, used: make([]bool, len(exchanges))}
}

// RoundTrip answers a request.
func (r *replay) RoundTrip(request *http.Request) (*http.Response, error) {
	var body []byte
	if request.Body != nil {
		var err error
		if body, err = io.ReadAll(request.Body); err != nil {
			return nil, err
		}
		request.Body.Close()
	}
	e, ok := r.take(request, body)
	if !ok {
		r.t.Errorf("unexpected request: %s %s\n%v\n%s", request.Method, request.URL, request.Header, body)
		return nil, errors.New("the test expected no such request")
	}
	return e.Answer(request)
}

// take finds the first unused exchange that fits.
func (r *replay) take(request *http.Request, body []byte) (recorded.Exchange, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, e := range r.exchanges {
		if !r.used[i] && e.Request.Fits(request, body) {
			r.used[i] = true
			return e, true
		}
	}
	return recorded.Exchange{}, false
}

// finish fails the test when an exchange was not used.
func (r *replay) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, e := range r.exchanges {
		assert.True(r.t, r.used[i], "never asked: %s %s (entry %d of http.json)", cmp.Or(e.Request.Method, "GET"), e.Request.URL, i+1)
	}
}
