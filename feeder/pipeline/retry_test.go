package pipeline_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestAPostThatFailedGoesOnWhenAsked(t *testing.T) {
	t.Parallel()
	path := place(t)
	var mended atomic.Bool
	reader := plainReader{err: func(waggle.Post) error {
		if !mended.Load() {
			panic("poison")
		}
		return nil
	}}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(1)})}, Reader: reader, Judge: keepLong{}}
	got := once(t, path, o, 0)
	require.Equal(t, 1, got.Sources[0].Failed)
	failed, _, err := look(t, path).Posts(t.Context(), waggle.PostQuery{Fate: waggle.Failed})
	require.NoError(t, err)
	ref := failed[0].Ref

	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	o.Store = s
	p, err := pipeline.New(o)
	require.NoError(t, err)
	require.ErrorContains(t, p.Retry(t.Context(), ref), "only starting")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	defer func() {
		stop()
		assert.NoError(t, <-ended)
	}()
	mended.Store(true)
	require.Eventually(t, func() bool { return p.Retry(t.Context(), ref) == nil }, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		record, err := s.Post(t.Context(), ref)
		return err == nil && record.Fate != waggle.Failed && record.Fate != waggle.Pending
	}, time.Minute, 10*time.Millisecond)
	require.ErrorIs(t, p.Retry(t.Context(), ref), waggle.ErrNotFound, "it no longer fails")
	require.ErrorIs(t, p.Retry(t.Context(), "0000"), waggle.ErrNotFound)
}
