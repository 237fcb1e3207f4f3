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

func TestOldPostsAreCompacted(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	told := post("told")
	key := store.Key{Kind: "weak", Value: "domain:evil.example.net"}
	tell(t, s, head(told, 1), told, []ioc.Indicator{indicator(ioc.Domain, "evil.example.net")}, key)
	save(t, s, "blog", "under way", "failed")
	tx(t, s, func(tx *store.Tx) error {
		_, err := tx.Fail(ctx, ref("blog", "failed"), "broken")
		return err
	})
	_, found, err := s.Posts(ctx, waggle.PostQuery{Text: "the text of told"})
	require.NoError(t, err)
	assert.Equal(t, 1, found)
	compact := func(before time.Time) (n int) {
		tx(t, s, func(tx *store.Tx) (err error) {
			n, err = tx.Compact(ctx, before, 9)
			return err
		})
		return n
	}

	assert.Zero(t, compact(noon()), "none is that old")
	assert.Equal(t, 1, compact(noon().Add(time.Hour)))
	assert.Zero(t, compact(noon().Add(time.Hour)), "once")

	record, err := s.Post(ctx, told.Ref())
	require.NoError(t, err)
	assert.Equal(t, []any{told.Title, told.URL, "", waggle.Told}, []any{record.Title, record.URL, record.Content, record.Fate})
	assert.Nil(t, record.Finding)
	story, err := s.Story(ctx, waggle.StoryID(told))
	require.NoError(t, err)
	assert.Len(t, story.Indicators, 1, "the story is whole")
	for text, want := range map[string]int{"the text of told": 0, told.Title: 1} {
		_, found, err := s.Posts(ctx, waggle.PostQuery{Text: text})
		require.NoError(t, err)
		assert.Equal(t, want, found, "%q: the index has forgotten what it said, and knows what it is called", text)
	}
	for _, whole := range []string{"under way", "failed"} {
		record, err := s.Post(ctx, ref("blog", whole))
		require.NoError(t, err)
		assert.Equal(t, "text of "+whole, record.Content)
	}
	tx(t, s, func(tx *store.Tx) error {
		read, quiet, err := tx.SavePosts(ctx, store.Arrivals([]waggle.Post{told}, time.Time{}))
		assert.Empty(t, read, "it is still known")
		assert.Zero(t, quiet)
		if err != nil {
			return err
		}
		found, err := tx.Candidates(ctx, []store.Key{key}, time.Time{})
		assert.Empty(t, found)
		return err
	})
}
