package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// cortex is Cortex' name among the services that may be in trouble.
const cortex = "Cortex"

// enrichWorker has Cortex analyse the values of stories: it chooses what is to
// be asked, keeps so many jobs at Cortex as may be, and takes their reports.
//
// It is one job for all stories, since only so an outage keeps their order, and
// a limit of jobs is one. It asks Cortex one thing at a time.
//
// That an analysis runs is on disk before Cortex hears of it. If the feeder ends
// before it knows the answer, it looks for the job by its label, so that a job
// is waited for and not made twice.
type enrichWorker struct {
	*Pipeline
	river.WorkerDefaults[enrichArgs]
	well bool      // Cortex answered the last time, and no trouble is noted
	back time.Time // when it did after it had not

	early bool // the next analysis waits for its alert, on which its report will sit
}

// Work implements river.Worker.
func (w *enrichWorker) Work(ctx context.Context, job *river.Job[enrichArgs]) error {
	if w.Enricher == nil {
		return nil // what is wanted waits for a Cortex to be configured
	}
	idle, err := w.sit(ctx, store.Analysing, &w.absence, w.turn)
	if err != nil {
		return err
	}
	if idle {
		return w.rest(ctx, job)
	}
	return w.goOn(ctx, job.JobRow, job.Args)
}

// cortexError marks an error as one of Cortex as a whole.
type cortexError struct{ error }

// Unwrap gives the error itself.
func (e cortexError) Unwrap() error { return e.error }

// turn does each step once, and tells whether there was anything to do. What
// Cortex does is recorded, and no error here.
func (w *enrichWorker) turn(ctx context.Context) (busy bool, err error) {
	err = w.guarded(func() error {
		for _, step := range []func(context.Context) (bool, error){w.choose, w.recall, w.start, w.collect} {
			did, err := step(ctx)
			if err != nil {
				return err
			}
			busy = busy || did
		}
		return nil
	})
	var failure cortexError
	if err != nil && (ctx.Err() != nil || !errors.As(err, &failure)) {
		return busy, err
	}
	if err != nil {
		return busy, w.trouble(ctx, failure.error)
	}
	if busy && (w.absence.over() || !w.well) {
		w.well, w.back = true, w.Now()
		err = w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.SetTrouble(ctx, cortex, nil, w.Now()) })
	}
	return busy, err
}

// trouble lets everything wait while Cortex takes nothing.
func (w *enrichWorker) trouble(ctx context.Context, failure error) error {
	until := w.absence.begin(w.Now(), failure, w.pace)
	w.well = false
	w.Log.Warn("Cortex cannot be asked; analyses wait", "until", until, "error", failure)
	return w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.SetTrouble(ctx, cortex, failure, w.Now()) })
}

// mostChosen bounds the stories of one turn.
const mostChosen = 32

// choose says of stories that came or grew what is to be asked about them.
func (w *enrichWorker) choose(ctx context.Context) (busy bool, err error) {
	for range mostChosen {
		s, err := w.Store.NextUnchosen(ctx)
		if errors.Is(err, waggle.ErrNotFound) {
			return busy, nil
		}
		if err != nil {
			return busy, err
		}
		var choice enrich.Choice
		err = w.guarded(func() (err error) {
			choice, err = w.Enricher.Choose(ctx, s)
			return err
		})
		var broken *fault
		if errors.As(err, &broken) {
			choice, err = enrich.Choice{Note: broken.Error()}, nil
		}
		if err != nil {
			return busy, cortexError{err}
		}
		busy = true
		wanted := make([]store.Wanted, len(choice.Asks))
		for i, a := range choice.Asks {
			wanted[i] = store.Wanted(a)
		}
		cache := w.Enricher.Settings().Cache
		fresh := store.Freshness{Done: w.Now().Add(-cache), Failed: w.Now().Add(-min(cache, failedLasts))}
		err = w.write(ctx, func(tx *store.Tx) error {
			return tx.ChooseAnalyses(ctx, s.ID, s.Revision, wanted, choice.Note, fresh, w.Now())
		})
		if err != nil {
			return busy, err
		}
	}
	return busy, nil
}

// failedLasts is how long an analysis that failed is not made again, whoever
// wants it.
const failedLasts = time.Hour

// write changes analyses, and has those stories judged anew whose analyses are
// over with that, in one transaction.
func (w *enrichWorker) write(ctx context.Context, change func(*store.Tx) error) error {
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := change(tx); err != nil {
			return err
		}
		stories, err := tx.SettleStories(ctx, w.Now().Add(waggle.HeldLong))
		if err != nil || len(stories) == 0 || w.Weigher == nil {
			return err
		}
		for _, s := range stories {
			if err := tx.JudgeAnew(ctx, s, w.Now()); err != nil {
				return err
			}
		}
		return w.queue.insert(ctx, tx, verdictArgs{})
	})
}

