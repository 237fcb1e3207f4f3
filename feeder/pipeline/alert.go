package pipeline

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// alertWorker sends TheHive the stories that it does not hold, one after
// another, the one that has waited longest first.
//
// It is one job for all stories and not one for each, since only so an outage
// keeps their order: nothing overtakes the story at which it began.
type alertWorker struct {
	*Pipeline
	river.WorkerDefaults[alertArgs]
	aside *aside // nil = none
}

// Work implements river.Worker.
func (w *alertWorker) Work(ctx context.Context, job *river.Job[alertArgs]) error {
	if w.Raiser == nil {
		return nil // stories wait for a TheHive to be configured
	}
	idle, err := w.sit(ctx, store.Alerting, &w.outages, w.sendNext)
	if err != nil {
		return err
	}
	if idle {
		return w.rest(ctx, job)
	}
	return w.goOn(ctx, job.JobRow, job.Args)
}

// sendNext sends the next story, and tells whether there was one. What
// TheHive does with it is recorded, and no error here.
func (w *alertWorker) sendNext(ctx context.Context) (sent bool, err error) {
	var s waggle.Story
	err = w.Store.DurableTx(ctx, func(tx *store.Tx) (err error) {
		s, err = tx.NextUndelivered(ctx, w.Now())
		return err
	})
	if errors.Is(err, waggle.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	began := w.Now()
	delivery := s.Alert // stands if nothing comes back
	failure := w.guarded(func() (err error) {
		delivery, err = w.Raiser.Deliver(ctx, s)
		return err
	})
	if failure != nil && ctx.Err() != nil {
		return false, failure // the feeder stops; nothing is known against TheHive
	}
	w.Metrics.alert(failure != nil, w.Now().Sub(began))
	return true, w.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := w.settle(ctx, tx, &delivery, s, failure); err != nil {
			return err
		}
		return tx.SetDelivery(ctx, s.ID, delivery, w.Now())
	})
}

// settle completes a delivery by what the failure means: for this story, and
// for all.
func (w *alertWorker) settle(ctx context.Context, tx *store.Tx, d *waggle.Delivery, s waggle.Story, failure error) error {
	if failure == nil {
		w.outages.over()
		w.aside = nil // the others go through, so it is the story
		w.Log.Info("alert", "story", s.ID, "revision", d.Revision, "alert", d.ID, "title", s.Title, "refused", d.Error)
		return nil
	}
	d.Error, d.Tries = failure.Error(), s.Alert.Tries
	if !concernsAll(failure) {
		d.Next = w.Now().Add(backoff(d.Tries, w.pace.refused, longestRefused))
		w.Log.Warn("TheHive refused an alert", "story", s.ID, "title", s.Title, "tries", d.Tries, "next", d.Next, "error", failure)
		return nil
	}
	if done, err := w.setAside(ctx, tx, d, s, failure); done || err != nil {
		return err
	}
	until := w.outages.begin(w.Now(), failure, w.pace)
	w.Log.Warn("TheHive takes no alerts; they wait", "until", until, "error", failure)
	return w.putBack(ctx, tx)
}

// concernsAll tells the failures that any story would meet. An alert that
// TheHive holds no more is no failure, so "not found" is TheHive's address, or
// what stands before it, and not an alert.
func concernsAll(failure error) bool {
	reason := upstream.ReasonOf(failure)
	return upstream.Temporary(failure) || reason == upstream.Auth || reason == upstream.NotFound
}

// rest ends the job when nothing waits. That nothing does and that the job is
// over is one transaction: a story that comes in later finds no job, and
// brings its own.
func (w *alertWorker) rest(ctx context.Context, job *river.Job[alertArgs]) error {
	var left store.Undelivered
	err := w.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		left, err = tx.Undelivered(ctx, w.Now())
		if err != nil || left.Waiting+left.Refused > 0 {
			return err
		}
		return w.queue.complete(ctx, tx, job.JobRow)
	})
	switch {
	case err != nil:
		return err
	case left.Waiting > 0:
		return w.goOn(ctx, job.JobRow, job.Args)
	case left.Refused > 0:
		return river.JobSnooze(max(0, min(w.pace.again, left.Next.Sub(w.Now()))))
	}
	return nil
}

// outages remembers how long a server has taken nothing. It is forgotten when
// the feeder ends: a new one tries at once.
type outages struct {
	mu     sync.Mutex
	count  int
	since  time.Time
	until  time.Time
	reason error
}

func (o *outages) begin(now time.Time, failure error, p pace) (until time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.count == 0 {
		o.since = now
	}
	o.count++
	o.reason = failure
	o.until = now.Add(max(backoff(o.count, p.first, p.longest), min(retryAfter(failure), p.longest)))
	return o.until
}

// over ends the outage, and tells whether there was one.
func (o *outages) over() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	was := o.count > 0
	o.count, o.since, o.until, o.reason = 0, time.Time{}, time.Time{}, nil
	return was
}

func (o *outages) left(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.until.Sub(now)
}
