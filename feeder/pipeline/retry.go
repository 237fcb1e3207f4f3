package pipeline

import (
	"context"
	"errors"

	"github.com/waggle-cti/waggle/feeder/store"
)

// Retry lets a post that failed go on from the stage at which it did;
// waggle.ErrNotFound if no such post failed. The pipeline must be running.
func (p *Pipeline) Retry(ctx context.Context, ref string) error {
	if !p.live.Load() {
		return errors.New("the feeder is only starting: try it again in a moment")
	}
	return p.Store.Tx(ctx, func(tx *store.Tx) error {
		source, at, err := tx.Revive(ctx, ref)
		if err != nil {
			return err
		}
		p.Log.Info("a post that failed is tried again", "ref", ref, "source", source, "stage", at)
		return p.queue.insert(ctx, tx, p.toDo(map[store.Stage][]string{at: {source}})...)
	})
}
