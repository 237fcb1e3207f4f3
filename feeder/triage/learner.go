package triage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// TheHive is the part of *thehive.Client that learning needs.
type TheHive interface {
	TriagedAlerts(ctx context.Context, typ string, since time.Time) ([]thehive.Triaged, error)
	TriagedCases(ctx context.Context, since time.Time) ([]thehive.Triaged, error)
}

// Options are what a Learner works with.
type Options struct {
	Path    string  // of the file of lessons
	TheHive TheHive // nil: nothing new is learnt
	Type    string  // of the feeder's alerts
	Reader  Reader
	// Text gives what a story's posts say; waggle.ErrNotFound where the story is
	// not one of this feeder.
	Text func(ctx context.Context, story string) (string, error)
	// Imported is told of stories whose alert was taken into a case, maybe more
	// than once of one; nil = nobody is.
	Imported func(ctx context.Context, story string) error

	Every time.Duration // between two looks; 0 = 10 minutes
	Log   *slog.Logger
}

// soonest is the shortest time between two looks, however often TheHive calls.
const soonest = 15 * time.Second

// Learner reads back from TheHive what analysts did with the feeder's alerts,
// and keeps a model of it. It is safe for concurrent use.
type Learner struct {
	Options
	nudged chan struct{}

	mu     sync.Mutex // guards what follows
	memory memory
	model  *Model
}

// Open makes a Learner of the lessons that the file holds.
func Open(o Options) (*Learner, error) {
	m, err := recall(o.Path)
	if err != nil {
		return nil, err
	}
	if o.Every == 0 {
		o.Every = 10 * time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Learner{Options: o, nudged: make(chan struct{}, 1), memory: m, model: Train(o.Reader, m.examples())}, nil
}

// Shift is by how many points what was learnt moves a post's score, and why. A
// nil Learner knows nothing.
func (l *Learner) Shift(text string) (points int, why string) {
	if l == nil {
		return 0, ""
	}
	l.mu.Lock()
	model := l.model
	l.mu.Unlock()
	return model.Shift(text)
}

// Lessons counts what was learnt: stories that were wanted, and others.
func (l *Learner) Lessons() (wanted, others int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.model.Wanted, l.model.Others
}

// Run looks now and then what analysts did, and soon after each Nudge, until
// ctx ends. What goes wrong is told in the log and tried again.
func (l *Learner) Run(ctx context.Context) {
	if l == nil || l.TheHive == nil {
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	next := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.nudged:
			// Sooner, but never later: hooks may come all the time.
			if soon := time.Now().Add(soonest); soon.Before(next) {
				next = soon
				timer.Reset(soonest)
			}
			continue
		case <-timer.C:
		}
		if _, err := l.Learn(ctx); err != nil && ctx.Err() == nil {
			l.Log.Warn("what analysts did could not be read; it is tried again", "error", err)
		}
		next = time.Now().Add(l.Every)
		timer.Reset(l.Every)
	}
}

// Nudge says that something may have happened in TheHive.
func (l *Learner) Nudge() {
	if l == nil {
		return
	}
	select {
	case l.nudged <- struct{}{}:
	default: // it is known already
	}
}

// Learn reads what analysts did since the last time, and trains the model with
// it. It tells how many lessons are new or have changed. It may be repeated.
func (l *Learner) Learn(ctx context.Context) (learnt int, err error) {
	if l == nil || l.TheHive == nil {
		return 0, nil
	}
	l.mu.Lock()
	m := l.memory
	m.Lessons = append([]Lesson(nil), m.Lessons...)
	l.mu.Unlock()

	alerts, err := l.TheHive.TriagedAlerts(ctx, l.Type, m.Since)
	if err != nil {
		return 0, err
	}
	cases, err := l.TheHive.TriagedCases(ctx, m.Since)
	if err != nil {
		return 0, err
	}
	for _, a := range alerts {
		changed, err := l.alert(ctx, &m, a)
		if err != nil {
			return 0, err
		}
		learnt += changed
	}
	for _, c := range cases {
		learnt += closed(&m, c)
	}
	for _, t := range append(alerts, cases...) {
		if t.Updated.After(m.Since) {
			m.Since = t.Updated
		}
	}
	return learnt, l.remember(m, learnt)
}

// alert takes what became of one alert.
func (l *Learner) alert(ctx context.Context, m *memory, a thehive.Triaged) (changed int, err error) {
	i := m.find(a.Ref)
	if a.Outcome == thehive.Undecided {
		return 0, nil
	}
	if i >= 0 {
		// How its case was closed says more than that it has one.
		if held := m.Lessons[i]; held.Outcome == a.Outcome || a.Outcome == thehive.Imported && held.Case == a.Case {
			return 0, nil
		}
	}
	text, err := l.Text(ctx, a.Ref)
	if errors.Is(err, waggle.ErrNotFound) {
		return 0, nil // of another feeder, or of long ago
	}
	if err != nil {
		return 0, fmt.Errorf("the story of an alert: %w", err)
	}
	if a.Outcome == thehive.Imported && l.Imported != nil {
		if err := l.Imported(ctx, a.Ref); err != nil {
			return 0, err
		}
	}
	m.keep(Lesson{Story: a.Ref, Case: a.Case, Outcome: a.Outcome, At: a.Updated, Text: text})
	return 1, nil
}

// closed takes how one case was closed.
func closed(m *memory, c thehive.Triaged) (changed int) {
	if c.Outcome == thehive.Undecided {
		return 0
	}
	for i := range m.Lessons {
		if l := &m.Lessons[i]; l.Case == c.ID && l.Outcome != c.Outcome {
			l.Outcome, l.At = c.Outcome, c.Updated
			changed++
		}
	}
	return changed
}

// remember keeps the memory, and trains anew if something was learnt.
func (l *Learner) remember(m memory, learnt int) error {
	l.mu.Lock()
	same := m.Since.Equal(l.memory.Since)
	l.mu.Unlock()
	if learnt == 0 && same {
		return nil
	}
	if err := m.save(l.Path); err != nil {
		return err
	}
	var model *Model
	if learnt > 0 {
		model = Train(l.Reader, m.examples())
		l.Log.Info("learnt from triage", "lessons", learnt, "wanted", model.Wanted, "passed over", model.Others)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.memory = m
	if model != nil {
		l.model = model
	}
	return nil
}
