package pipeline

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/riverqueue/river"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// pollWorker asks one source. Its job is one for the life of the source: it
// sleeps until the next poll.
type pollWorker struct {
	*Pipeline
	river.WorkerDefaults[pollArgs]
}

// recentPosts is how many posts tell how often a source posts.
const recentPosts = 50

// Work implements river.Worker.
func (w *pollWorker) Work(ctx context.Context, job *river.Job[pollArgs]) error {
	feed, ok := w.feeds[job.Args.Source]
	if !ok {
		return nil // no longer configured
	}
	at, err := w.Store.Position(ctx, feed.Spec.Name)
	if err != nil {
		return err
	}
	// The job may be here before its time: after a crash, between the poll
	// and the sleep.
	if now := w.Now(); !source.Due(now, at.Polled, at.Next, feed.Spec.Every) {
		return river.JobSnooze(at.Next.Sub(now))
	}
	next, err := w.poll(ctx, feed, at)
	if err != nil {
		return err
	}
	return river.JobSnooze(max(0, next.Sub(w.Now())))
}

// poll asks, stores the answer and says when to ask again. The source's own
// failure is no error here.
func (p *Pipeline) poll(ctx context.Context, feed Feed, at store.Position) (next time.Time, err error) {
	began := p.Now()
	var batch source.Batch
	failure := p.guarded(func() (err error) {
		batch, err = feed.Source.Poll(ctx, at.Cursor)
		return err
	})
	if failure != nil && ctx.Err() != nil && errors.Is(failure, ctx.Err()) {
		return time.Time{}, failure // the feeder stops; the source did nothing wrong
	}
	now := p.Now()
	p.Metrics.poll(feed.Spec.Name, failure != nil, now.Sub(began))
	recent, err := p.Store.RecentTimes(ctx, feed.Spec.Name, recentPosts)
	if err != nil {
		return time.Time{}, err
	}
	if failure != nil {
		next = source.NextPoll(now, feed.Spec.Every, recent, at.Failures+1, patience(failure, feed.Spec.Every))
		p.Log.Warn("a source failed", "source", feed.Spec.Name, "failures", at.Failures+1, "next", next, "error", failure)
		return next, p.Store.Tx(ctx, func(tx *store.Tx) error {
			return tx.Unanswered(ctx, feed.Spec.Name, failure.Error(), now, next)
		})
	}
	next = source.NextPoll(now, feed.Spec.Every, recent, 0, batch.Wait)
	return next, p.keep(ctx, feed, at, batch, now, next)
}

// mostAtOnce is how many posts of an answer are stored in one transaction, so
// that a flood in one source does not hold up the others.
const mostAtOnce = 2000

// keep stores what a source answered, on disk before the source hears that we
// have it. The cursor is stored with the last of the posts: where the feeder ends
// before, the source is asked once more for what is left.
func (p *Pipeline) keep(ctx context.Context, feed Feed, at store.Position, batch source.Batch, now, next time.Time) error {
	posts := inOrder(batch.Posts, feed.Spec.Name, now)
	var quietBefore time.Time
	if at.Answered.IsZero() {
		quietBefore = now.Add(-p.Since)
	}
	arrivals := store.Arrivals(posts, quietBefore)
	fresh := 0
	for more := true; more; {
		part := arrivals[:min(len(arrivals), mostAtOnce)]
		arrivals = arrivals[len(part):]
		more = len(arrivals) > 0
		var read []string
		var quiet int
		err := p.Store.DurableTx(ctx, func(tx *store.Tx) (err error) {
			if read, quiet, err = tx.SavePosts(ctx, part); err != nil {
				return err
			}
			if len(read) > 0 {
				if err := p.queue.insert(ctx, tx, readArgs{Source: feed.Spec.Name}); err != nil {
					return err
				}
			}
			if more {
				return nil
			}
			cursor := batch.Cursor
			if batch.NotModified && cursor == nil {
				cursor = at.Cursor
			}
			return tx.Answered(ctx, feed.Spec.Name, cursor, batch.Note, now, next)
		})
		if err != nil {
			return err
		}
		p.Metrics.quiet(feed.Spec.Name, quiet)
		fresh += len(read)
	}
	p.Log.Info("source", "source", feed.Spec.Name, "posts", len(posts), "new", fresh, "next", next, "note", batch.Note)
	return nil
}

// inOrder gives the posts oldest first, so that a story begins with its first
// post, and with times that can be: a post from the future or from before
// 1990 has no time.
func inOrder(posts []waggle.Post, name string, now time.Time) []waggle.Post {
	ordered := slices.Clone(posts)
	for i := range ordered {
		p := &ordered[i]
		p.Source = name
		if p.Fetched.IsZero() {
			p.Fetched = now
		}
		if p.Published.Year() < 1990 || p.Published.After(now.Add(24*time.Hour)) {
			p.Published = time.Time{}
		}
	}
	slices.SortStableFunc(ordered, func(a, b waggle.Post) int { return a.When().Compare(b.When()) })
	return ordered
}

// patience is how long a source that failed is left alone at least: as long as
// it asked for, and its usual time. One that did not answer at all is asked
// sooner, since it may have been our own line.
func patience(failure error, every time.Duration) time.Duration {
	if upstream.ReasonOf(failure) == upstream.Network {
		return retryAfter(failure)
	}
	return max(retryAfter(failure), every)
}

// retryAfter is how long a failure asked to wait.
func retryAfter(failure error) time.Duration {
	var e *upstream.Error
	if errors.As(failure, &e) {
		return e.RetryAfter
	}
	return 0
}
