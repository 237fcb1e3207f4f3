package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// verdictWorker makes the verdicts of stories of which there is something new,
// and looks what the rules then demand. It asks nobody, so a story's verdict,
// its new revision, and the jobs that follow are one transaction.
type verdictWorker struct {
	*Pipeline
	river.WorkerDefaults[verdictArgs]
}

// judgedTogether is how many stories share a transaction.
const judgedTogether = 32

// Work implements river.Worker.
func (w *verdictWorker) Work(ctx context.Context, job *river.Job[verdictArgs]) error {
	if w.Weigher == nil {
		return nil // they wait to be judged
	}
	for end := w.Now().Add(shift); w.Now().Before(end); {
		over := false
		err := w.Store.Tx(ctx, func(tx *store.Tx) error {
			stories, err := tx.Unjudged(ctx, judgedTogether)
			if err != nil {
				return err
			}
			if len(stories) == 0 {
				over = true
				return w.queue.complete(ctx, tx, job.JobRow)
			}
			return w.judge(ctx, tx, stories)
		})
		if over || err != nil {
			return err
		}
	}
	return w.goOn(ctx, job.JobRow, job.Args)
}

// judge makes the verdicts of some stories, and the jobs that these make
// necessary.
func (w *verdictWorker) judge(ctx context.Context, tx *store.Tx, stories []string) error {
	changed, demanded := false, false
	for _, id := range stories {
		held, err := tx.Story(ctx, id)
		if err != nil {
			return err
		}
		judged, settled := held, !underWay(held, w.Now())
		if settled {
			judged = w.Weigher.Judge(held)
		}
		anew, err := tx.SetVerdict(ctx, held, judged, w.Now())
		if err != nil {
			return err
		}
		if anew {
			judged.Revision++
			changed = true
		}
		fresh, err := w.demand(ctx, tx, judged)
		if err != nil {
			return err
		}
		outgrown := false
		if settled {
			if outgrown, err = tx.Update(ctx, id, w.UpdateEvery, w.Now()); err != nil {
				return err
			}
		}
		demanded = demanded || fresh || outgrown
	}
	var next []river.JobArgs
	if changed && w.Raiser != nil {
		next = append(next, alertArgs{})
	}
	if demanded && w.Actor != nil {
		next = append(next, actArgs{})
	}
	return w.queue.insert(ctx, tx, next...)
}

// underWay tells whether analyses of a story's values are still to come. When
// they have, the story is judged again.
func underWay(s waggle.Story, now time.Time) bool {
	return slices.ContainsFunc(s.Indicators, func(i waggle.Indicator) bool {
		return slices.ContainsFunc(i.Analyses, func(a waggle.Analysis) bool { return a.UnderWay(now) })
	})
}

// demand notes what the rules demand for a story and did not before.
func (w *verdictWorker) demand(ctx context.Context, tx *store.Tx, s waggle.Story) (fresh bool, err error) {
	if w.Rules == nil {
		return false, nil
	}
	actions := w.Rules.Demand(s)
	for n := range actions {
		actions[n].Revision = s.Revision
	}
	return tx.Demand(ctx, s.ID, actions, w.Now())
}
