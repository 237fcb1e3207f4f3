package pipeline

import (
	"context"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// articleWorker reads the pages behind a source's posts. A source has one such
// job, which fetches a few pages and then lets those of other sources go
// first: one whose pages never end holds up itself alone.
type articleWorker struct {
	*Pipeline
	river.WorkerDefaults[articleArgs]
}

// perSource is how many articles of one source are fetched at once, each of
// another host.
const perSource = 4

// Work implements river.Worker.
func (w *articleWorker) Work(ctx context.Context, job *river.Job[articleArgs]) error {
	linked, err := w.Store.Articles(ctx, job.Args.Source, 4*perSource, w.Now())
	if err != nil {
		return err
	}
	if len(linked) == 0 {
		return w.rest(ctx, job.JobRow, store.Article, job.Args.Source, job.Args)
	}
	begun, wait, err := w.fetch(ctx, linked)
	if err != nil {
		return err
	}
	if begun == 0 {
		return river.JobSnooze(min(wait, w.pace.again))
	}
	return w.goOn(ctx, job.JobRow, job.Args)
}

// fetch reads as many of the articles as their hosts allow just now, and says
// how long to wait for the others.
func (w *articleWorker) fetch(ctx context.Context, linked []store.Linked) (begun int, wait time.Duration, err error) {
	var under sync.WaitGroup
	failures := make(chan error, perSource)
	for _, l := range linked {
		if begun == perSource {
			break
		}
		if left := w.hosts.enter(l.Host, w.Now()); left > 0 {
			if wait == 0 || left < wait {
				wait = left
			}
			continue
		}
		begun++
		under.Go(func() {
			defer func() { w.hosts.leave(l.Host, w.Now()) }()
			if err := w.read(ctx, l.Ref); err != nil {
				failures <- err
			}
		})
	}
	under.Wait()
	close(failures)
	return begun, wait, <-failures // nil from a closed channel
}

// read reads one article. Its failure is the post's, and no error here.
func (w *articleWorker) read(ctx context.Context, ref string) error {
	at, err := w.Store.Progress(ctx, ref)
	if err != nil || at.Stage != store.Article {
		return err
	}
	if err := w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.Tried(ctx, ref) }); err != nil {
		return err
	}
	began := w.Now()
	terms := termsOf(w.spec(at.Post.Source))
	terms.Last = at.Tries+1 >= readAttempts
	var finding waggle.Finding
	failure := w.guarded(func() (err error) {
		finding, err = w.Reader.Read(ctx, at.Post, terms)
		return err
	})
	if failure != nil && ctx.Err() != nil {
		return failure // the feeder stops; the post did nothing wrong
	}
	w.Metrics.stage(string(store.Article), w.Now().Sub(began))
	if failure != nil {
		return w.stumble(ctx, at, at.Tries+1, failure)
	}
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.SetFinding(ctx, ref, finding); err != nil {
			return err
		}
		return w.queue.insert(ctx, tx, judgeArgs{})
	})
}
