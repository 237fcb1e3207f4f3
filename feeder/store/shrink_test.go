package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
)

func TestShrinkLosesNothing(t *testing.T) {
	s, database := open(t)
	require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) error { return tx.RetryRefused(t.Context()) })) // the connection has something
	require.NoError(t, s.Shrink(t.Context()))
	_, err := s.Fates(t.Context())
	require.NoError(t, err)

	reader, err := store.OpenReader(t.Context(), database)
	require.NoError(t, err)
	assert.NoError(t, reader.Shrink(t.Context()), "one that only reads keeps nothing")
	assert.NoError(t, reader.Close())
}
