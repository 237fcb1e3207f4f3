package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// The jobs. Each kind has a queue of its own, by its own name.
type (
	pollArgs struct {
		Source string `json:"source"`
	}
	readArgs struct {
		Ref string `json:"ref"`
	}
	judgeArgs struct {
		Ref string `json:"ref"`
	}
	joinArgs struct {
		Ref string `json:"ref"`
	}
	// alertArgs is one job for all stories that wait, so that they are sent
	// in their order.
	alertArgs struct{}
)

func (pollArgs) Kind() string  { return "poll" }
func (readArgs) Kind() string  { return "read" }
func (judgeArgs) Kind() string { return "judge" }
func (joinArgs) Kind() string  { return "join" }
func (alertArgs) Kind() string { return "alert" }

func (a pollArgs) InsertOpts() river.InsertOpts  { return once(a.Kind(), forEver) }
func (a readArgs) InsertOpts() river.InsertOpts  { return once(a.Kind(), maxAttempts) }
func (a judgeArgs) InsertOpts() river.InsertOpts { return once(a.Kind(), maxAttempts) }
func (a joinArgs) InsertOpts() river.InsertOpts  { return once(a.Kind(), maxAttempts) }
func (a alertArgs) InsertOpts() river.InsertOpts { return once(a.Kind(), forEver) }

// once is a job of which there is one at a time for the same arguments.
func once(queue string, attempts int) river.InsertOpts {
	return river.InsertOpts{Queue: queue, MaxAttempts: attempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

const (
	// forEver is for jobs that belong to no post which could be given up: the
	// most that River counts to.
	forEver = math.MaxInt16
	// maxAttempts is how often a stage is tried before its post is given up.
	// What it must outlast is the store's own trouble, such as a full disk.
	maxAttempts = 25
	// maxPanics is how often a stage may panic: that seldom mends itself.
	maxPanics = 3
	// readAttempts is how often an article is asked for before the post's own
	// text has to do.
	readAttempts = 4
)

// step does a post's stage, unless it is done already.
func (p *Pipeline) step(ctx context.Context, job *rivertype.JobRow, ref string, stage store.Stage, do func(store.Progress) error) error {
	if job.Attempt > job.MaxAttempts {
		return p.fail(ctx, ref, fmt.Sprintf("the feeder ended %d times while it was at the stage %q of this post", job.Attempt-1, stage))
	}
	began := p.Now()
	post, err := p.Store.Progress(ctx, ref)
	if err != nil || post.Stage != stage {
		return err
	}
	err = do(post)
	p.Metrics.stage(string(stage), p.Now().Sub(began))
	return err
}

// fail gives a post up.
func (p *Pipeline) fail(ctx context.Context, ref, reason string) error {
	post, err := p.Store.Progress(ctx, ref)
	if err != nil {
		return err
	}
	if err := p.Store.Tx(ctx, func(tx *store.Tx) error { return tx.Fail(ctx, ref, reason) }); err != nil {
		return err
	}
	p.fate(post.Post, waggle.Failed, reason)
	return nil
}

// fate tells the log what became of a post, one line a post.
func (p *Pipeline) fate(post waggle.Post, fate waggle.Fate, reason string, more ...any) {
	p.Metrics.fate(post.Source, fate)
	p.Log.Info("post", append([]any{"fate", string(fate), "source", post.Source, "ref", post.Ref(), "title", post.Title, "reason", reason}, more...)...)
}

// guarded makes a panic of do an error, for what is to be told where a person
// sees it instead of being tried again at once.
func (p *Pipeline) guarded(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			p.Log.Error("panic", "panic", value, "trace", string(debug.Stack()))
			err = fmt.Errorf("a fault of the feeder: %v; please report it", value)
		}
	}()
	return do()
}

// undertaker gives up posts whose job has failed too often.
type undertaker struct{ *Pipeline }

// HandleError implements river.ErrorHandler.
func (u *undertaker) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	u.Log.Warn("a job failed", "kind", job.Kind, "args", string(job.EncodedArgs), "attempt", job.Attempt, "error", err)
	return u.bury(ctx, job, job.MaxAttempts, fmt.Sprintf("after %d tries: %v", job.Attempt, err))
}

// HandlePanic implements river.ErrorHandler.
func (u *undertaker) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	u.Log.Error("a job panicked", "kind", job.Kind, "args", string(job.EncodedArgs), "attempt", job.Attempt, "panic", value, "trace", trace)
	return u.bury(ctx, job, maxPanics, fmt.Sprintf("a fault of the feeder at the stage %q: %v; please report it", job.Kind, value))
}

func (u *undertaker) bury(ctx context.Context, job *rivertype.JobRow, after int, reason string) *river.ErrorHandlerResult {
	var post readArgs
	if json.Unmarshal(job.EncodedArgs, &post) != nil || post.Ref == "" || job.Attempt < after {
		return nil
	}
	if err := u.fail(ctx, post.Ref, reason); err != nil {
		u.Log.Error("a post could not be given up", "ref", post.Ref, "error", err)
		return nil
	}
	return &river.ErrorHandlerResult{SetCancelled: true}
}

// pace is how patiently what failed is tried again.
type pace struct {
	first, longest time.Duration // of a stage or an outage of TheHive
	refused        time.Duration // the first pause after TheHive refused a story
	patience       int           // after so many tries a story may be what TheHive fails at
	glance         time.Duration // how often an idle queue is looked at
	write          time.Duration // how often a pass looks whether the store can be written
}

// patient is the pace of a feeder that runs for ever.
func patient() pace {
	return pace{first: 2 * time.Second, longest: 5 * time.Minute, refused: 15 * time.Minute, patience: 8, glance: 5 * time.Second}
}

// quick is the pace of one that somebody waits for.
func quick() pace {
	return pace{first: 100 * time.Millisecond, longest: 3 * time.Second, refused: 15 * time.Minute, patience: 16, glance: 50 * time.Millisecond, write: 2 * time.Second}
}

// longestRefused is the longest pause after a refusal.
const longestRefused = 24 * time.Hour

// NextRetry implements river.ClientRetryPolicy.
func (p pace) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(backoff(job.Attempt, p.first, p.longest))
}

// backoff doubles from first to longest, and strays by a tenth so that many
// do not come back at once. n counts from 1.
func backoff(n int, first, longest time.Duration) time.Duration {
	d := float64(longest)
	if n < 32 {
		d = min(d, float64(first)*math.Exp2(float64(max(n, 1)-1)))
	}
	return time.Duration(d * (0.9 + 0.2*rand.Float64()))
}
