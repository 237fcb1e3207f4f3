package pipeline

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Summary is what one pass over all sources came to.
type Summary struct {
	Sources []SourceSummary `json:"sources"`
	Waiting int             `json:"waiting"`         // stories that TheHive does not hold yet
	Refused int             `json:"refused"`         // of other stories: TheHive refused them
	Error   string          `json:"error,omitempty"` // why they wait

	// Analyses counts what Cortex is still to be asked: analyses, and stories of
	// which none is chosen yet. They are made the next time.
	Analyses int `json:"analyses,omitempty"`
}

// SourceSummary counts what came of one source's new posts. Posts that the
// last run had left half-way are counted as well.
type SourceSummary struct {
	Name    string `json:"name"`
	Told    int    `json:"story"`
	Dropped int    `json:"dropped"`
	Quiet   int    `json:"quiet"`
	Failed  int    `json:"failed"`
	Error   string `json:"error,omitempty"` // why the source could not be read
}

// Complete tells whether all sources answered and nothing is left to do.
func (s Summary) Complete() bool {
	for _, source := range s.Sources {
		if source.Error != "" || source.Failed > 0 {
			return false
		}
	}
	return s.Waiting+s.Refused == 0
}

// Once asks every source now and works until nothing is left to do. While
// TheHive or Cortex takes nothing it is tried for as long as wait, counted from
// its first failure; what then still waits is kept for the next time. A Pipeline
// runs once only.
func (p *Pipeline) Once(ctx context.Context, wait time.Duration) (Summary, error) {
	p.pace = quick()
	before, err := p.Store.Fates(ctx)
	if err != nil {
		return Summary{}, err
	}
	began := p.Now().Truncate(time.Millisecond) // the store's precision
	if err := p.start(ctx, true); err != nil {
		return Summary{}, err
	}
	var sweeper sync.WaitGroup
	defer sweeper.Wait()
	sweeper.Go(func() { p.sweep(ctx) })
	failure := p.drain(ctx, began, wait)
	// Nothing runs that would be worth waiting for, unless drain was cut short.
	if err := p.queue.Stop(context.WithoutCancel(ctx)); err != nil {
		failure = errors.Join(failure, err)
	}
	if failure != nil {
		return Summary{}, failure
	}
	return p.summary(ctx, before)
}

// mostUnwritten is how often in a row the store may fail to be written before a
// pass ends: its jobs would be tried for as long as the disk is full.
const mostUnwritten = 4

// drain waits until the work is done, or only a server is in its way and has
// been for long enough.
func (p *Pipeline) drain(ctx context.Context, began time.Time, wait time.Duration) error {
	look, write := time.NewTicker(p.pace.glance), time.NewTicker(p.pace.write)
	defer look.Stop()
	defer write.Stop()
	unwritten := 0
	for {
		done, err := p.done(ctx, began, wait)
		if done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		case <-write.C:
			if err := p.Store.Writable(ctx, p.Now()); err == nil {
				unwritten = 0
			} else if unwritten++; unwritten == mostUnwritten {
				return err
			}
		}
	}
}

func (p *Pipeline) done(ctx context.Context, began time.Time, wait time.Duration) (bool, error) {
	open, err := p.Store.Unfinished(ctx, began)
	if err != nil || open > 0 {
		return false, err
	}
	if p.Enricher != nil {
		analyses, err := p.Store.OpenAnalyses(ctx, p.Now())
		if err != nil || analyses.Open() && !p.absence.hopeless(p.Now(), wait) {
			return false, err
		}
	}
	if p.Weigher != nil {
		if open, err = p.Store.CountUnjudged(ctx); err != nil || open > 0 {
			return false, err
		}
	}
	if p.Raiser != nil {
		left, err := p.Store.Undelivered(ctx, p.Now())
		if err != nil || left.Waiting > 0 {
			return p.outages.hopeless(p.Now(), wait), err
		}
	}
	if p.Actor == nil {
		return true, nil
	}
	// One that has failed is kept for the next time, and so is an update.
	open, err = p.Store.UntroubledActions(ctx, p.Now())
	return open == 0, err
}

func (p *Pipeline) summary(ctx context.Context, before map[string]map[waggle.Fate]int) (Summary, error) {
	after, err := p.Store.Fates(ctx)
	if err != nil {
		return Summary{}, err
	}
	sources, err := p.Store.Sources(ctx)
	if err != nil {
		return Summary{}, err
	}
	var s Summary
	for _, source := range sources {
		fresh := func(f waggle.Fate) int { return after[source.Name][f] - before[source.Name][f] }
		s.Sources = append(s.Sources, SourceSummary{
			Name: source.Name, Error: source.Error,
			Told: fresh(waggle.Told), Dropped: fresh(waggle.Dropped), Quiet: fresh(waggle.Quiet), Failed: fresh(waggle.Failed),
		})
	}
	if p.Enricher != nil {
		open, err := p.Store.OpenAnalyses(ctx, p.Now())
		if err != nil {
			return Summary{}, err
		}
		s.Analyses = open.Stories + open.Waiting + open.Running + open.Held
	}
	if p.Raiser == nil {
		return s, nil
	}
	var left store.Undelivered
	if left, err = p.Store.Undelivered(ctx, p.Now()); err != nil {
		return Summary{}, err
	}
	s.Waiting, s.Refused, s.Error = left.Waiting, left.Refused, left.Error
	return s, nil
}

// hopeless tells whether waiting for the server any longer is no use: it has
// taken nothing for as long as wait, or a person must see to it.
func (o *outages) hopeless(now time.Time, wait time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.count > 0 && (now.Sub(o.since) >= wait || upstream.ReasonOf(o.reason) == upstream.Auth)
}
