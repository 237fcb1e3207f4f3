package pipeline

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
)

// compactWorker drops, once a day, what old posts and old analyses say. It is one job for the
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
	posts, whole, err := w.drop(ctx, func(tx *store.Tx) (int, error) { return tx.Compact(ctx, before, batch) })
	analyses := 0
	if err == nil && whole {
		analyses, whole, err = w.drop(ctx, func(tx *store.Tx) (int, error) { return tx.ForgetAnalyses(ctx, w.cached(before), batch) })
	}
	if err != nil {
		return err
	}
	if posts+analyses > 0 {
		w.Log.Info("old posts were compacted, and old analyses dropped", "posts", posts, "analyses", analyses, "before", before)
	}
	if !whole {
		return river.JobSnooze(w.pace.again)
	}
	return river.JobSnooze(compactEvery)
}

// cached is the time before which a report is of no use any more.
func (w *compactWorker) cached(before time.Time) time.Time {
	if w.Enricher == nil {
		return before
	}
	if oldest := w.Now().Add(-w.Enricher.Settings().Cache); oldest.Before(before) {
		return oldest
	}
	return before
}

// drop drops part after part, each in a transaction, until nothing is left (whole)
// or its time is over. It counts what there was.
func (w *compactWorker) drop(ctx context.Context, part func(*store.Tx) (int, error)) (total int, whole bool, err error) {
	for end := w.Now().Add(shift / 2); w.Now().Before(end); {
		n := 0
		err := w.Store.Tx(ctx, func(tx *store.Tx) (err error) {
			n, err = part(tx)
			return err
		})
		if err != nil || n == 0 {
			return total, err == nil, err
		}
		total += n
	}
	return total, false, nil
}
