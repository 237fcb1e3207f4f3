package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// TestCountsFollowThePosts compares what is counted along the way with what a
// new start counts.
func TestCountsFollowThePosts(t *testing.T) {
	ctx, database := t.Context(), postgrestest.Database(t)
	s, err := store.Open(ctx, database)
	require.NoError(t, err)
	tell(t, s, head(post("told"), 1), post("told"), nil)
	drop(t, s, post("dropped"), "of no matter")
	quiet := post("quiet")
	quiet.Published = noon().AddDate(0, 0, -30)
	tx(t, s, func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(ctx, store.Arrivals([]waggle.Post{quiet}, noon().AddDate(0, 0, -3)))
		return err
	})
	save(t, s, "blog", "failed", "revived", "under way")
	for _, id := range []string{"failed", "revived"} {
		tx(t, s, func(tx *store.Tx) error { _, err := tx.Fail(ctx, ref("blog", id), "broken"); return err })
	}
	tx(t, s, func(tx *store.Tx) error { _, _, err := tx.Revive(ctx, ref("blog", "revived")); return err })
	err = s.Tx(ctx, func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(ctx, store.Arrivals([]waggle.Post{post("taken back")}, time.Time{}))
		require.NoError(t, err)
		return fmt.Errorf("broken")
	})
	require.Error(t, err)

	want := map[waggle.Fate]int{waggle.Told: 1, waggle.Dropped: 1, waggle.Quiet: 1, waggle.Failed: 1, waggle.Pending: 2}
	check := func(s *store.Store) {
		t.Helper()
		fates, err := s.Fates(ctx)
		require.NoError(t, err)
		assert.Equal(t, want, fates["blog"])
		for fate, n := range want {
			_, total, err := s.Posts(ctx, waggle.PostQuery{Fate: fate, Source: "blog"})
			require.NoError(t, err)
			assert.Equal(t, n, total, fate)
		}
		days, err := s.Days(ctx, quiet.Published)
		require.NoError(t, err)
		assert.Equal(t, []waggle.Day{
			{Day: quiet.Published.Truncate(24 * time.Hour), Source: "blog", Posts: 1},
			{Day: noon().Truncate(24 * time.Hour), Source: "blog", Posts: 5, Told: 1},
		}, days)
	}
	check(s)
	require.NoError(t, s.Close())
	again, err := store.Open(ctx, database)
	require.NoError(t, err)
	defer again.Close()
	check(again)
}

func TestPublished(t *testing.T) {
	s, _ := open(t)
	for i, at := range []time.Time{noon().AddDate(0, 0, -1), noon().Add(-time.Hour), noon(), noon().Add(13 * time.Hour)} {
		p := post(fmt.Sprint(i))
		p.Published = at
		tx(t, s, func(tx *store.Tx) error {
			_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{}))
			return err
		})
	}
	for since, want := range map[time.Time]int{
		noon().AddDate(0, 0, -9): 4, noon().Add(-time.Hour): 3, noon().Add(-time.Minute): 2, noon().Add(time.Minute): 1,
		noon().AddDate(0, 0, 3): 0, {}: 4,
	} {
		posts, err := s.Published(t.Context(), since)
		require.NoError(t, err)
		assert.Equal(t, want, posts, since)
	}
}

func TestChangesAreToldApart(t *testing.T) {
	s, _ := open(t)
	step := func(do func(*store.Tx) error) (changed []waggle.Topic) {
		t.Helper()
		before, err := s.Changes(t.Context())
		require.NoError(t, err)
		tx(t, s, do)
		after, err := s.Changes(t.Context())
		require.NoError(t, err)
		for _, topic := range []waggle.Topic{waggle.ChangedPosts, waggle.ChangedStories, waggle.ChangedSources} {
			if before[topic] != after[topic] {
				changed = append(changed, topic)
			}
		}
		return changed
	}
	assert.Equal(t, []waggle.Topic{waggle.ChangedPosts}, step(func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{post("a")}, time.Time{}))
		return err
	}))
	assert.Empty(t, step(func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{post("a")}, time.Time{}))
		return err
	}), "it was known")
	assert.Equal(t, []waggle.Topic{waggle.ChangedSources}, step(func(tx *store.Tx) error {
		return tx.Answered(t.Context(), "blog", []byte("{}"), "", noon(), noon())
	}))
	assert.Equal(t, []waggle.Topic{waggle.ChangedStories}, step(func(tx *store.Tx) error {
		return tx.SetDelivery(t.Context(), "s1", waggle.Delivery{}, noon())
	}))
	assert.Equal(t, []waggle.Topic{waggle.ChangedStories}, step(func(tx *store.Tx) error {
		return tx.ChooseAnalyses(t.Context(), "s1", 1, nil, "Nothing is sent.", store.Freshness{}, noon())
	}))
	assert.Equal(t, []waggle.Topic{waggle.ChangedStories}, step(func(tx *store.Tx) error {
		return tx.HoldAnalyzer(t.Context(), "A_1_0", "tomorrow", noon())
	}))
	demand := func(tx *store.Tx) error {
		_, err := tx.Demand(t.Context(), "s1", []waggle.Action{{Name: waggle.ToCase}}, noon())
		return err
	}
	assert.Equal(t, []waggle.Topic{waggle.ChangedStories}, step(demand))
	assert.Empty(t, step(demand), "it was demanded before")
}

// TestEveryPageOfPosts goes through all pages, whose rows are reached from
// either end.
func TestEveryPageOfPosts(t *testing.T) {
	s, _ := open(t)
	var want []string
	for i := range 23 {
		p := post(fmt.Sprint(i))
		p.Published = noon().Add(-time.Duration(i) * time.Minute)
		drop(t, s, p, "text")
		want = append(want, p.Ref())
	}
	var got []string
	for offset := 0; offset < 30; offset += 4 {
		posts, total, err := s.Posts(t.Context(), waggle.PostQuery{Offset: offset, Limit: 4, Fate: waggle.Dropped})
		require.NoError(t, err)
		assert.Equal(t, 23, total)
		for _, p := range posts {
			got = append(got, p.Ref)
		}
	}
	assert.Equal(t, want, got)
}
