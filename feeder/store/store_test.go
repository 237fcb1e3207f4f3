package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// noon is when the tests' posts are published.
func noon() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

func open(t *testing.T) (*store.Store, string) {
	t.Helper()
	path := postgrestest.Database(t)
	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s, path
}

func tx(t *testing.T, s *store.Store, do func(*store.Tx) error) {
	t.Helper()
	require.NoError(t, s.Tx(t.Context(), do))
}

func post(id string) waggle.Post {
	return waggle.Post{Source: "blog", ID: id, URL: "https://blog.example.com/" + id, Title: "Post " + id, Content: "text of " + id, ContentType: "text/plain", Published: noon(), Fetched: noon()}
}

// tell brings a post all the way into a story.
func tell(t *testing.T, s *store.Store, head waggle.Story, p waggle.Post, found []ioc.Indicator, keys ...store.Key) {
	t.Helper()
	ctx := t.Context()
	tx(t, s, func(tx *store.Tx) error {
		if _, _, err := tx.SavePosts(ctx, store.Arrivals([]waggle.Post{p}, time.Time{})); err != nil {
			return err
		}
		_, err := tx.SetFinding(ctx, p.Ref(), waggle.Finding{Text: "The text of " + p.ID, Indicators: found})
		if err != nil {
			return err
		}
		if _, err := tx.SetJudgement(ctx, p.Ref(), waggle.Judgement{Keep: true, Score: head.Score, Severity: head.Severity, Why: "matters"}); err != nil {
			return err
		}
		return tx.Tell(ctx, head, store.Told{Post: p, Indicators: found, Lookups: keys, Keys: keys}, "matters", noon().Add(time.Duration(head.Revision)*time.Second))
	})
}

func head(p waggle.Post, revision int) waggle.Story {
	return waggle.Story{ID: waggle.StoryID(p), Title: p.Title, Source: p.Source, URL: p.URL, Score: 50, Severity: waggle.High, TLP: 2, PAP: 2,
		Tags: []string{"blog"}, Reasons: []waggle.Reason{{Points: 50, Text: "because"}}, First: noon(), Last: noon(), Revision: revision}
}

func TestOneFeederWritesAtATime(t *testing.T) {
	postgrestest.File(t)
	s, path := open(t)

	_, err := store.Open(t.Context(), path)

	require.ErrorIs(t, err, store.ErrBusy)
	assert.ErrorContains(t, err, fmt.Sprintf("process %d", os.Getpid()))
	reader, err := store.OpenReader(t.Context(), path)
	require.NoError(t, err, "reading goes on beside the writer")
	defer reader.Close()
	tell(t, s, head(post("a"), 1), post("a"), nil)
	_, total, err := reader.Stories(t.Context(), waggle.StoryQuery{})
	require.NoError(t, err)
	assert.Equal(t, 1, total)
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	postgrestest.File(t)
	folder := t.TempDir()
	garbage := filepath.Join(folder, "garbage.db")
	require.NoError(t, os.WriteFile(garbage, []byte("this is no database at all, whatever its name says"), 0o600))
	for name, c := range map[string]struct {
		open func(context.Context, string) (*store.Store, error)
		path string
		says string
	}{
		"another server":     {store.Open, "mysql://db.example.com/waggle", "or postgres://"},
		"nothing":            {store.Open, "", "no database given"},
		"no database":        {store.Open, garbage, "not a database"},
		"nothing there yet":  {store.OpenReader, filepath.Join(folder, "none.db"), "start `feeder run`"},
		"reading no feeders": {store.OpenReader, garbage, "garbage.db"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := c.open(t.Context(), c.path)
			require.ErrorContains(t, err, c.says)
			assert.Nil(t, s)
		})
	}
}

func TestAFileNameMayHoldAnyCharacter(t *testing.T) {
	postgrestest.File(t)
	path := filepath.Join(t.TempDir(), "a b?c#d%20.db")
	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	assert.FileExists(t, path)
}

