package pipeline

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// judgeWorker decides which posts matter here.
type judgeWorker struct {
	*Pipeline
	river.WorkerDefaults[judgeArgs]
}

// Work implements river.Worker.
func (w *judgeWorker) Work(ctx context.Context, job *river.Job[judgeArgs]) error {
	s := stage{Pipeline: w.Pipeline, name: store.Judge, self: judgeArgs{}, do: w.judge}
	return s.work(ctx, job.JobRow)
}

func (w *judgeWorker) judge(_ context.Context, at store.Progress) (outcome, error) {
	judgement := w.Judge.Judge(at.Post, at.Finding, w.spec(at.Post.Source).Weight, w.Now())
	r := outcome{write: func(ctx context.Context, tx *store.Tx) ([]river.JobArgs, error) {
		_, err := tx.SetJudgement(ctx, at.Ref, judgement)
		if err != nil || !judgement.Keep {
			return nil, err
		}
		return []river.JobArgs{joinArgs{}}, nil
	}}
	if !judgement.Keep {
		r.told = func() { w.fate(at.Post, waggle.Dropped, judgement.Why, "score", judgement.Score) }
	}
	return r, nil
}
