package step

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, asked := time.Now(), 0
		require.NoError(t, Await(t.Context(), 5*time.Second, time.Minute, func(context.Context) error {
			if asked++; asked < 4 {
				return errors.New("not yet")
			}
			return nil
		}))
		assert.Equal(t, 15*time.Second, time.Since(began))
	})
}

func TestAwaitGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		refused := errors.New("connection refused")
		err := Await(t.Context(), 5*time.Second, 12*time.Second, func(context.Context) error { return refused })
		require.ErrorIs(t, err, refused)
		assert.ErrorContains(t, err, "after 12s")
	})
}