// hold puts off what waits for an analyzer.
func (w *enrichWorker) hold(ctx context.Context, analyzer, note string, until time.Time) error {
	w.Log.Info("an analyzer's work is put off", "analyzer", analyzer, "until", until, "reason", note)
	return w.write(ctx, func(tx *store.Tx) error { return tx.HoldAnalyzer(ctx, analyzer, note, until) })
}

// end completes an analysis by its outcome.
func (w *enrichWorker) end(k *store.Task, o enrich.Outcome) {
	k.State, k.Taxonomies, k.Artifacts, k.Note = o.State, o.Taxonomies, o.Artifacts, o.Note
	took := w.Now().Sub(k.At)
	k.At = w.Now()
	w.Metrics.analysis(k.Analyzer, o.State, took)
	w.Log.Info("analysis", "analyzer", k.Analyzer, "kind", string(k.Kind), "value", k.Value, "state", string(o.State), "note", o.Note)
}

// mostTries is how often Cortex may fail at one analysis while it does others.
const mostTries = 4

// again puts an analysis off that failed, or gives it up.
func (w *enrichWorker) again(k *store.Task, failure error) {
	if k.Tries++; k.Tries >= mostTries {
		w.end(k, enrich.Outcome{State: waggle.AnalysisFailed, Note: fmt.Sprintf("given up after %d tries: %v", k.Tries, failure)})
		return
	}
	k.State, k.Note, k.Due = waggle.AnalysisWaiting, failure.Error(), w.Now().Add(backoff(k.Tries, w.pace.first, w.pace.longest))
}

// collect takes the reports of jobs that are over, and gives those up that take
// too long. Where nothing is over it waits a moment.
func (w *enrichWorker) collect(ctx context.Context) (busy bool, err error) {
	running, err := w.Store.RunningAnalyses(ctx)
	if err != nil {
		return false, err
	}
	byJob := map[string][]store.Task{} // Cortex may answer two with one job
	var jobs []string
	for _, k := range running {
		if k.Job == "" {
			continue
		}
		if len(byJob[k.Job]) == 0 {
			jobs = append(jobs, k.Job)
		}
		byJob[k.Job] = append(byJob[k.Job], k)
	}
	if len(jobs) == 0 {
		return false, nil
	}
	over, failure := w.Enricher.Collect(ctx, jobs, w.pace.look)
	var ended []store.Task
	for id, tasks := range byJob {
		o, isOver := over[id]
		for _, k := range tasks {
			switch limit := w.Enricher.Settings().GiveUp; {
			case isOver && o.State == "":
				w.again(&k, errLost)
			case isOver:
				w.end(&k, o)
			case failure == nil && w.well && w.Now().Sub(k.At) >= limit && w.Now().Sub(w.back) >= w.pace.grace:
				w.end(&k, enrich.Outcome{State: waggle.AnalysisFailed, Note: fmt.Sprintf("given up: Cortex' job %s was not over after %s", id, limit)})
			default:
				continue
			}
			ended = append(ended, k)
		}
	}
	if len(ended) > 0 {
		err = w.write(ctx, func(tx *store.Tx) error {
			for _, k := range ended {
				if err := tx.SetAnalysis(ctx, k); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err == nil && failure != nil {
		err = cortexError{failure}
	}
	return true, err
}

// errLost is why an analysis is run again whose job is gone.
var errLost = errors.New("the job is gone from Cortex: its data were lost, or somebody removed it")

// rest ends the job when nothing is open. That nothing is and that the job is
// over is one transaction: a story that comes in later finds no job, and brings
// its own.
func (w *enrichWorker) rest(ctx context.Context, job *river.Job[enrichArgs]) error {
	var open store.OpenAnalyses
	err := w.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		open, err = tx.OpenAnalyses(ctx, w.Now())
		if err != nil || open.Open() || open.Held > 0 {
			return err
		}
		if err := tx.SetTrouble(ctx, cortex, nil, w.Now()); err != nil { // nothing waits for it
			return err
		}
		return w.queue.complete(ctx, tx, job.JobRow)
	})
	switch {
	case err != nil:
		return err
	case w.early:
		return river.JobSnooze(w.pace.again)
	case open.Stories+open.Waiting > 0:
		return w.goOn(ctx, job.JobRow, job.Args)
	case open.Running > 0: // their jobs are still to be found
		return river.JobSnooze(w.pace.again)
	case open.Held > 0:
		return river.JobSnooze(max(0, min(w.pace.again, open.Next.Sub(w.Now()))))
	}
	return nil
}
