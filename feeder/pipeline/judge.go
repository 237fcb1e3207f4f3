package pipeline

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// judgeWorker decides whether a post matters here.
type judgeWorker struct {
	*Pipeline
	river.WorkerDefaults[judgeArgs]
}

// Work implements river.Worker.
func (w *judgeWorker) Work(ctx context.Context, job *river.Job[judgeArgs]) error {
	return w.step(ctx, job.JobRow, job.Args.Ref, store.Judge, func(at store.Progress) error {
		judgement := w.Judge.Judge(at.Post, at.Finding, w.spec(at.Post.Source).Weight, w.Now())
		err := w.Store.Tx(ctx, func(tx *store.Tx) error {
			moved, err := tx.SetJudgement(ctx, job.Args.Ref, judgement)
			if err != nil || !moved || !judgement.Keep {
				return err
			}
			_, err = w.client.InsertTx(ctx, tx.SQL(), joinArgs(job.Args), nil)
			return err
		})
		if err == nil && !judgement.Keep {
			w.fate(at.Post, waggle.Dropped, judgement.Why, "score", judgement.Score)
		}
		return err
	})
}
