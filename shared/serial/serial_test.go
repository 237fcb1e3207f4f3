package serial

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOneAtATime(t *testing.T) {
	var keys Keys
	var wg sync.WaitGroup
	count, inside, most := 0, 0, 0
	for range 50 {
		wg.Go(func() {
			unlock, err := keys.Lock(context.Background(), "event")
			if !assert.NoError(t, err) {
				return
			}
			defer unlock()
			inside++
			most = max(most, inside)
			count++
			inside--
		})
	}
	wg.Wait()
	assert.Equal(t, 50, count)
	assert.Equal(t, 1, most)
	assert.Empty(t, keys.turns, "a key that nobody uses takes no memory")
}

func TestOtherKeysGoOn(t *testing.T) {
	var keys Keys
	unlock, err := keys.Lock(context.Background(), "one")
	require.NoError(t, err)
	defer unlock()
	other, err := keys.Lock(context.Background(), "two")
	require.NoError(t, err)
	other()
}

func TestGivesUpWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var keys Keys
		unlock, err := keys.Lock(t.Context(), "event")
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, err := keys.Lock(ctx, "event")
			failed <- err
		}()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-failed, context.Canceled)
		unlock()
		again, err := keys.Lock(t.Context(), "event")
		require.NoError(t, err, "the one who gave up leaves the key free")
		again()
	})
}
