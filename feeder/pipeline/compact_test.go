package pipeline

import (
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/store"
)

func TestOldPostsAreCompactedOnceADay(t *testing.T) {
	t.Parallel()
	fetched := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) // as waiting has it
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		keep, window, age time.Duration
		left              int
	}{
		"for ever":             {0, 0, 4000 * day, 2},
		"not that old":         {30 * day, day, 29 * day, 2},
		"old":                  {30 * day, day, 31 * day, 0},
		"as long as they join": {day, 40 * day, 31 * day, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := waiting(t, "a", "b")
			p, err := New(Options{Store: s, Keep: c.keep, Window: c.window, Now: func() time.Time { return fetched.Add(c.age) }})
			require.NoError(t, err)
			again := (&compactWorker{Pipeline: p}).Work(t.Context(), &river.Job[compactArgs]{})
			if c.keep == 0 {
				require.NoError(t, again)
			} else {
				var snooze *rivertype.JobSnoozeError
				require.ErrorAs(t, again, &snooze)
				assert.Equal(t, day, snooze.Duration)
			}
			var left int
			require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) (err error) {
				left, err = tx.Compact(t.Context(), fetched.Add(time.Hour), 9)
				return err
			}))
			assert.Equal(t, c.left, left)
		})
	}
}

// cautious is an enricher whose reports count for so long.
type cautious struct {
	Enricher
	cache time.Duration
}

func (c cautious) Settings() enrich.Settings { return enrich.Settings{Cache: c.cache} }

// TestReportsThatCountStay: the cache outlasts what posts are kept for.
func TestReportsThatCountStay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		enricher Enricher
		want     time.Time
	}{
		"no Cortex":      {nil, now.Add(-20 * day)},
		"a short cache":  {cautious{cache: day}, now.Add(-20 * day)},
		"a longer cache": {cautious{cache: 30 * day}, now.Add(-30 * day)},
	} {
		t.Run(name, func(t *testing.T) {
			w := &compactWorker{Pipeline: &Pipeline{Options: Options{Enricher: c.enricher, Now: func() time.Time { return now }}}}
			assert.Equal(t, c.want, w.cached(now.Add(-20*day)))
		})
	}
}
