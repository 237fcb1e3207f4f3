package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func TestBlocks(t *testing.T) {
	s, _ := open(t)
	put := func(b waggle.Block) {
		tx(t, s, func(tx *store.Tx) error { return tx.PutBlock(t.Context(), b) })
	}
	blocks := func(at time.Time) (values []string, changed time.Time) {
		all, changed, err := s.Blocks(t.Context(), at)
		require.NoError(t, err)
		for _, b := range all {
			values = append(values, b.Value)
		}
		return values, changed
	}
	values, changed := blocks(noon())
	assert.Empty(t, values)
	assert.Zero(t, changed)

	first := waggle.Block{Kind: ioc.IP, Value: "203.0.113.7", Reason: "C2 \x00", Record: "case 3", By: "kim", Added: noon(), Until: noon().AddDate(0, 0, 30)}
	second := waggle.Block{Kind: ioc.Domain, Value: "bad-host.net", Added: noon().Add(time.Hour), Until: noon().AddDate(0, 0, 90)}
	put(first)
	put(second)
	values, changed = blocks(noon().Add(2 * time.Hour))
	assert.Equal(t, []string{"bad-host.net", "203.0.113.7"}, values, "the newest first")
	assert.Equal(t, second.Added, changed)

	tx(t, s, func(tx *store.Tx) error {
		held, err := tx.Block(t.Context(), ioc.IP, "203.0.113.7")
		require.NoError(t, err)
		first.Reason = "C2 \uFFFD"
		assert.Equal(t, first, held)
		_, err = tx.Block(t.Context(), ioc.Domain, "203.0.113.7")
		require.ErrorIs(t, err, waggle.ErrNotFound)
		n, err := tx.CountBlocks(t.Context(), noon().AddDate(0, 0, 40))
		assert.Equal(t, 1, n, "one has ended")
		return err
	})

	values, changed = blocks(first.Until)
	assert.Equal(t, []string{"bad-host.net"}, values)
	assert.Equal(t, first.Until, changed, "the list changes when a block ends")

	second.Removed, second.RemovedBy = noon().AddDate(0, 0, 50), "kim"
	put(second)
	values, changed = blocks(noon().AddDate(0, 0, 51))
	assert.Empty(t, values)
	assert.Equal(t, second.Removed, changed)
}

func TestWhatWasUnblocked(t *testing.T) {
	s, _ := open(t)
	for n, value := range []string{"one.example.net", "two.example.net", "three.example.net"} {
		b := waggle.Block{Kind: ioc.Domain, Value: value, Added: noon(), Until: noon().AddDate(0, 0, 90)}
		if n > 0 {
			b.Removed, b.RemovedBy, b.RemovedWhy = noon().Add(time.Duration(n)*time.Hour), "kim", "it is ours"
		}
		tx(t, s, func(tx *store.Tx) error { return tx.PutBlock(t.Context(), b) })
	}
	all, err := s.Unblocked(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, []string{"three.example.net", "kim", "it is ours"}, []string{all[0].Value, all[0].RemovedBy, all[0].RemovedWhy})
}
