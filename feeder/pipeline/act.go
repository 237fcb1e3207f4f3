package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// actWorker carries out what the rules demand, one action after another. An
// action that fails waits and holds up no other.
type actWorker struct {
	*Pipeline
	river.WorkerDefaults[actArgs]
}

// firstPause is the pause after an action failed for the first time for a
// reason of its own.
const firstPause = time.Minute

// settling is how much longer the first pause is after nobody knows how a
// request ended: who got it may still be at it, and must show it when asked.
const settling = 5

// longestPause is the longest pause between two tries of an action.
const longestPause = time.Hour

// Work implements river.Worker.
func (w *actWorker) Work(ctx context.Context, job *river.Job[actArgs]) error {
	if w.Actor == nil {
		return nil // actions wait for what carries them out to be configured
	}
	idle, err := w.sit(ctx, store.Acting, new(outages), w.actNext) // each action waits for itself
	if err != nil {
		return err
	}
	if idle {
		return w.rest(ctx, job)
	}
	return w.goOn(ctx, job.JobRow, job.Args)
}

// actNext goes on with the next action, and tells whether there was one. What
// becomes of it is recorded, and no error here.
func (w *actWorker) actNext(ctx context.Context) (done bool, err error) {
	var s waggle.Story
	var was waggle.Action
	err = w.Store.DurableTx(ctx, func(tx *store.Tx) (err error) {
		s, was, err = tx.NextAction(ctx, w.Now())
		return err
	})
	if errors.Is(err, waggle.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	is := was
	is.Error = "" // of the last try
	if w.Raiser != nil && s.Alert.Revision < was.Revision {
		is.Next = w.Now().Add(w.pace.again) // TheHive must hold the verdict before it is acted upon
		if s.Alert.Next.After(w.Now()) {
			is.Error, is.Next = "it waits for the alert, which TheHive refused", w.Now().Add(min(s.Alert.Next.Sub(w.Now()), longestPause))
		}
		return true, w.keep(ctx, s, is)
	}
	if was.State == waggle.ActionWanted {
		is.Revision = s.Revision
		if w.Raiser != nil {
			is.Revision = s.Alert.Revision // a responder reads the alert
		}
	}
	failure := w.guarded(func() (err error) {
		is, err = w.Actor.Act(ctx, s, is)
		return err
	})
	if failure != nil && ctx.Err() != nil {
		return false, failure // the feeder stops; nothing is known against the others
	}
	w.settle(&is, was, s, failure)
	return true, w.keep(ctx, s, is)
}

// settle completes an action by what its try means.
func (w *actWorker) settle(is *waggle.Action, was waggle.Action, s waggle.Story, failure error) {
	now := w.Now()
	if is.State != was.State {
		is.At = now
	}
	switch {
	case failure != nil:
		is.Error, is.Tries = failure.Error(), was.Tries+1
		first := firstPause
		if upstream.Temporary(failure) {
			first = settling * w.pace.first
		}
		is.Next = now.Add(max(backoff(is.Tries, first, longestPause), min(retryAfter(failure), longestPause)))
		w.Log.Warn("an action failed", "story", s.ID, "action", was.Name, "tries", is.Tries, "next", is.Next, "error", failure)
	case is.State == waggle.ActionRunning:
		is.Tries = 0
		is.Next = now.Add(min(max(w.pace.again/5, now.Sub(is.At)/10), longestPause)) // the longer it takes, the seldomer it is asked about
	default:
		is.Tries, is.Next = 0, time.Time{}
		if is.State == waggle.ActionDone {
			is.Times++
		}
		w.Log.Info("action", "story", s.ID, "action", was.Name, "state", is.State, "rule", is.Rule, "note", is.Note, "refused", is.Error)
	}
}

func (w *actWorker) keep(ctx context.Context, s waggle.Story, a waggle.Action) error {
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		err := tx.SetAction(ctx, s.ID, a)
		if err == nil && a.State == waggle.ActionDone && a.Name.Repeats() {
			_, err = tx.Update(ctx, s.ID, w.UpdateEvery, w.Now()) // it may have grown meanwhile
		}
		return err
	})
}

// rest ends the job when no action is open, in one transaction with looking for
// one; else it sleeps until the first is to be gone on with.
func (w *actWorker) rest(ctx context.Context, job *river.Job[actArgs]) error {
	var open int
	var first time.Time
	err := w.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		if open, first, err = tx.OpenActions(ctx); err != nil || open > 0 {
			return err
		}
		return w.queue.complete(ctx, tx, job.JobRow)
	})
	if err != nil || open == 0 {
		return err
	}
	return river.JobSnooze(max(0, min(w.pace.again, first.Sub(w.Now()))))
}
