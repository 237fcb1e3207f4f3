package pipeline

import (
	"context"
	"math"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// The jobs. Each kind has a queue of its own, by its own name. Those of a
// source are one for each, so that none holds up another's; the others are one
// for all posts or stories, which keeps their order.
type (
	pollArgs struct {
		Source string `json:"source"`
	}
	readArgs struct {
		Source string `json:"source"`
	}
	articleArgs struct {
		Source string `json:"source"`
	}
	judgeArgs struct{}
	joinArgs  struct{}
	alertArgs struct{}

	verdictArgs struct{}
	actArgs     struct{}

	enrichArgs  struct{}
	compactArgs struct{}
)

func (pollArgs) Kind() string    { return "poll" }
func (readArgs) Kind() string    { return "read" }
func (articleArgs) Kind() string { return "article" }
func (judgeArgs) Kind() string   { return "judge" }
func (joinArgs) Kind() string    { return "join" }
func (alertArgs) Kind() string   { return "alert" }
func (verdictArgs) Kind() string { return "verdict" }
func (actArgs) Kind() string     { return "act" }
func (enrichArgs) Kind() string  { return "enrich" }
func (compactArgs) Kind() string { return "compact" }

func (a pollArgs) InsertOpts() river.InsertOpts    { return once(a.Kind()) }
func (a readArgs) InsertOpts() river.InsertOpts    { return once(a.Kind()) }
func (a articleArgs) InsertOpts() river.InsertOpts { return once(a.Kind()) }
func (a judgeArgs) InsertOpts() river.InsertOpts   { return once(a.Kind()) }
func (a joinArgs) InsertOpts() river.InsertOpts    { return once(a.Kind()) }
func (a alertArgs) InsertOpts() river.InsertOpts   { return once(a.Kind()) }
func (a verdictArgs) InsertOpts() river.InsertOpts { return once(a.Kind()) }
func (a actArgs) InsertOpts() river.InsertOpts     { return once(a.Kind()) }
func (a enrichArgs) InsertOpts() river.InsertOpts  { return once(a.Kind()) }
func (a compactArgs) InsertOpts() river.InsertOpts { return once(a.Kind()) }

// once is a job of which there is one at a time for the same arguments. It is
// never given up: posts are, see stumble.
func once(queue string) river.InsertOpts {
	return river.InsertOpts{Queue: queue, MaxAttempts: forEver, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
		rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}}}
}

const (
	// forEver is the most that River counts to.
	forEver = math.MaxInt16
	// maxAttempts is how often a stage is tried before its post is given up.
	maxAttempts = 25
	// maxPanics is how often a stage may panic: that seldom mends itself.
	maxPanics = 3
	// readAttempts is how often an article is asked for before the post's own
	// text has to do.
	readAttempts = 4
)

// fate tells the log what became of a post, one line a post.
func (p *Pipeline) fate(post waggle.Post, fate waggle.Fate, reason string, more ...any) {
	p.Metrics.fate(post.Source, fate)
	p.Log.Info("post", append([]any{"fate", string(fate), "source", post.Source, "ref", post.Ref(), "title", post.Title, "reason", reason}, more...)...)
}

// watch tells of jobs that failed. They are tried again.
type watch struct{ *Pipeline }

// HandleError implements river.ErrorHandler.
func (w watch) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	w.Log.Warn("a job failed", "kind", job.Kind, "args", string(job.EncodedArgs), "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic implements river.ErrorHandler.
func (w watch) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	w.Log.Error("a job panicked", "kind", job.Kind, "args", string(job.EncodedArgs), "attempt", job.Attempt, "panic", value, "trace", trace)
	return nil
}

// pace is how patiently what failed is tried again.
type pace struct {
	first, longest time.Duration // of a stage or an outage of a server
	refused        time.Duration // the first pause after TheHive refused a story
	patience       int           // after so many tries a story may be what TheHive fails at
	glance         time.Duration // how often an idle queue is looked at
	// again is how soon a job looks again that has nothing it may do yet. It is
	// short because what comes in while the job decides to sleep is seen only
	// when it wakes.
	again time.Duration
	write time.Duration // how often a pass looks whether the store can be written
	sweep time.Duration // how soon the jobs of another feeder go on that has ended, and a clock that was set is noticed
	lost  time.Duration // how long after an answer of Cortex was lost its job can be found
	look  time.Duration // how long to wait for a job before looking at all of them
	grace time.Duration // how long a Cortex that came back has for the jobs it had
	alert time.Duration // how long an analysis waits for its alert to be in TheHive
}

// patient is the pace of a feeder that runs for ever.
func patient() pace {
	return pace{first: 2 * time.Second, longest: 5 * time.Minute, refused: 15 * time.Minute, patience: 8, glance: 5 * time.Second, again: 5 * time.Second,
		sweep: 10 * time.Second, lost: 5 * time.Second, look: 2 * time.Second, grace: time.Minute, alert: time.Minute}
}

// quick is the pace of one that somebody waits for.
func quick() pace {
	return pace{first: 100 * time.Millisecond, longest: 3 * time.Second, refused: 15 * time.Minute, patience: 16, glance: 50 * time.Millisecond, again: 100 * time.Millisecond, write: 2 * time.Second,
		sweep: 10 * time.Second, lost: 2 * time.Second, look: time.Second, grace: 2 * time.Second, alert: 5 * time.Second}
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
