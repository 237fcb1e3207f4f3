package pipeline

import (
	"context"
	"time"

	"github.com/waggle-cti/waggle/feeder/store"
)

// jump is by how much the system's clock must have been set back for the
// pipeline to care. Less delays a job by no more than its own look-outs do.
const jump = 10 * time.Second

// setClock notices when the system's clock is set: it runs beside one that
// nobody can set.
type setClock struct {
	now   func() time.Time
	first time.Time     // by the system's clock
	began time.Time     // the same moment, by the other
	known time.Duration // by how much the system's was ahead of it
	until time.Time     // jobs that were at work when it was set may be so long
}

func newSetClock(now func() time.Time) *setClock {
	return &setClock{now: now, first: now().Round(0), began: time.Now()}
}

// ahead is by how much the system's clock has run ahead of the other.
func (c *setClock) ahead() time.Duration {
	return c.now().Round(0).Sub(c.first) - time.Since(c.began)
}

// lookAtClock wakes the jobs if the clock was set back: they sleep until a time
// that a clock told which was ahead. Without it one that was years ahead for a
// minute would stop the feeder for years. Those that are early sleep on by
// themselves; those that are at work lie down only after this, so they are
// woken for as long as one may work.
func (p *Pipeline) lookAtClock(ctx context.Context, c *setClock) {
	ahead := c.ahead()
	back := c.known - ahead
	if back <= jump && time.Now().After(c.until) {
		c.known = ahead
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
		p.Log.Warn("the clock was set back, and the jobs could not be told; they are soon", "by", back, "error", err)
		return
	case back > jump:
		p.Log.Warn("the clock was set back: what slept was woken", "by", back)
		c.until = time.Now().Add(jobTime)
	}
	c.known = ahead
}
