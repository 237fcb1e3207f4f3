package pipeline

import (
	"context"
	"errors"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
)

// readWorker makes findings of a source's posts as far as their own text will
// do. It waits for no network, so it reads thousands in a row.
type readWorker struct {
	*Pipeline
	river.WorkerDefaults[readArgs]
}

// Work implements river.Worker.
func (w *readWorker) Work(ctx context.Context, job *river.Job[readArgs]) error {
	s := stage{Pipeline: w.Pipeline, name: store.Read, source: job.Args.Source, self: job.Args, do: w.read}
	return s.work(ctx, job.JobRow)
}

func (w *readWorker) read(ctx context.Context, at store.Progress) (outcome, error) {
	terms := termsOf(w.spec(at.Post.Source))
	terms.Own = true
	finding, err := w.Reader.Read(ctx, at.Post, terms)
	if elsewhere, ok := errors.AsType[*reading.Elsewhere](err); ok {
		return outcome{write: func(ctx context.Context, tx *store.Tx) ([]river.JobArgs, error) {
			_, err := tx.SetLinked(ctx, at.Ref, hostOf(elsewhere.Page))
			return []river.JobArgs{articleArgs{Source: at.Post.Source}}, err
		}}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	return outcome{write: func(ctx context.Context, tx *store.Tx) ([]river.JobArgs, error) {
		_, err := tx.SetFinding(ctx, at.Ref, finding)
		return []river.JobArgs{judgeArgs{}}, err
	}}, nil
}

// termsOf says how a source's posts are read.
func termsOf(spec source.Spec) reading.Terms {
	return reading.Terms{Article: reading.Policy(spec.Article), Home: spec.URL, Files: spec.Files}
}
