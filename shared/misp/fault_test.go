package misp_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

// TestPutEventAfterAFault: once a put succeeds, the event is whole, and nothing
// is twice.
func TestPutEventAfterAFault(t *testing.T) {
	for name, fault := range map[string]misptest.Fault{
		"500":         {Status: 500},
		"502":         {Status: 502},
		"reset":       {Reset: true},
		"answer lost": {Drop: true},
		"client left": {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			server := misptest.Start(t, misptest.Options{})
			c := client(t, server.URL, misptest.Key)
			e := many(1100)
			e.Objects, e.Published = loader().Objects, true
			var result misp.Result
			server.Insist(t, fault, func(r *http.Request) string { return r.URL.Path }, func(ctx context.Context) (err error) {
				result, err = c.PutEvent(ctx, e)
				return err
			})
			require.Len(t, server.Events(), 1)
			held := server.Events()[0]
			assert.Equal(t, 1102, result.Saved)
			assert.Len(t, held.Attributes, 1100)
			require.Len(t, held.Objects, 1)
			assert.Len(t, held.Objects[0].Attributes, 2)
			assert.True(t, held.Published)
		})
	}
}

func TestPutEventAtOnce(t *testing.T) {
	server := misptest.Start(t, misptest.Options{})
	c := client(t, server.URL, misptest.Key)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			_, err := c.PutEvent(context.Background(), loader())
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	require.Len(t, server.Events(), 1)
	assert.Len(t, server.Events()[0].Attributes, 2)
}
