package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Revive brings a post that failed back to the stage at which it did, and
// gives its source and that stage; waggle.ErrNotFound if no such post failed.
func (t *Tx) Revive(ctx context.Context, ref string) (source string, at Stage, err error) {
	var occurred int64
	err = t.tx.QueryRowContext(ctx, `
		UPDATE posts SET stage = CASE WHEN failed_at = '' THEN $2 ELSE failed_at END, failed_at = '', fate = $3, reason = '', tries = 0, due = 0
		WHERE ref = $1 AND fate = $4 RETURNING source, stage, occurred`, ref, Read, waggle.Pending, waggle.Failed).Scan(&source, &at, &occurred)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", fmt.Errorf("failed post %s: %w", ref, waggle.ErrNotFound)
	}
	if err != nil {
		return "", "", wrap(ref, err)
	}
	t.moved(source, occurred, waggle.Failed, waggle.Pending)
	return source, at, nil
}
