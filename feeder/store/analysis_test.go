package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// analysed tells stories that share a value, and wants it analysed.
func analysed(t *testing.T, s *store.Store, ids ...string) []waggle.Story {
	t.Helper()
	var out []waggle.Story
	for n, id := range ids {
		shared := []ioc.Indicator{{Kind: ioc.Domain, Value: "bad-host.net"}, {Kind: ioc.IP, Value: "203.0.113.9" + id}}
		h := head(post(id), 1)
		tell(t, s, h, post(id), shared)
		tx(t, s, func(tx *store.Tx) error {
			return tx.WantAnalyses(t.Context(), h.ID, 1, noon().Add(time.Duration(n)*time.Second))
		})
		out = append(out, h)
	}
	return out
}

func wanted(kind ioc.Kind, value, analyzer string) store.Wanted {
	return store.Wanted{Kind: kind, Value: value, Analyzer: analyzer, DataType: string(kind), TLP: 1, PAP: 2}
}

// choose notes what a story is to have.
func choose(t *testing.T, s *store.Store, h waggle.Story, now time.Time, asks ...store.Wanted) {
	t.Helper()
	fresh := store.Freshness{Done: now.Add(-24 * time.Hour), Failed: now.Add(-time.Hour)}
	tx(t, s, func(tx *store.Tx) error {
		return tx.ChooseAnalyses(t.Context(), h.ID, h.Revision, asks, "a note", fresh, now)
	})
}

// end gives an analysis its outcome.
func end(t *testing.T, s *store.Store, k store.Task, state waggle.AnalysisState, at time.Time) {
	t.Helper()
	k.State, k.At = state, at
	k.Taxonomies = []waggle.Taxonomy{{Level: waggle.Malicious, Namespace: "N", Predicate: "P", Value: "V"}}
	tx(t, s, func(tx *store.Tx) error { return tx.SetAnalysis(t.Context(), k) })
}

func settled(t *testing.T, s *store.Store, before time.Time) (stories []string) {
	t.Helper()
	tx(t, s, func(tx *store.Tx) (err error) {
		stories, err = tx.SettleStories(t.Context(), before)
		return err
	})
	return stories
}

func due(t *testing.T, s *store.Store, now time.Time) []store.Task {
	t.Helper()
	tasks, err := s.DueAnalyses(t.Context(), 10, now)
	require.NoError(t, err)
	return tasks
}

func TestStoriesAreChosenInTheirOrder(t *testing.T) {
	s, _ := open(t)
	stories := analysed(t, s, "a", "b")
	next, err := s.NextUnchosen(t.Context())
	require.NoError(t, err)
	assert.Equal(t, stories[0].ID, next.ID)
	choose(t, s, next, noon())
	// One that grows meanwhile goes behind the others.
	tx(t, s, func(tx *store.Tx) error { return tx.WantAnalyses(t.Context(), next.ID, 2, noon().Add(time.Hour)) })
	next, err = s.NextUnchosen(t.Context())
	require.NoError(t, err)
	assert.Equal(t, stories[1].ID, next.ID)
	choose(t, s, next, noon())
	next, err = s.NextUnchosen(t.Context())
	require.NoError(t, err)
	assert.Equal(t, stories[0].ID, next.ID)
	assert.Equal(t, "a note", next.AnalysisNote)
	next.Revision = 7 // a verdict made revisions, too
	choose(t, s, next, noon())
	_, err = s.NextUnchosen(t.Context())
	require.ErrorIs(t, err, waggle.ErrNotFound)
}

func TestAnAnalysisIsSharedAndSettlesItsStories(t *testing.T) {
	s, _ := open(t)
	stories := analysed(t, s, "a", "b", "c")
	shared, own := wanted(ioc.Domain, "bad-host.net", "A_1_0"), wanted(ioc.IP, "203.0.113.9b", "A_1_0")
	choose(t, s, stories[0], noon(), shared)
	choose(t, s, stories[1], noon(), shared, own)
	choose(t, s, stories[2], noon())
	tasks := due(t, s, noon())
	require.Len(t, tasks, 2, "the shared one is there once")
	assert.Empty(t, settled(t, s, noon().Add(time.Minute)), "what is open holds all that name the value")

	byValue := map[string]store.Task{}
	for _, k := range tasks {
		byValue[k.Value] = k
		k.State = waggle.AnalysisRunning
		tx(t, s, func(tx *store.Tx) error { return tx.SetAnalysis(t.Context(), k) })
	}
	running, err := s.RunningAnalyses(t.Context())
	require.NoError(t, err)
	assert.Len(t, running, 2)
	assert.Equal(t, []any{"domain", 1, 2}, []any{byValue["bad-host.net"].DataType, byValue["bad-host.net"].TLP, byValue["bad-host.net"].PAP})
	end(t, s, byValue["bad-host.net"], waggle.AnalysisDone, noon())
	assert.ElementsMatch(t, []string{stories[0].ID, stories[2].ID}, settled(t, s, noon().Add(time.Minute)))
	assert.Empty(t, settled(t, s, noon().Add(time.Minute)), "once")
	end(t, s, byValue["203.0.113.9b"], waggle.AnalysisFailed, noon())
	assert.Equal(t, []string{stories[1].ID}, settled(t, s, noon().Add(time.Minute)))

	told, err := s.Story(t.Context(), stories[2].ID)
	require.NoError(t, err)
	require.Len(t, told.Indicators[0].Analyses, 1)
	a := told.Indicators[0].Analyses[0]
	assert.Equal(t, []any{waggle.AnalysisDone, "A_1_0", "V"}, []any{a.State, a.Analyzer, a.Taxonomies[0].Value})
	assert.Empty(t, told.Indicators[1].Analyses)
}

