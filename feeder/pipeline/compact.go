package pipeline

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
)

// compactWorker drops, once a day, what old posts say. It is one job for the
// life of the feeder, beside those that poll.
type compactWorker struct {
	*Pipeline
	river.WorkerDefaults[compactArgs]
}

// compactEvery is how often old posts are looked for.
const compactEvery = 24 * time.Hour

// Work implements river.Worker.
func (w *compactWorker) Work(ctx context.Context, _ *river.Job[compactArgs]) error {
	if w.Keep == 0 {
		return nil // for ever
	}
	// What a new post may still join has to stay.
	before := w.Now().Add(-max(w.Keep, w.Window))
	total := 0
	for end := w.Now().Add(shift); w.Now().Before(end); {
		var n int
		err := w.Store.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = tx.Compact(ctx, before, batch)
			return err
		})
		if err != nil {
			return err
		}
		total += n
		if n == 0 {
			if total > 0 {
				w.Log.Info("old posts were compacted", "posts", total, "before", before)
			}
			return river.JobSnooze(compactEvery)
		}
	}
	return river.JobSnooze(w.pace.again)
}