func TestATransactionIsAllOrNothing(t *testing.T) {
	for name, run := range map[string]func(*store.Store, context.Context, func(*store.Tx) error) error{
		"plain": (*store.Store).Tx, "durable": (*store.Store).DurableTx,
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			broken := errors.New("broken")
			err := run(s, t.Context(), func(tx *store.Tx) error {
				if _, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{post("a")}, time.Time{})); err != nil {
					return err
				}
				return broken
			})
			require.ErrorIs(t, err, broken)
			_, err = s.Post(t.Context(), post("a").Ref())
			require.ErrorIs(t, err, waggle.ErrNotFound)

			require.NoError(t, run(s, t.Context(), func(tx *store.Tx) error {
				_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{post("a")}, time.Time{}))
				return err
			}))
			_, err = s.Post(t.Context(), post("a").Ref())
			require.NoError(t, err)
		})
	}
}

// TestAnArchiveWithoutDatesIsQuiet: a page without dates shows its last ten
// posts as news at first, not years of them.
func TestAnArchiveWithoutDatesIsQuiet(t *testing.T) {
	s, _ := open(t)
	var posts []waggle.Post
	for n := range 30 {
		posts = append(posts, waggle.Post{Source: "page", ID: fmt.Sprint(n), Title: fmt.Sprint(n), Fetched: noon()})
	}
	posts = append(posts, waggle.Post{Source: "page", ID: "dated", Title: "dated", Published: noon(), Fetched: noon()})
	tx(t, s, func(tx *store.Tx) error {
		read, quiet, err := tx.SavePosts(t.Context(), store.Arrivals(posts, noon().Add(-time.Hour)))
		assert.Len(t, read, 11)
		assert.Equal(t, 20, quiet)
		return err
	})
	record, err := s.Post(t.Context(), posts[10].Ref())
	require.NoError(t, err)
	assert.Equal(t, waggle.Quiet, record.Fate)
	assert.Contains(t, record.Reason, "without a date")

	more := []waggle.Post{{Source: "page", ID: "later", Title: "later", Fetched: noon()}}
	tx(t, s, func(tx *store.Tx) error {
		read, _, err := tx.SavePosts(t.Context(), store.Arrivals(more, time.Time{}))
		assert.Len(t, read, 1, "later polls are not the first")
		return err
	})
}

func TestSavePostsKeepsWhatIsKnown(t *testing.T) {
	s, _ := open(t)
	old := post("old")
	old.Published = noon().Add(-time.Hour)
	var read []string
	var quiet int
	save := func(posts ...waggle.Post) {
		tx(t, s, func(tx *store.Tx) (err error) {
			read, quiet, err = tx.SavePosts(t.Context(), store.Arrivals(posts, noon()))
			return err
		})
	}

	save(post("a"), old, post("a"))
	assert.Equal(t, []string{post("a").Ref()}, read)
	assert.Equal(t, 1, quiet)
	changed := post("a")
	changed.Title = "Another title"
	save(changed, post("b"))
	assert.Equal(t, []string{post("b").Ref()}, read)

	record, err := s.Post(t.Context(), post("a").Ref())
	require.NoError(t, err)
	assert.Equal(t, waggle.Record{Post: post("a"), Ref: post("a").Ref(), Fate: waggle.Pending}, record)
	record, err = s.Post(t.Context(), old.Ref())
	require.NoError(t, err)
	assert.Equal(t, waggle.Quiet, record.Fate)
	assert.Equal(t, "older than 4 May 2026 12:00 when its source was first read", record.Reason)
}

