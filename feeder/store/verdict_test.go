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

// told makes a story of one post with two values, and gives its id.
func told(t *testing.T, s *store.Store) (id string) {
	t.Helper()
	p := post("a")
	h := head(p, 1)
	h.Judged, h.Severity = waggle.Medium, waggle.Medium
	tell(t, s, h, p, []ioc.Indicator{indicator(ioc.Domain, "evil.example.net"), indicator(ioc.IP, "203.0.113.7")})
	return h.ID
}

// setVerdict judges the first value of a story as level, and gives whether that
// changed it.
func setVerdict(t *testing.T, s *store.Store, id string, l waggle.Level, severity waggle.Severity) (changed bool) {
	t.Helper()
	tx(t, s, func(tx *store.Tx) error {
		held, err := tx.Story(t.Context(), id)
		require.NoError(t, err)
		judged := held
		judged.Indicators = append([]waggle.Indicator{}, held.Indicators...)
		judged.Indicators[0].Verdict = &waggle.Verdict{Level: l, Why: "One says so."}
		judged.Verdict, judged.Severity = &waggle.Verdict{Level: l, Why: "Of 2."}, severity
		changed, err = tx.SetVerdict(t.Context(), held, judged, noon())
		return err
	})
	return changed
}

func unjudged(t *testing.T, s *store.Store) (ids []string) {
	t.Helper()
	tx(t, s, func(tx *store.Tx) (err error) {
		ids, err = tx.Unjudged(t.Context(), 9)
		return err
	})
	n, err := s.CountUnjudged(t.Context())
	require.NoError(t, err)
	assert.Len(t, ids, n)
	return ids
}

func TestAVerdictIsANewRevision(t *testing.T) {
	s, _ := open(t)
	id := told(t, s)
	assert.Equal(t, []string{id}, unjudged(t, s), "a story that was told is to be judged")

	assert.True(t, setVerdict(t, s, id, waggle.Malicious, waggle.High))
	got, err := s.Story(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, []any{2, waggle.High, waggle.Medium}, []any{got.Revision, got.Severity, got.Judged})
	assert.Equal(t, &waggle.Verdict{Level: waggle.Malicious, Why: "Of 2."}, got.Verdict)
	assert.Equal(t, &waggle.Verdict{Level: waggle.Malicious, Why: "One says so."}, got.Indicators[0].Verdict)
	assert.Nil(t, got.Indicators[1].Verdict)
	assert.Empty(t, unjudged(t, s))

	tx(t, s, func(tx *store.Tx) error { return tx.JudgeAnew(t.Context(), id, noon()) })
	assert.Equal(t, []string{id}, unjudged(t, s))
	assert.False(t, setVerdict(t, s, id, waggle.Malicious, waggle.High), "the same again")
	assert.Empty(t, unjudged(t, s))
	assert.True(t, setVerdict(t, s, id, waggle.Safe, waggle.Low))
	got, err = s.Story(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, []any{3, waggle.Low, waggle.Safe, waggle.Safe}, []any{got.Revision, got.Severity, got.Verdict.Level, got.Indicators[0].Verdict.Level})
	left, err := s.Undelivered(t.Context(), noon())
	require.NoError(t, err)
	assert.Equal(t, 1, left.Waiting)
}

func TestVerdictsCountForNoPost(t *testing.T) {
	s, _ := open(t)
	one := told(t, s)
	for _, l := range []waggle.Level{waggle.Malicious, waggle.Safe, waggle.Info} {
		setVerdict(t, s, one, l, waggle.Medium)
	}
	first, second := post("b"), post("c")
	h := head(first, 1)
	tell(t, s, h, first, nil)
	h.Revision = 2
	tell(t, s, h, second, nil)
	stories, _, err := s.Stories(t.Context(), waggle.StoryQuery{Sort: waggle.ByPosts})
	require.NoError(t, err)
	require.Len(t, stories, 2)
	assert.Equal(t, h.ID, stories[0].ID, "two posts are more than one with three verdicts")
}

