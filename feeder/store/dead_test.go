package store_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestAPostThatFailedGoesOnWhereItDid(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	save(t, s, "blog", "a", "b")
	tx(t, s, func(tx *store.Tx) error {
		if _, err := tx.SetFinding(ctx, ref("blog", "a"), waggle.Finding{Text: "kept"}); err != nil {
			return err
		}
		if err := tx.PutOff(ctx, ref("blog", "a"), 24, noon()); err != nil {
			return err
		}
		failed, err := tx.Fail(ctx, ref("blog", "a"), "broken")
		assert.True(t, failed)
		return err
	})

	tx(t, s, func(tx *store.Tx) error {
		source, stage, err := tx.Revive(ctx, ref("blog", "a"))
		assert.Equal(t, []any{store.Judge, "blog"}, []any{stage, source})
		return err
	})

	at, err := s.Progress(ctx, ref("blog", "a"))
	require.NoError(t, err)
	assert.Equal(t, []any{store.Judge, 0, "kept"}, []any{at.Stage, at.Tries, at.Finding.Text})
	record, err := s.Post(ctx, ref("blog", "a"))
	require.NoError(t, err)
	assert.Equal(t, []any{waggle.Pending, ""}, []any{record.Fate, record.Reason})
	for _, other := range []string{ref("blog", "a"), ref("blog", "b"), "0123456789abcdef"} {
		err := s.Tx(ctx, func(tx *store.Tx) error { _, _, err := tx.Revive(ctx, other); return err })
		require.ErrorIs(t, err, waggle.ErrNotFound, "it has not failed")
	}
}