func TestPostsThatShareAnIDAreToldApart(t *testing.T) {
	item := func(id, url, title string) waggle.Post {
		p := post(id)
		p.URL, p.Title = url, title
		return p
	}
	const page = "https://blog.example.com/advisories"
	a, b, c := item("x", page+"/a", "First"), item("x", page+"/b", "Second"), item("x", page+"/c", "Third")
	for name, test := range map[string]struct {
		answers [][]waggle.Post
		want    []string // titles that are stored, in their order
	}{
		"an id used again, one by one":     {[][]waggle.Post{{a}, {b}, {c}, {b}}, []string{"First", "Second", "Third"}},
		"an id used again, all still show": {[][]waggle.Post{{a}, {b, a}, {c, b, a}, {a, b, c}}, []string{"First", "Second", "Third"}},
		"one page for all": {
			[][]waggle.Post{{item("x", page, "First")}, {item("x", page, "First"), item("x", page, "Second")}, {item("x", page, "Second")}},
			[]string{"First", "Second"},
		},
		"one title for all": {
			[][]waggle.Post{{item("x", page+"/a", "Notice")}, {item("x", page+"/a", "Notice"), item("x", page+"/b", "Notice")}},
			[]string{"Notice", "Notice"},
		},
		"a new title is an edit":      {[][]waggle.Post{{a}, {item("x", a.URL, "First, updated")}}, []string{"First"}},
		"a new address is a move":     {[][]waggle.Post{{a}, {item("x", page+"/moved", "First")}}, []string{"First"}},
		"no address is no other post": {[][]waggle.Post{{a}, {item("x", "", "First, updated")}}, []string{"First"}},
		"twice in one answer":         {[][]waggle.Post{{a, a}}, []string{"First"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			var refs []string
			for _, answer := range test.answers {
				tx(t, s, func(tx *store.Tx) error {
					read, _, err := tx.SavePosts(t.Context(), store.Arrivals(answer, time.Time{}))
					refs = append(refs, read...)
					return err
				})
			}
			var titles []string
			for _, ref := range refs {
				record, err := s.Post(t.Context(), ref)
				require.NoError(t, err)
				titles = append(titles, record.Title)
			}
			assert.Equal(t, test.want, titles)
		})
	}
}

func TestAStageIsDoneOnce(t *testing.T) {
	s, _ := open(t)
	ctx, ref := t.Context(), post("a").Ref()
	var moved []bool
	did := func(m bool, err error) error { moved = append(moved, m); return err }
	tx(t, s, func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(ctx, store.Arrivals([]waggle.Post{post("a")}, time.Time{}))
		return errors.Join(err,
			did(tx.SetJudgement(ctx, ref, waggle.Judgement{Why: "too early"})),
			did(tx.SetFinding(ctx, ref, waggle.Finding{Text: "first"})),
			did(tx.SetFinding(ctx, ref, waggle.Finding{Text: "second"})),
			did(tx.SetJudgement(ctx, ref, waggle.Judgement{Why: "dull", Score: 3})),
			did(tx.SetJudgement(ctx, ref, waggle.Judgement{Keep: true, Why: "too late"})),
			did(tx.SetLinked(ctx, ref, "example.com")),
			did(tx.Fail(ctx, ref, "too late")))
	})

	assert.Equal(t, []bool{false, true, false, true, false, false, false}, moved)
	record, err := s.Post(ctx, ref)
	require.NoError(t, err)
	assert.Equal(t, "first", record.Finding.Text)
	assert.Equal(t, []any{waggle.Dropped, "dull", 3}, []any{record.Fate, record.Reason, record.Score})
	tx(t, s, func(tx *store.Tx) error {
		under, err := tx.UnderWay(ctx)
		assert.Empty(t, under)
		return err
	})
}

func TestReclaimPutsRunningJobsBack(t *testing.T) {
	postgrestest.File(t)
	s, _ := open(t)
	ctx := t.Context()
	// Raw rows in River's tables: were their shape to change, this fails.
	tx(t, s, func(tx *store.Tx) error {
		for i, state := range []string{"running", "available", "scheduled"} {
			if _, err := tx.SQLite().ExecContext(ctx, `INSERT INTO river_job (kind, state, queue) VALUES ($1, $2, 'read')`, fmt.Sprintf("kind-%d", i), state); err != nil {
				return err
			}
		}
		_, err := tx.SQLite().ExecContext(ctx, `INSERT INTO river_leader (leader_id, elected_at, expires_at) VALUES ('dead', '2026-01-01 00:00:00', '2099-01-01 00:00:00')`)
		return err
	})

	tx(t, s, func(tx *store.Tx) error {
		jobs, err := tx.Reclaim(ctx)
		assert.Equal(t, 1, jobs)
		var available, leaders int
		require.NoError(t, tx.SQLite().QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM river_job WHERE state = 'available'), (SELECT COUNT(*) FROM river_leader)`).Scan(&available, &leaders))
		assert.Equal(t, []int{2, 0}, []int{available, leaders})
		return err
	})
	jobs, err := s.Jobs(ctx)
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"kind-0": 1, "kind-1": 1, "kind-2": 1}, jobs)
}
