package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// A stage's job works on all posts at the stage, many in a transaction: what a
// job and a commit cost is far more than what most posts do. The posts
// themselves say which they are, so the job carries none, and there is one of
// it at a time.

// batch is how many posts share a transaction.
const batch = 256

// stage is a stage of the posts of one source, or of all.
type stage struct {
	*Pipeline
	name   store.Stage
	source string        // "" = all
	self   river.JobArgs // the job itself, to go on as
	// do works on one post, first outside of any transaction.
	do func(ctx context.Context, at store.Progress) (outcome, error)
}

// outcome is what a stage made of a post.
type outcome struct {
	// write stores it, and gives the jobs that this makes necessary. The posts of
	// a batch are written in their order.
	write func(ctx context.Context, tx *store.Tx) ([]river.JobArgs, error)
	told  func() // nil = nothing to tell once that is kept
}

// work is one run of the stage's job.
func (s *stage) work(ctx context.Context, job *rivertype.JobRow) error {
	alone := 0 // so many posts are next worked on one by one
	if job.Attempt > 1 {
		alone = batch // the last run was ended by one of the first, maybe
	}
	for end := s.Now().Add(shift); s.Now().Before(end); {
		n := batch
		if alone > 0 {
			n = 1
		}
		posts, err := s.Store.Batch(ctx, s.name, s.source, n, s.Now())
		if err != nil {
			return err
		}
		if len(posts) == 0 {
			return s.rest(ctx, job, s.name, s.source, s.self)
		}
		if alone > 0 {
			alone--
			err = s.alone(ctx, posts[0])
		} else if err = s.together(ctx, posts); err != nil && ctx.Err() == nil {
			s.Log.Warn("a batch failed; its posts are tried one by one", "stage", s.name, "posts", len(posts), "error", err)
			alone, err = len(posts), nil
		}
		if err != nil {
			return err
		}
	}
	return s.goOn(ctx, job, s.self)
}

// together works on posts in one transaction. Posts at which the stage itself
// fails are put off; the others go on.
func (s *stage) together(ctx context.Context, posts []store.Progress) error {
	began := s.Now()
	var results []outcome
	for _, at := range posts {
		one, err := s.try(ctx, at)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			if err := s.stumble(ctx, at, at.Tries+1, err); err != nil {
				return err
			}
			continue
		}
		results = append(results, one)
	}
	err := s.guarded(func() error {
		return s.Store.Tx(ctx, func(tx *store.Tx) error {
			jobs := map[river.JobArgs]bool{} // each once
			for _, r := range results {
				next, err := r.write(ctx, tx)
				if err != nil {
					return err
				}
				for _, job := range next {
					jobs[job] = true
				}
			}
			return s.queue.insert(ctx, tx, slices.Collect(maps.Keys(jobs))...)
		})
	})
	if err != nil {
		return err
	}
	for _, r := range results {
		s.Metrics.stage(string(s.name), s.Now().Sub(began)/time.Duration(len(posts)))
		if r.told != nil {
			r.told()
		}
	}
	return nil
}

// alone works on one post. The try counts before it is made: it may be what
// ends the feeder.
func (s *stage) alone(ctx context.Context, at store.Progress) error {
	if at.Tries >= maxAttempts {
		return s.fail(ctx, at, fmt.Sprintf("the feeder ended %d times while it was at the stage %q of this post", at.Tries, s.name))
	}
	if err := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.Tried(ctx, at.Ref) }); err != nil {
		return err
	}
	err := s.together(ctx, []store.Progress{at})
	if err == nil || ctx.Err() != nil {
		return err
	}
	return s.stumble(ctx, at, at.Tries+1, err)
}

// try does the stage's work on a post, and makes a panic an error.
func (s *stage) try(ctx context.Context, at store.Progress) (r outcome, err error) {
	err = s.guarded(func() (err error) {
		r, err = s.do(ctx, at)
		return err
	})
	return r, err
}

// fault is an error that a panic was.
type fault struct{ value any }

func (f *fault) Error() string {
	return fmt.Sprintf("a fault of the feeder: %v; please report it", f.value)
}

// guarded makes a panic of do an error, for what is to be told where a person
// sees it instead of being tried again at once.
func (p *Pipeline) guarded(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			p.Log.Error("panic", "panic", value, "trace", string(debug.Stack()))
			err = &fault{value}
		}
	}()
	return do()
}

// stumble puts a post off at which its stage failed for the tries-th time, or
// gives it up.
func (p *Pipeline) stumble(ctx context.Context, at store.Progress, tries int, failure error) error {
	var broken *fault
	switch isFault := errors.As(failure, &broken); {
	case isFault && tries >= maxPanics:
		return p.fail(ctx, at, fmt.Sprintf("a fault of the feeder at the stage %q: %v; please report it", at.Stage, broken.value))
	case tries >= maxAttempts:
		return p.fail(ctx, at, fmt.Sprintf("after %d tries: %v", tries, failure))
	}
	until := p.Now().Add(backoff(tries, p.pace.first, p.pace.longest))
	p.Log.Warn("a post waits", "stage", at.Stage, "source", at.Post.Source, "ref", at.Ref, "tries", tries, "until", until, "error", failure)
	return p.Store.Tx(ctx, func(tx *store.Tx) error { return tx.PutOff(ctx, at.Ref, tries, until) })
}

// fail gives a post up.
func (p *Pipeline) fail(ctx context.Context, at store.Progress, reason string) error {
	var failed bool
	err := p.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		failed, err = tx.Fail(ctx, at.Ref, reason)
		return err
	})
	if err == nil && failed {
		p.fate(at.Post, waggle.Failed, reason)
	}
	return err
}

// rest ends the job of a stage when no post is left there. That none is and
// that the job is over is one transaction: a post that comes later finds no
// job, and brings its own.
func (p *Pipeline) rest(ctx context.Context, job *rivertype.JobRow, name store.Stage, source string, self river.JobArgs) error {
	var left int
	var first time.Time
	err := p.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		if left, first, err = tx.Left(ctx, name, source); err != nil || left > 0 {
			return err
		}
		return p.queue.complete(ctx, tx, job)
	})
	if err != nil || left == 0 {
		return err
	}
	if wait := first.Sub(p.Now()); wait > 0 {
		return river.JobSnooze(min(wait, p.pace.again))
	}
	return p.goOn(ctx, job, self)
}

// goOn ends the job and begins it anew, behind the others that wait.
func (p *Pipeline) goOn(ctx context.Context, job *rivertype.JobRow, self river.JobArgs) error {
	return p.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := p.queue.complete(ctx, tx, job); err != nil {
			return err
		}
		return p.queue.insert(ctx, tx, self)
	})
}