func TestAnActionIsDemandedOnce(t *testing.T) {
	s, _ := open(t)
	id := told(t, s)
	demand := func(actions ...waggle.Action) (fresh bool) {
		tx(t, s, func(tx *store.Tx) (err error) {
			fresh, err = tx.Demand(t.Context(), id, actions, noon())
			return err
		})
		return fresh
	}
	next := func(now time.Time) (a waggle.Action, err error) {
		tx(t, s, func(tx *store.Tx) error {
			_, a, err = tx.NextAction(t.Context(), now)
			return nil
		})
		return a, err
	}
	set := func(a waggle.Action) {
		tx(t, s, func(tx *store.Tx) error { return tx.SetAction(t.Context(), id, a) })
	}
	open := func() (n int) {
		tx(t, s, func(tx *store.Tx) (err error) {
			n, _, err = tx.OpenActions(t.Context())
			return err
		})
		return n
	}
	_, err := next(noon())
	require.ErrorIs(t, err, waggle.ErrNotFound)
	assert.True(t, demand(waggle.Action{Name: waggle.ToMISP, Rule: "one", Revision: 1}))
	assert.False(t, demand(waggle.Action{Name: waggle.ToMISP, Rule: "another", Revision: 5}), "there is one already")
	assert.True(t, demand(waggle.Action{Name: waggle.ToMISP}, waggle.Action{Name: waggle.ToCase, Rule: "two", Revision: 2}))

	a, err := next(noon())
	require.NoError(t, err)
	assert.Equal(t, waggle.Action{Name: waggle.ToCase, Rule: "two", State: waggle.ActionWanted, Revision: 2, At: noon()}, a)
	a.State, a.Error, a.Tries, a.Next = waggle.ActionWanted, "no answer", 1, noon().Add(time.Minute)
	set(a)
	untroubled, err := s.UntroubledActions(t.Context(), noon())
	require.NoError(t, err)
	assert.Equal(t, []int{2, 1}, []int{open(), untroubled})

	a, err = next(noon())
	require.NoError(t, err)
	assert.Equal(t, waggle.ToMISP, a.Name, "what failed waits, and holds up no other")
	a.State, a.Ref, a.Note = waggle.ActionDone, "job1", "event 7"
	set(a)
	_, err = next(noon())
	require.ErrorIs(t, err, waggle.ErrNotFound)
	for name, now := range map[string]time.Time{"in time": noon().Add(time.Minute), "after a clock was wrong": noon().Add(-100 * 24 * time.Hour)} {
		a, err = next(now)
		require.NoError(t, err, name)
		assert.Equal(t, waggle.ToCase, a.Name, name)
	}
	tx(t, s, func(tx *store.Tx) error { return tx.RetryActions(t.Context()) })
	a, err = next(noon())
	require.NoError(t, err)
	assert.Equal(t, []any{waggle.ToCase, 1, "no answer"}, []any{a.Name, a.Tries, a.Error})

	got, err := s.Story(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, got.Actions, 2)
	assert.Equal(t, []any{waggle.ToMISP, waggle.ActionDone, "event 7"}, []any{got.Actions[1].Name, got.Actions[1].State, got.Actions[1].Note})
}

// TestAnEventIsUpdatedAsItsStoryGrows: once for each growth, at most so often.
func TestAnEventIsUpdatedAsItsStoryGrows(t *testing.T) {
	s, _ := open(t)
	id := told(t, s)
	update := func(now time.Time) (any bool) {
		tx(t, s, func(tx *store.Tx) (err error) {
			any, err = tx.Update(t.Context(), id, time.Hour, now)
			return err
		})
		return any
	}
	next := func(now time.Time) (a waggle.Action, err error) {
		tx(t, s, func(tx *store.Tx) error {
			_, a, err = tx.NextAction(t.Context(), now)
			return nil
		})
		return a, err
	}
	tx(t, s, func(tx *store.Tx) error {
		_, err := tx.Demand(t.Context(), id, []waggle.Action{{Name: waggle.ToMISP, Revision: 1}, {Name: waggle.ToCase, Revision: 1}, {Name: waggle.ToNotify, Revision: 1}}, noon())
		return err
	})
	assert.False(t, update(noon()), "nothing is done yet")
	for range 3 {
		a, err := next(noon())
		require.NoError(t, err)
		a.State, a.Times, a.Revision, a.At = waggle.ActionDone, 1, 1, noon()
		tx(t, s, func(tx *store.Tx) error { return tx.SetAction(t.Context(), id, a) })
	}
	assert.False(t, update(noon()), "it has not grown")
	story, err := s.Story(t.Context(), id)
	require.NoError(t, err)
	story.Revision = 2
	tell(t, s, story, post("more"), nil)

	soon := noon().Add(time.Minute)
	assert.True(t, update(soon))
	assert.False(t, update(soon), "it waits already")
	_, err = next(soon)
	require.ErrorIs(t, err, waggle.ErrNotFound)
	tx(t, s, func(tx *store.Tx) error { return tx.RetryActions(t.Context()) }) // a start is no reason either
	_, err = next(soon)
	require.ErrorIs(t, err, waggle.ErrNotFound)
	untroubled, err := s.UntroubledActions(t.Context(), soon)
	require.NoError(t, err)
	assert.Zero(t, untroubled, "nobody waits for it")

	a, err := next(noon().Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, waggle.Action{Name: waggle.ToMISP, State: waggle.ActionWanted, Revision: 2, Times: 1, Next: noon().Add(time.Hour), At: soon}, a)
	assert.True(t, a.Updates())
	a.State, a.Times, a.At = waggle.ActionDone, 2, noon().Add(time.Hour)
	tx(t, s, func(tx *store.Tx) error { return tx.SetAction(t.Context(), id, a) })
	assert.False(t, update(noon().Add(9*time.Hour)))
	story.Revision = 3
	tell(t, s, story, post("yet more"), nil)
	assert.True(t, update(noon().Add(9*time.Hour)))
	a, err = next(noon().Add(9 * time.Hour))
	require.NoError(t, err)
	assert.Equal(t, []any{waggle.ToMISP, 3}, []any{a.Name, a.Revision}, "at once after a long time; a case and a notice stay as they are")
}
