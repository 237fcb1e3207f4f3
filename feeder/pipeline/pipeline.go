// Package pipeline carries posts through the stages:
//
//	poll ──▶ read ──▶ judge ──▶ join ──▶ enrich ──▶ verdict ──▶ act
//	           └▶ article ─▲      └───────────┴──▶ alert
//
// Every arrow is a River job (https://riverqueue.com/docs), written in the
// same transaction as the row that made it necessary. A post knows its next
// stage, and the job of a stage takes all posts that are there, many in a
// transaction. A crash at any point repeats at most the transaction it
// interrupted, and each stage may be repeated: a job that comes twice finds
// nothing to do.
//
// No source holds up another: each has a job of its own up to the point where
// its posts are only text, its articles take at most some of the places for
// fetching, and a job that has had its time goes to the end of its queue.
//
// It is the one package that knows all stages; the stages do not know one
// another.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Feed is a source with its description.
type Feed struct {
	Spec   source.Spec
	Source source.Source
}

// Reader makes findings of posts; *reading.Reader is one.
type Reader interface {
	Read(ctx context.Context, p waggle.Post, terms reading.Terms) (waggle.Finding, error)
}

// Judge says what matters here; *relevance.Profile is one.
type Judge interface {
	Judge(p waggle.Post, f waggle.Finding, weight int, now time.Time) waggle.Judgement
}

// Raiser delivers stories; *alert.Raiser is one. A Delivery that comes with
// an error may hold the alert's id.
type Raiser interface {
	Deliver(ctx context.Context, s waggle.Story) (waggle.Delivery, error)
}

// Weigher makes verdicts of what analyzers say; *verdict.Judge is one.
type Weigher interface {
	Judge(s waggle.Story) waggle.Story
}

// Rules say what is to be done about a story; respond.Rules are such. The
// actions have a name and the rule in words.
type Rules interface {
	Demand(s waggle.Story) []waggle.Action
}

// Actor carries actions out; *respond.Actor is one. It gives the action as it
// is now. Asked again about an action that it began, also when it did not hear
// how that ended, it goes on with it and begins no second.
type Actor interface {
	Act(ctx context.Context, s waggle.Story, a waggle.Action) (waggle.Action, error)
}

// Enricher asks analyzers about the values of stories; *enrich.Enricher is one.
type Enricher interface {
	Settings() enrich.Settings
	Choose(ctx context.Context, s waggle.Story) (enrich.Choice, error)
	Place(ctx context.Context, a enrich.Ask, alerts []enrich.Alert) enrich.Place
	Start(ctx context.Context, a enrich.Ask, observable, label string) (enrich.Started, error)
	Recall(ctx context.Context, a enrich.Ask, observable, label string, since time.Time) (job string, known bool, err error)
	Collect(ctx context.Context, jobs []string, wait time.Duration) (map[string]enrich.Outcome, error)
}

// Options are what a Pipeline works with.
type Options struct {
	Store  *store.Store
	Feeds  []Feed
	Reader Reader
	Judge  Judge
	Raiser Raiser // nil = no TheHive: stories stay here until there is one

	Weigher Weigher // nil = no verdicts, and no rules either
	Rules   Rules   // nil = nothing is done by itself
	Actor   Actor   // nil = what rules demand waits

	// UpdateEvery is the least time from one update of a story's MISP event to
	// the next; 0 = 30 minutes.
	UpdateEvery time.Duration

	Enricher Enricher // nil = no Cortex: nothing is analysed

	// Since is the age over which posts are stored and not alerted when
	// their source is first read; 0 = 72 h.
	Since time.Duration
	// Window is how long a story goes on after its newest post; 0 = 14 days.
	Window time.Duration
	// Pause is the least time from one fetch of an article to the next from the
	// same host; 0 = 1 s.
	Pause time.Duration

	// Keep is how long what a post says is kept after its fate, at least Window;
	// 0 = for ever.
	Keep time.Duration

	Metrics *Metrics         // nil = not shown to anyone
	Log     *slog.Logger     // nil = none
	Now     func() time.Time // nil = time.Now
}