func TestAnAnalysisIsMadeAgainWhenItIsOld(t *testing.T) {
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		state waggle.AnalysisState
		age   time.Duration
		again bool
	}{
		"done":           {waggle.AnalysisDone, day - time.Second, false},
		"done, old":      {waggle.AnalysisDone, day + time.Second, true},
		"failed":         {waggle.AnalysisFailed, time.Minute, false},
		"failed, old":    {waggle.AnalysisFailed, 2 * time.Hour, true},
		"skipped, old":   {waggle.AnalysisSkipped, 2 * time.Hour, true},
		"running, old":   {waggle.AnalysisRunning, 30 * day, false},
		"put off before": {waggle.AnalysisWaiting, 30 * day, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := open(t)
			stories := analysed(t, s, "a", "b")
			ask := wanted(ioc.Domain, "bad-host.net", "A_1_0")
			choose(t, s, stories[0], noon(), ask)
			end(t, s, due(t, s, noon())[0], test.state, noon())
			choose(t, s, stories[1], noon().Add(test.age), ask)
			assert.Equal(t, test.again, len(due(t, s, noon().Add(test.age))) == 1)
			told, err := s.Story(t.Context(), stories[0].ID)
			require.NoError(t, err)
			assert.Len(t, told.Indicators[0].Analyses[0].Taxonomies, 1, "what was said stands until something else is")
		})
	}
}

func TestHeldAnalyzers(t *testing.T) {
	s, _ := open(t)
	stories := analysed(t, s, "a")
	choose(t, s, stories[0], noon(), wanted(ioc.Domain, "bad-host.net", "A_1_0"), wanted(ioc.Domain, "bad-host.net", "B_1_0"))
	assert.Empty(t, settled(t, s, noon().Add(time.Minute)))
	tomorrow := noon().Add(12 * time.Hour)
	tx(t, s, func(tx *store.Tx) error {
		return tx.HoldAnalyzer(t.Context(), "A_1_0", "the budget is used up", tomorrow)
	})
	tasks := due(t, s, noon())
	require.Len(t, tasks, 1)
	assert.Equal(t, "B_1_0", tasks[0].Analyzer)
	count, err := s.OpenAnalyses(t.Context(), noon())
	require.NoError(t, err)
	assert.Equal(t, store.OpenAnalyses{Waiting: 1, Held: 1, Next: tomorrow}, count)
	end(t, s, tasks[0], waggle.AnalysisDone, noon())
	assert.Equal(t, []string{stories[0].ID}, settled(t, s, noon().Add(time.Minute)), "what comes tomorrow holds nothing up")
	tasks = due(t, s, tomorrow)
	require.Len(t, tasks, 1)
	assert.Equal(t, "the budget is used up", tasks[0].Note)
	end(t, s, tasks[0], waggle.AnalysisDone, tomorrow)
	assert.Equal(t, []string{stories[0].ID}, settled(t, s, tomorrow), "and counts when it is there")
	assert.Len(t, due(t, s, noon().Add(-60*24*time.Hour)), 0)
}

// TestAClockThatWasWrong: what is put off further than anything is put off is
// due.
func TestAClockThatWasWrong(t *testing.T) {
	s, _ := open(t)
	stories := analysed(t, s, "a")
	choose(t, s, stories[0], noon(), wanted(ioc.Domain, "bad-host.net", "A_1_0"))
	tx(t, s, func(tx *store.Tx) error {
		return tx.HoldAnalyzer(t.Context(), "A_1_0", "", noon().Add(10*365*24*time.Hour))
	})
	assert.Len(t, due(t, s, noon()), 1)
	count, err := s.OpenAnalyses(t.Context(), noon())
	require.NoError(t, err)
	assert.Equal(t, store.OpenAnalyses{Waiting: 1}, count)
}

