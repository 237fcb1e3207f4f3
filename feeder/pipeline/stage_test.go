package pipeline

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// stored makes a store with posts to be read.
func stored(t *testing.T, ids ...string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), postgrestest.Database(t))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	var posts []waggle.Post
	for i, id := range ids {
		posts = append(posts, waggle.Post{Source: "blog", ID: id, Title: id, Fetched: time.Now().Add(time.Duration(i-100) * time.Second)})
	}
	require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(t.Context(), store.Arrivals(posts, time.Time{}))
		return err
	}))
	return s
}

// paper is a queue that only takes down what is to be done.
type paper struct{ queue }

func (paper) insert(context.Context, *store.Tx, ...river.JobArgs) error    { return nil }
func (paper) complete(context.Context, *store.Tx, *rivertype.JobRow) error { return nil }

// readStage is the stage Read with what it does given.
func readStage(t *testing.T, s *store.Store, do func(id string) error) stage {
	t.Helper()
	p, err := New(Options{Store: s})
	require.NoError(t, err)
	p.queue = paper{}
	return stage{Pipeline: p, name: store.Read, self: readArgs{}, do: func(_ context.Context, at store.Progress) (outcome, error) {
		return outcome{write: func(ctx context.Context, tx *store.Tx) ([]river.JobArgs, error) {
			if err := do(at.Post.ID); err != nil {
				return nil, err
			}
			_, err := tx.SetFinding(ctx, at.Ref, waggle.Finding{})
			return nil, err
		}}, nil
	}}
}

// states tells of each post "judge", or at which try it is, or why it failed.
func states(t *testing.T, s *store.Store, ids ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, id := range ids {
		ref := waggle.Post{Source: "blog", ID: id}.Ref()
		at, err := s.Progress(t.Context(), ref)
		require.NoError(t, err)
		record, err := s.Post(t.Context(), ref)
		require.NoError(t, err)
		switch {
		case record.Fate == waggle.Failed:
			found[id] = record.Reason
		case at.Stage == store.Read:
			found[id] = fmt.Sprint("try ", at.Tries)
		default:
			found[id] = string(at.Stage)
		}
	}
	return found
}

func TestAPostThatCannotBeStoredIsFoundAmongTheOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail func() error
	}{
		"refused": {func() error { return errors.New("no such character") }},
		"panic":   {func() error { panic("no such character") }},
	} {
		t.Run(name, func(t *testing.T) {
			s := stored(t, "a", "b", "c")
			work := readStage(t, s, func(id string) error {
				if id == "b" {
					return c.fail()
				}
				return nil
			})
			posts, err := s.Batch(t.Context(), store.Read, "", batch, time.Now())
			require.NoError(t, err)
			require.Error(t, work.together(t.Context(), posts))
			assert.Equal(t, map[string]string{"a": "try 0", "b": "try 0", "c": "try 0"}, states(t, s, "a", "b", "c"), "all or nothing")

			for _, at := range posts {
				require.NoError(t, work.alone(t.Context(), at))
			}
			assert.Equal(t, map[string]string{"a": "judge", "b": "try 1", "c": "judge"}, states(t, s, "a", "b", "c"))
		})
	}
}

func TestAPostAtWhichTheFeederEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	s := stored(t, "deadly")
	work := readStage(t, s, func(string) error { return errors.New("not reached") })
	ref := waggle.Post{Source: "blog", ID: "deadly"}.Ref()
	// The feeder ends so often in the middle of a try.
	for range maxAttempts {
		require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) error { return tx.Tried(t.Context(), ref) }))
	}
	posts, err := s.Batch(t.Context(), store.Read, "", 1, time.Now())
	require.NoError(t, err)

	require.NoError(t, work.alone(t.Context(), posts[0]))

	assert.Equal(t, map[string]string{"deadly": `the feeder ended 25 times while it was at the stage "read" of this post`}, states(t, s, "deadly"))
}

func TestAfterACrashPostsAreTriedOneByOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempt int
		want    []string
	}{
		"a job's first try":      {1, []string{"a try 0", "b try 0"}},
		"the last one was ended": {2, []string{"a try 1", "b try 1"}}, // each try is counted before it is made
	} {
		t.Run(name, func(t *testing.T) {
			s := stored(t, "a", "b")
			var seen []string
			work := readStage(t, s, func(id string) error {
				seen = append(seen, fmt.Sprint(id, " ", states(t, s, id)[id]))
				return nil
			})
			require.NoError(t, work.work(t.Context(), &rivertype.JobRow{Attempt: c.attempt}))
			assert.Equal(t, c.want, seen)
			assert.Equal(t, map[string]string{"a": "judge", "b": "judge"}, states(t, s, "a", "b"))
		})
	}
}
