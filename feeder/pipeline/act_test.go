package pipeline

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// A time hours away is taken for one of a clock that was wrong, see
// [store.Tx.NextAction]: what runs for days must not get one.
func TestWhatRunsLongIsAskedAboutSeldom(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	w := &actWorker{Pipeline: &Pipeline{Options: Options{Now: func() time.Time { return now }}, pace: patient()}}
	for since, want := range map[time.Duration]time.Duration{
		0: time.Second, time.Minute: 6 * time.Second, 5 * time.Hour: 30 * time.Minute, 21 * time.Hour: time.Hour, 30 * 24 * time.Hour: time.Hour,
		-time.Hour: time.Second, // the clock was set back
	} {
		was := waggle.Action{State: waggle.ActionRunning, At: now.Add(-since)}
		is := was
		w.settle(&is, was, waggle.Story{}, nil)
		assert.Equal(t, want, is.Next.Sub(now), "for %s", since)
	}
}
