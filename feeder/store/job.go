package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Reclaim puts the jobs that a feeder was working on when it ended back in
// their queues, and frees the seat of the leader. River does both by itself,
// after an hour and after 15 seconds, since it must suppose that others may
// still live. The lock of [Open] tells that none does.
//
// It writes River's tables, so it fits River's schema that go.mod names; a
// test tells when that changes.
func (t *Tx) Reclaim(ctx context.Context) (jobs int, err error) {
	if _, err := t.tx.ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
		return 0, fmt.Errorf("store: jobs: %w", err)
	}
	result, err := t.tx.ExecContext(ctx, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
	if err != nil {
		return 0, fmt.Errorf("store: jobs: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// Jobs counts the jobs that are still to be done, by kind.
func (s *Store) Jobs(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	_, err := list(ctx, s.read, func(rows *sql.Rows) (struct{}, error) {
		var kind string
		var n int
		err := rows.Scan(&kind, &n)
		counts[kind] = n
		return struct{}{}, err
	}, `SELECT kind, COUNT(*) FROM river_job WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') GROUP BY kind`)
	return counts, err
}
