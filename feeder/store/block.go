package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

const blockColumns = `kind, value, reason, record, author, added, until, removed, removed_by, removed_why`

// Block gives what is known of a value's block, also of one that has ended;
// waggle.ErrNotFound if there never was one.
func (t *Tx) Block(ctx context.Context, kind ioc.Kind, value string) (waggle.Block, error) {
	b, err := scanBlock(t.tx.QueryRowContext(ctx, `SELECT `+blockColumns+` FROM blocks WHERE kind = $1 AND value = $2`, kind, value))
	if errors.Is(err, sql.ErrNoRows) {
		return waggle.Block{}, fmt.Errorf("block of %s: %w", value, waggle.ErrNotFound)
	}
	return b, wrapBlock(err)
}

// PutBlock writes a block in the place of the one that the value had.
func (t *Tx) PutBlock(ctx context.Context, b waggle.Block) error {
	_, err := t.tx.ExecContext(ctx, `
		INSERT INTO blocks (`+blockColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (kind, value) DO UPDATE SET reason = excluded.reason, record = excluded.record, author = excluded.author,
			added = excluded.added, until = excluded.until, removed = excluded.removed, removed_by = excluded.removed_by,
			removed_why = excluded.removed_why`,
		b.Kind, b.Value, validText(b.Reason), validText(b.Record), validText(b.By), stamp(b.Added), stamp(b.Until), stamp(b.Removed), validText(b.RemovedBy),
		validText(b.RemovedWhy))
	return wrapBlock(err)
}

// CountBlocks tells how many blocks stand at a moment.
func (t *Tx) CountBlocks(ctx context.Context, now time.Time) (n int, err error) {
	err = t.tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM blocks WHERE removed = 0 AND until > $1`, stamp(now)).Scan(&n)
	return n, wrapBlock(err)
}

// Blocks gives the blocks that stand at a moment, the newest first, and when
// that list changed last: the zero time if it never did.
func (s *Store) Blocks(ctx context.Context, now time.Time) (all []waggle.Block, changed time.Time, err error) {
	if err := s.read.QueryRowContext(ctx, `
		SELECT COALESCE(MAX(CASE WHEN removed > 0 THEN removed WHEN until <= $1 THEN until ELSE added END), 0) FROM blocks`,
		stamp(now)).Scan(moment{&changed}); err != nil {
		return nil, time.Time{}, wrapBlock(err)
	}
	all, err = list(ctx, s.read, func(rows *sql.Rows) (waggle.Block, error) { return scanBlock(rows) },
		`SELECT `+blockColumns+` FROM blocks WHERE removed = 0 AND until > $1 ORDER BY added DESC, kind, value`, stamp(now))
	return all, changed, err
}

// Unblocked gives the values that were taken off last, the latest first; n at most.
func (s *Store) Unblocked(ctx context.Context, n int) ([]waggle.Block, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (waggle.Block, error) { return scanBlock(rows) },
		`SELECT `+blockColumns+` FROM blocks WHERE removed > 0 ORDER BY removed DESC, kind, value LIMIT $1`, n)
}

func wrapBlock(err error) error {
	if err != nil {
		return fmt.Errorf("store: blocks: %w", err)
	}
	return nil
}

func scanBlock(row interface{ Scan(...any) error }) (waggle.Block, error) {
	var b waggle.Block
	err := row.Scan(&b.Kind, &b.Value, &b.Reason, &b.Record, &b.By, moment{&b.Added}, moment{&b.Until}, moment{&b.Removed}, &b.RemovedBy, &b.RemovedWhy)
	return b, err
}
