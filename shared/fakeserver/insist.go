package fakeserver

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// maxTries is how often Insist calls at most.
const maxTries = 20

// Insist does what a caller does who never learns what became of a call: it
// calls again until the call succeeds. Every kind of request meets the fault
// once; with a Delay the client leaves meanwhile, which is a time-out. Errors
// other than those, or than what is worth another try, fail the test.
func (s *Server) Insist(t testing.TB, fault Fault, kind func(*http.Request) string, call func(context.Context) error) {
	t.Helper()
	var mu sync.Mutex
	leave := func() {}
	seen := map[string]bool{}
	s.Fail(func(r *http.Request) Fault {
		if seen[kind(r)] {
			return Fault{}
		}
		seen[kind(r)] = true
		if fault.Delay > 0 {
			mu.Lock()
			defer mu.Unlock()
			leave()
		}
		return fault
	})
	var err error
	for range maxTries {
		ctx, cancel := context.WithCancel(t.Context())
		mu.Lock()
		leave = cancel
		mu.Unlock()
		err = call(ctx)
		left := ctx.Err() != nil
		cancel()
		if err == nil {
			return
		}
		require.True(t, left || upstream.Temporary(err), err)
	}
	require.NoError(t, err)
}
