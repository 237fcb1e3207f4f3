// Package pipeline carries posts through the stages:
//
//	poll ──▶ read ──▶ judge ──▶ join ──▶ alert
//
// Every arrow is a River job (https://riverqueue.com/docs), written in the
// same transaction as the row that made it necessary. A crash at any point
// repeats at most the stage it interrupted, and each stage may be repeated: a
// post knows its next stage, so a job that comes twice finds nothing to do.
//
// It is the one package that knows all stages; the stages do not know one
// another.
package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

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

// Options are what a Pipeline works with.
type Options struct {
	Store  *store.Store
	Feeds  []Feed
	Reader Reader
	Judge  Judge
	Raiser Raiser // nil = no TheHive: stories stay here until there is one

	// Since is the age over which posts are stored and not alerted when
	// their source is first read; 0 = 72 h.
	Since time.Duration
	// Window is how long a story goes on after its newest post; 0 = 14 days.
	Window time.Duration

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
	client  *river.Client[*sql.Tx]
	outages outages
	pace    pace
}

// softStop is how long running jobs may go on after the feeder is told to
// stop; then their requests are cancelled and made again at the next start.
const softStop = 5 * time.Second

// jobTime is the longest that one job may take. Requests have shorter limits
// of their own.
const jobTime = 5 * time.Minute

// New makes a Pipeline. It does nothing yet.
func New(o Options) (*Pipeline, error) {
	p := &Pipeline{Options: o.withDefaults(), feeds: make(map[string]Feed, len(o.Feeds)), pace: patient()}
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
	<-p.client.Stopped()
	return nil
}

// start puts the jobs in order, and begins to work them until ctx ends. With
// pollNow, sources are asked whose time has not come.
func (p *Pipeline) start(ctx context.Context, pollNow bool) error {
	client, err := p.newClient()
	if err != nil {
		return err
	}
	p.client = client
	if err := p.prepare(ctx, pollNow); err != nil {
		return err
	}
	return client.Start(ctx)
}

func (p *Pipeline) newClient() (*river.Client[*sql.Tx], error) {
	workers := river.NewWorkers()
	err := errors.Join(
		river.AddWorkerSafely(workers, &pollWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &readWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &judgeWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &joinWorker{Pipeline: p}),
		river.AddWorkerSafely(workers, &alertWorker{Pipeline: p}),
	)
	if err != nil {
		return nil, err
	}
	return river.NewClient(p.Store.Driver(), &river.Config{
		Queues: map[string]river.QueueConfig{
			pollArgs{}.Kind():  {MaxWorkers: 8},
			readArgs{}.Kind():  {MaxWorkers: 16}, // most of their time they wait for articles
			judgeArgs{}.Kind(): {MaxWorkers: 32},
			joinArgs{}.Kind():  {MaxWorkers: 32}, // the store's transactions run one after another
			alertArgs{}.Kind(): {MaxWorkers: 1},  // TheHive does not check for duplicates that come at once
		},
		Workers: workers,
		// New jobs wake their queue, so the interval only matters to an idle
		// one, and to jobs that sleep for less than River's scheduler sees.
		FetchCooldown:     10 * time.Millisecond,
		FetchPollInterval: p.pace.glance,

		JobTimeout:           jobTime,
		RescueStuckJobsAfter: 2 * jobTime,
		SoftStopTimeout:      softStop,
		MaxAttempts:          maxAttempts,
		RetryPolicy:          p.pace,
		ErrorHandler:         &undertaker{p},
		// The posts keep what happened; finished jobs tell nobody anything.
		CompletedJobRetentionPeriod: time.Minute,
		Logger:                      slog.New(atLeast{slog.LevelWarn, p.Log.Handler()}),
	})
}

// prepare makes the jobs fit the sources, the posts and the stories that are
// there. It repairs whatever ended the last run.
func (p *Pipeline) prepare(ctx context.Context, pollNow bool) error {
	under, err := p.Store.UnderWay(ctx)
	if err != nil {
		return err
	}
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
		if err := errors.Join(tx.RetryRefused(ctx), p.wake(ctx, tx)); err != nil {
			return err
		}
		jobs := resume(under)
		for _, f := range p.Feeds {
			jobs = append(jobs, river.InsertManyParams{Args: pollArgs{Source: f.Spec.Name}})
		}
		if p.Raiser != nil {
			jobs = append(jobs, river.InsertManyParams{Args: alertArgs{}})
		}
		return p.insert(ctx, tx, jobs)
	})
	if err != nil {
		return err
	}
	p.retired, err = p.remember(ctx)
	return err
}

// resume gives the jobs of posts that are under way. Those that still have
// theirs get no second: jobs are unique.
func resume(under map[store.Stage][]string) []river.InsertManyParams {
	var jobs []river.InsertManyParams
	for _, ref := range under[store.Read] {
		jobs = append(jobs, river.InsertManyParams{Args: readArgs{Ref: ref}})
	}
	for _, ref := range under[store.Judge] {
		jobs = append(jobs, river.InsertManyParams{Args: judgeArgs{Ref: ref}})
	}
	for _, ref := range under[store.Join] {
		jobs = append(jobs, river.InsertManyParams{Args: joinArgs{Ref: ref}})
	}
	return jobs
}

// wake makes jobs that sleep after a failure or until a time try at once: what
// they waited for may be there by now. A poll that is early sleeps on by
// itself.
func (p *Pipeline) wake(ctx context.Context, tx *store.Tx) error {
	const most = 10_000 // River's limit; the others wake by themselves
	asleep, err := p.client.JobListTx(ctx, tx.SQL(), river.NewJobListParams().
		States(rivertype.JobStateRetryable, rivertype.JobStateScheduled).First(most))
	if err != nil {
		return err
	}
	for _, job := range asleep.Jobs {
		if _, err := p.client.JobRetryTx(ctx, tx.SQL(), job.ID); err != nil {
			return err
		}
	}
	return nil
}

// insert inserts jobs in the transaction, passing over those that are there.
func (p *Pipeline) insert(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	if len(jobs) == 0 {
		return nil
	}
	_, err := p.client.InsertManyFastTx(ctx, tx.SQL(), jobs)
	return err
}