func (o Options) withDefaults() Options {
	if o.Since == 0 {
		o.Since = 72 * time.Hour
	}
	if o.Window == 0 {
		o.Window = 14 * 24 * time.Hour
	}
	if o.Pause == 0 {
		o.Pause = time.Second
	}
	if o.UpdateEvery == 0 {
		o.UpdateEvery = 30 * time.Minute
	}
	if o.Metrics == nil {
		o.Metrics = NewMetrics()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// Pipeline runs the stages.
type Pipeline struct {
	Options
	feeds   map[string]Feed
	retired map[string]source.Spec // of sources whose posts are still here
	queue   queue
	live    atomic.Bool // queue is set and works
	hosts   *hosts
	outages outages // of TheHive
	absence outages // of Cortex
	pace    pace
	clock   *setClock               // Now is its
	time    rivertype.TimeGenerator // River's clock; nil = the system's
}

// softStop is how long running jobs may go on after the feeder is told to
// stop; then their requests are cancelled and made again at the next start.
const softStop = 5 * time.Second

// jobTime is the longest that one job may take. Requests have shorter limits
// of their own.
const jobTime = 5 * time.Minute

// New makes a Pipeline. It does nothing yet.
func New(o Options) (*Pipeline, error) {
	o = o.withDefaults()
	clock := newSetClock(o.Now)
	o.Now = clock.Now
	p := &Pipeline{Options: o, clock: clock, feeds: make(map[string]Feed, len(o.Feeds)), hosts: newHosts(o.Pause), pace: patient()}
	for _, f := range o.Feeds {
		if _, twice := p.feeds[f.Spec.Name]; twice {
			return nil, fmt.Errorf("two sources are called %q: rename one", f.Spec.Name)
		}
		p.feeds[f.Spec.Name] = f
	}
	return p, nil
}

// Run works until ctx ends, then lets running jobs finish for a few seconds.
func (p *Pipeline) Run(ctx context.Context) error {
	if err := p.start(ctx, false); err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it began
		}
		return err
	}
	p.Log.Info("the feeder runs", "sources", len(p.feeds), "thehive", p.Raiser != nil)
	p.sweep(ctx)
	<-p.queue.Stopped()
	return nil
}

// shrinkEvery is in how many sweeps one gives memory back.
const shrinkEvery = 6

// sweep takes over what other feeders leave, and looks whether the clock was
// set, until ctx or the work ends.
func (p *Pipeline) sweep(ctx context.Context) {
	tick := time.NewTicker(p.pace.sweep)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-p.queue.Stopped():
			return
		case <-tick.C:
		}
		p.lookAtClock(ctx)
		if n%shrinkEvery == 0 {
			if err := p.Store.Shrink(ctx); err != nil && ctx.Err() == nil {
				p.Log.Warn("memory could not be given back", "error", err)
			}
		}
		jobs, err := p.Store.Sweep(ctx)
		if err != nil && ctx.Err() == nil {
			p.Log.Warn("the other feeders could not be looked after", "error", err)
		}
		if jobs > 0 {
			p.Log.Info("jobs of a feeder that ended go on", "jobs", jobs)
		}
	}
}

// start puts the jobs in order, and begins to work them until ctx ends. With
// pollNow, sources are asked whose time has not come.
func (p *Pipeline) start(ctx context.Context, pollNow bool) error {
	queue, err := p.newQueue()
	if err != nil {
		return err
	}
	p.queue = queue
	if err := p.prepare(ctx, pollNow); err != nil {
		return err
	}
	if err := queue.Start(ctx); err != nil {
		return err
	}
	p.live.Store(true)
	return nil
}

