package pipeline

import (
	"context"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// aside is a story that was passed over to see whether TheHive fails at it
// alone. Some servers answer 500, or nothing, to one text that they cannot
// bear; without this, that story would hold up all others for ever.
//
// Only another story tells the two cases apart. If that one goes through, the
// story aside waits like a refused one; if it fails as well, the story comes
// back to its place, and an outage keeps its order.
type aside struct {
	story string
	was   waggle.Delivery
}

// setAside passes a story over that has failed often while another waits
// behind it. done is false when it has not.
func (w *alertWorker) setAside(ctx context.Context, tx *store.Tx, d *waggle.Delivery, s waggle.Story, failure error) (done bool, err error) {
	reason := upstream.ReasonOf(failure)
	alone := reason == upstream.Failure || reason == upstream.Network
	if !alone || w.aside != nil || d.Tries < w.pace.patience {
		return false, nil
	}
	left, err := tx.Undelivered(ctx, w.Now())
	if err != nil || left.Waiting < 2 {
		return false, err
	}
	w.aside = &aside{s.ID, *d}
	d.Next = w.Now().Add(backoff(1, w.pace.refused, longestRefused))
	w.Log.Warn("an alert fails again and again; the next is tried before it", "story", s.ID, "title", s.Title, "tries", d.Tries, "error", failure)
	return true, nil
}

// putBack gives the story aside its place again.
func (w *alertWorker) putBack(ctx context.Context, tx *store.Tx) error {
	if w.aside == nil {
		return nil
	}
	back := *w.aside
	w.aside = nil
	return tx.SetDelivery(ctx, back.story, back.was, w.Now())
}
