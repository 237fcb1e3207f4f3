package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// save stores posts to be read, each a second after the one before.
func save(t *testing.T, s *store.Store, source string, ids ...string) {
	t.Helper()
	for i, id := range ids {
		p := post(id)
		p.Source, p.Published = source, noon().Add(time.Duration(i)*time.Second)
		tx(t, s, func(tx *store.Tx) error {
			_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{p}, time.Time{}))
			return err
		})
	}
}

func ref(source, id string) string { return waggle.Post{Source: source, ID: id}.Ref() }

func TestABatchIsWhatMayBeWorkedOn(t *testing.T) {
	s, _ := open(t)
	save(t, s, "blog", "a", "b", "c", "d")
	save(t, s, "news", "a")
	tx(t, s, func(tx *store.Tx) error {
		for _, put := range []struct {
			id    string
			until time.Time
		}{{"a", noon().Add(time.Minute)}, {"b", noon().Add(100 * 24 * time.Hour)}} {
			if err := tx.PutOff(t.Context(), ref("blog", put.id), 3, put.until); err != nil {
				return err
			}
		}
		_, err := tx.SetFinding(t.Context(), ref("blog", "d"), waggle.Finding{Text: "read"})
		return err
	})
	for name, c := range map[string]struct {
		stage  store.Stage
		source string
		n      int
		now    time.Time
		want   []string
	}{
		"one source":               {store.Read, "blog", 9, noon(), []string{"blog c 0", "blog b 3"}}, // b's time is from a wrong clock
		"any source":               {store.Read, "", 9, noon(), []string{"news a 0", "blog c 0", "blog b 3"}},
		"not more than asked for":  {store.Read, "", 1, noon(), []string{"news a 0"}},
		"put off until now":        {store.Read, "blog", 9, noon().Add(time.Minute), []string{"blog c 0", "blog a 3", "blog b 3"}},
		"another stage":            {store.Judge, "", 9, noon(), []string{"blog d 0"}},
		"a source without any":     {store.Judge, "news", 9, noon(), nil},
		"none with a fate, either": {store.Done, "", 9, noon(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := s.Batch(t.Context(), c.stage, c.source, c.n, c.now)
			require.NoError(t, err)
			var names []string
			for _, p := range got {
				assert.Equal(t, p.Post.Ref(), p.Ref)
				names = append(names, fmt.Sprintf("%s %s %d", p.Post.Source, p.Post.ID, p.Tries))
			}
			assert.Equal(t, c.want, names)
		})
	}
}

func TestABatchOfLongPostsIsSmall(t *testing.T) {
	s, _ := open(t)
	save(t, s, "blog", "a", "b", "c", "d")
	for _, id := range []string{"a", "b", "c", "d"} {
		tx(t, s, func(tx *store.Tx) error {
			_, err := tx.SetFinding(t.Context(), ref("blog", id), waggle.Finding{Text: strings.Repeat("x", 3<<20)})
			return err
		})
	}
	got, err := s.Batch(t.Context(), store.Judge, "", 100, noon())
	require.NoError(t, err)
	assert.Len(t, got, 2)
}

func TestArticlesOfManyHosts(t *testing.T) {
	s, _ := open(t)
	var ids []string
	for i := range 30 {
		ids = append(ids, fmt.Sprintf("flood-%02d", i))
	}
	ids = append(ids, "other", "last")
	save(t, s, "blog", ids...)
	tx(t, s, func(tx *store.Tx) error {
		for _, id := range ids {
			host, _, _ := strings.Cut(id, "-")
			moved, err := tx.SetLinked(t.Context(), ref("blog", id), host+".example")
			assert.True(t, moved)
			if err != nil {
				return err
			}
		}
		return nil
	})
	for name, c := range map[string]struct {
		n    int
		want []string
	}{
		"one of each":       {10, []string{"flood-00", "other", "last"}},
		"no more than that": {2, []string{"flood-00", "other"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := s.Articles(t.Context(), "blog", c.n, noon().Add(time.Hour))
			require.NoError(t, err)
			var want []store.Linked
			for _, id := range c.want {
				host, _, _ := strings.Cut(id, "-")
				want = append(want, store.Linked{Ref: ref("blog", id), Host: host + ".example"})
			}
			assert.Equal(t, want, got)
		})
	}
}

func TestAStageCountsItsOwnTries(t *testing.T) {
	s, _ := open(t)
	save(t, s, "blog", "a")
	a := ref("blog", "a")
	tx(t, s, func(tx *store.Tx) error {
		if err := tx.Tried(t.Context(), a); err != nil {
			return err
		}
		return tx.PutOff(t.Context(), a, 2, noon().Add(time.Minute))
	})
	left := func(stage store.Stage) (n int, first time.Time) {
		tx(t, s, func(tx *store.Tx) (err error) {
			n, first, err = tx.Left(t.Context(), stage, "blog")
			return err
		})
		return n, first
	}
	n, first := left(store.Read)
	assert.Equal(t, []any{1, noon().Add(time.Minute)}, []any{n, first})

	tx(t, s, func(tx *store.Tx) error {
		_, err := tx.SetFinding(t.Context(), a, waggle.Finding{})
		return err
	})
	at, err := s.Progress(t.Context(), a)
	require.NoError(t, err)
	assert.Equal(t, []any{store.Judge, 0}, []any{at.Stage, at.Tries})
	n, _ = left(store.Read)
	assert.Zero(t, n)
	n, first = left(store.Judge)
	assert.Equal(t, []any{1, time.Time{}}, []any{n, first})
}

func TestWhatIsUnderWayIsDueAtTheStart(t *testing.T) {
	s, _ := open(t)
	save(t, s, "blog", "a", "b")
	save(t, s, "news", "a")
	tx(t, s, func(tx *store.Tx) error {
		_, err := tx.SetFinding(t.Context(), ref("blog", "b"), waggle.Finding{})
		if err != nil {
			return err
		}
		if _, err := tx.Fail(t.Context(), ref("news", "a"), "broken"); err != nil {
			return err
		}
		return tx.PutOff(t.Context(), ref("blog", "a"), 2, noon().Add(time.Minute))
	})
	tx(t, s, func(tx *store.Tx) error {
		under, err := tx.UnderWay(t.Context())
		assert.Equal(t, map[store.Stage][]string{store.Read: {"blog"}, store.Judge: {"blog"}}, under)
		return err
	})
	batch, err := s.Batch(t.Context(), store.Read, "", 9, noon())
	require.NoError(t, err)
	assert.Len(t, batch, 1)
}