func (p *Pipeline) newQueue() (queue, error) {
	workers := river.NewWorkers()
	err := errors.Join(
		river.AddWorkerSafely(workers, &pollWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &readWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &articleWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &judgeWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &joinWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &alertWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &verdictWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &actWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &enrichWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &compactWorker{Pipeline: p}),
	)
	if err != nil {
		return nil, err
	}
	return newQueue(p.Store, &river.Config{
		Queues: map[string]river.QueueConfig{
			pollArgs{}.Kind():    {MaxWorkers: 8},
			readArgs{}.Kind():    {MaxWorkers: runtime.GOMAXPROCS(0)},
			articleArgs{}.Kind(): {MaxWorkers: 16, FetchPollInterval: min(p.pace.glance, time.Second)}, // they sleep for a host's pause
			judgeArgs{}.Kind():   {MaxWorkers: 1},
			joinArgs{}.Kind():    {MaxWorkers: 1},
			alertArgs{}.Kind():   {MaxWorkers: 1}, // TheHive does not check for duplicates that come at once
			verdictArgs{}.Kind(): {MaxWorkers: 1},
			actArgs{}.Kind():     {MaxWorkers: 1}, // one thing after another, as rules name them
			enrichArgs{}.Kind():  {MaxWorkers: 1},
			compactArgs{}.Kind(): {MaxWorkers: 1, FetchPollInterval: time.Minute},
		},
		Workers: workers,
		// New jobs wake their queue, so the interval only matters to an idle
		// one, and to jobs that sleep for less than River's scheduler sees.
		FetchCooldown:     10 * time.Millisecond,
		FetchPollInterval: p.pace.glance,

		JobTimeout:           jobTime,
		RescueStuckJobsAfter: 2 * jobTime,
		SoftStopTimeout:      softStop,
		RetryPolicy:          p.pace,
		ErrorHandler:         watch{p},
		// The posts keep what happened; finished jobs tell nobody anything.
		CompletedJobRetentionPeriod: time.Minute,
		Test:                        river.TestConfig{Time: p.time},
		Logger:                      slog.New(atLeast{slog.LevelWarn, p.Log.Handler()}),
	})
}

// prepare makes the jobs fit the sources, the posts and the stories that are
// there. It repairs whatever ended the last run.
func (p *Pipeline) prepare(ctx context.Context, pollNow bool) error {
	configured, err := p.configured()
	if err != nil {
		return err
	}
	err = p.Store.Tx(ctx, func(tx *store.Tx) error {
		reclaimed, err := tx.Reclaim(ctx)
		if err != nil {
			return err
		}
		if reclaimed > 0 {
			p.Log.Info("jobs of the last run go on", "jobs", reclaimed)
		}
		if err := tx.SetSources(ctx, configured); err != nil {
			return err
		}
		if pollNow {
			if err := tx.PollNow(ctx); err != nil {
				return err
			}
		}
		// What jobs waited for may be there by now. A poll that is early sleeps
		// on by itself.
		if err := errors.Join(tx.RetryRefused(ctx), tx.RetryActions(ctx), p.queue.wake(ctx, tx)); err != nil {
			return err
		}
		under, err := tx.UnderWay(ctx)
		if err != nil {
			return err
		}
		return p.queue.insert(ctx, tx, p.toDo(under)...)
	})
	if err != nil {
		return err
	}
	p.retired, err = p.remember(ctx)
	return err
}

// toDo gives the jobs of posts that are under way, of sources and of stories.
// Those that still have theirs get no second: jobs are unique.
func (p *Pipeline) toDo(under map[store.Stage][]string) []river.JobArgs {
	jobs := []river.JobArgs{judgeArgs{}, joinArgs{}, compactArgs{}}
	for _, source := range under[store.Read] {
		jobs = append(jobs, readArgs{Source: source})
	}
	for _, source := range under[store.Article] {
		jobs = append(jobs, articleArgs{Source: source})
	}
	for _, f := range p.Feeds {
		jobs = append(jobs, pollArgs{Source: f.Spec.Name})
	}
	if p.Raiser != nil {
		jobs = append(jobs, alertArgs{})
	}
	if p.Weigher != nil {
		jobs = append(jobs, verdictArgs{})
	}
	if p.Actor != nil {
		jobs = append(jobs, actArgs{})
	}
	if p.Enricher != nil {
		jobs = append(jobs, enrichArgs{})
	}
	return jobs
}