func TestRunsAreCountedByDay(t *testing.T) {
	s, _ := open(t)
	for range 3 {
		tx(t, s, func(tx *store.Tx) error { return tx.CountRun(t.Context(), "A_1_0", noon()) })
	}
	for at, want := range map[time.Time]int{noon(): 3, noon().Add(11 * time.Hour): 3, noon().Add(12 * time.Hour): 0} {
		got, err := s.Runs(t.Context(), "A_1_0", at)
		require.NoError(t, err)
		assert.Equal(t, want, got, at)
	}
}

func TestTroubles(t *testing.T) {
	s, _ := open(t)
	is := func(want ...waggle.Trouble) {
		t.Helper()
		got, err := s.Troubles(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	is()
	for n, failure := range []error{errors.New("no answer"), errors.New("key refused")} {
		tx(t, s, func(tx *store.Tx) error {
			return tx.SetTrouble(t.Context(), "Cortex", failure, noon().Add(time.Duration(n)*time.Hour))
		})
		is(waggle.Trouble{Service: "Cortex", Since: noon(), Error: failure.Error()})
	}
	tx(t, s, func(tx *store.Tx) error { return tx.SetTrouble(t.Context(), "Cortex", nil, noon()) })
	is()
}

func TestWhereTheHiveHasAValue(t *testing.T) {
	s, _ := open(t)
	stories := analysed(t, s, "a", "b")
	tx(t, s, func(tx *store.Tx) error {
		return tx.SetDelivery(t.Context(), stories[1].ID, waggle.Delivery{ID: "~1", Revision: 1}, noon())
	})
	got, err := s.AlertsOf(t.Context(), ioc.Domain, "bad-host.net")
	require.NoError(t, err)
	assert.ElementsMatch(t, []store.AlertOf{{}, {ID: "~1", Revision: 1, Holds: true}}, got)

	choose(t, s, stories[0], noon(), wanted(ioc.Domain, "bad-host.net", "Here_1_0"), wanted(ioc.Domain, "bad-host.net", "There_1_0"), wanted(ioc.Domain, "bad-host.net", "Failed_1_0"))
	for _, k := range due(t, s, noon()) {
		k.Observable = map[string]string{"There_1_0": "~7"}[k.Analyzer]
		k.Direct = map[string]string{"Failed_1_0": "TheHive has no connector to Cortex"}[k.Analyzer]
		end(t, s, k, waggle.AnalysisDone, noon())
	}
	for _, more := range []bool{true, false} {
		tx(t, s, func(tx *store.Tx) error {
			any, err := tx.AskAgain(t.Context(), stories[1].ID, noon())
			assert.Equal(t, more, any)
			return err
		})
	}
	again := due(t, s, noon())
	require.Len(t, again, 1, "what Cortex itself was asked, and not because TheHive would not")
	assert.Equal(t, "Here_1_0", again[0].Analyzer)
}

// TestOldAnalysesAreForgotten: those of values that only old stories name, and
// that are over.
func TestOldAnalysesAreForgotten(t *testing.T) {
	s, _ := open(t)
	stories := analysed(t, s, "a", "b")
	shared, own := wanted(ioc.Domain, "bad-host.net", "A_1_0"), wanted(ioc.IP, "203.0.113.9a", "A_1_0")
	open := wanted(ioc.IP, "203.0.113.9a", "Open_1_0")
	choose(t, s, stories[0], noon(), shared, own, open)
	for _, k := range due(t, s, noon()) {
		if k.Analyzer != "Open_1_0" {
			end(t, s, k, waggle.AnalysisDone, noon())
		}
	}
	tx(t, s, func(tx *store.Tx) error { return tx.CountRun(t.Context(), "A_1_0", noon()) })
	newer := head(post("b"), 2)
	newer.Last = noon().Add(90 * 24 * time.Hour) // the story of b goes on
	tell(t, s, newer, post("later"), nil)
	forget := func(before time.Time) (n int) {
		tx(t, s, func(tx *store.Tx) (err error) {
			n, err = tx.ForgetAnalyses(t.Context(), before, 9)
			return err
		})
		return n
	}
	assert.Zero(t, forget(noon()), "they are not older")
	assert.Equal(t, 1, forget(noon().Add(30*24*time.Hour)), "what a story that goes on names, and what is not over, stays")
	left := map[string]waggle.AnalysisState{}
	for _, h := range stories {
		story, err := s.Story(t.Context(), h.ID)
		require.NoError(t, err)
		for _, i := range story.Indicators {
			for _, a := range i.Analyses {
				left[a.Value+" "+a.Analyzer] = a.State
			}
		}
	}
	assert.Equal(t, map[string]waggle.AnalysisState{"bad-host.net A_1_0": waggle.AnalysisDone, "203.0.113.9a Open_1_0": waggle.AnalysisWaiting}, left)
	runs, err := s.Runs(t.Context(), "A_1_0", noon())
	require.NoError(t, err)
	assert.Zero(t, runs)
}
