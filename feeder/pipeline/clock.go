package pipeline

import (
	"context"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/store"
)

// jump is by how much the system's clock must have been set back for the
// pipeline to care. Less delays a job by no more than its own look-outs do.
const jump = 10 * time.Second

// setClock is the system's clock, and notices when that is set: it runs beside one
// that nobody can set. It is safe for concurrent use.
type setClock struct {
	now   func() time.Time
	first time.Time // by the system's clock
	began time.Time // the same moment, by the other

	mu       sync.Mutex
	furthest time.Duration // by how much the system's was ahead at most since the last look

	until time.Time // jobs that were at work when it was set may be so long; the looking one's own
}

func newSetClock(now func() time.Time) *setClock {
	return &setClock{now: now, first: now().Round(0), began: time.Now()}
}

// Now tells the time, and remembers how far ahead that is: what is put off until a
// time may have been told one that was set right before anybody looked.
func (c *setClock) Now() time.Time {
	now := c.now()
	c.remember(now.Round(0).Sub(c.first) - time.Since(c.began))
	return now
}

func (c *setClock) remember(ahead time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.furthest = max(c.furthest, ahead)
}

// look tells by how much the clock was set back since the last look, from the
// furthest that it told; less than nothing if it only went on.
func (c *setClock) look() (back time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := c.now().Round(0).Sub(c.first) - time.Since(c.began)
	back = c.furthest - ahead
	c.furthest = ahead
	return back
}

// unsee has the next look tell what this one did.
func (c *setClock) unsee(back time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.furthest += max(0, back)
}

// lookAtClock wakes the jobs if the clock was set back: they sleep until a time
// that a clock told which was ahead. Without it one that was years ahead for a
// minute would stop the feeder for years. Those that are early sleep on by
// themselves; those that are at work lie down only after this, so they are
// woken for as long as one may work.
func (p *Pipeline) lookAtClock(ctx context.Context) {
	c := p.clock
	back := c.look()
	if back <= jump && time.Now().After(c.until) {
		return
	}
	err := p.Store.Tx(ctx, func(tx *store.Tx) error {
		if back > jump {
			if err := tx.RetryRefused(ctx); err != nil {
				return err
			}
		}
		return p.queue.wake(ctx, tx)
	})
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		c.unsee(back)
		p.Log.Warn("the clock was set back, and the jobs could not be told; they are soon", "by", back, "error", err)
		return
	case back > jump:
		p.Log.Warn("the clock was set back: what slept was woken", "by", back)
		c.until = time.Now().Add(jobTime)
	}
}
