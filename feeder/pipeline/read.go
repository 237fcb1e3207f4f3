package pipeline

import (
	"context"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/store"
)

// readWorker makes a finding of a post.
type readWorker struct {
	*Pipeline
	river.WorkerDefaults[readArgs]
}

// Work implements river.Worker.
func (w *readWorker) Work(ctx context.Context, job *river.Job[readArgs]) error {
	return w.step(ctx, job.JobRow, job.Args.Ref, store.Read, func(at store.Progress) error {
		spec := w.spec(at.Post.Source)
		finding, err := w.Reader.Read(ctx, at.Post, reading.Terms{
			Article: reading.Policy(spec.Article), Home: spec.URL, Files: spec.Files, Last: job.Attempt >= readAttempts,
		})
		if err != nil {
			return err
		}
		return w.Store.Tx(ctx, func(tx *store.Tx) error {
			moved, err := tx.SetFinding(ctx, job.Args.Ref, finding)
			if err != nil || !moved {
				return err
			}
			_, err = w.client.InsertTx(ctx, tx.SQL(), judgeArgs(job.Args), nil)
			return err
		})
	})
}
