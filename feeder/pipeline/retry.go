package pipeline

import (
	"context"
	"errors"

	"github.com/waggle-cti/waggle/feeder/store"
)

var errStarting = errors.New("the feeder is only starting: try it again in a moment")

// Retry lets a post that failed go on from the stage at which it did;
// waggle.ErrNotFound if no such post failed. The pipeline must be running.
func (p *Pipeline) Retry(ctx context.Context, ref string) error {
	if !p.live.Load() {
		return errStarting
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

// Promoted lets what Cortex itself was asked about a story be asked through
// TheHive, where the story's alert is in a case now. The pipeline must be running.
func (p *Pipeline) Promoted(ctx context.Context, story string) error {
	if p.Enricher == nil || !p.Enricher.Settings().AgainInCases {
		return nil
	}
	if !p.live.Load() {
		return errStarting
	}
	return p.Store.Tx(ctx, func(tx *store.Tx) error {
		any, err := tx.AskAgain(ctx, story, p.Now())
		if err != nil || !any {
			return err
		}
		p.Log.Info("the alert is in a case now; its analyses are run there, too", "story", story)
		return p.queue.insert(ctx, tx, enrichArgs{})
	})
}
