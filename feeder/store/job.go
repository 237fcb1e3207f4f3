package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Reclaim puts the jobs that a feeder was working on when it ended back in
// their queues, and frees the seat of the leader. River does both by itself,
// after ten minutes and after 15 seconds, since it must suppose that the other
// lives. The locks tell: that of an SQLite file that none does, those of
// PostgreSQL which do.
//
// It writes River's tables, so it fits River's schema that go.mod names; a
// test tells when that changes.
func (t *Tx) Reclaim(ctx context.Context) (jobs int, err error) {
	leaders, running := `DELETE FROM river_leader`, `UPDATE river_job SET state = 'available' WHERE state = 'running'`
	if t.postgres != nil {
		leaders += ` WHERE ` + dead(`leader_id`)
		running += ` AND ` + dead(`attempted_by[array_upper(attempted_by, 1)]`)
	}
	if _, err := t.tx.ExecContext(ctx, leaders); err != nil {
		return 0, fmt.Errorf("store: jobs: %w", err)
	}
	result, err := t.tx.ExecContext(ctx, running)
	if err != nil {
		return 0, fmt.Errorf("store: jobs: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// dead is the condition that the process of a name, see [Store.Replica], holds
// its lock no more.
func dead(name string) string {
	return fmt.Sprintf(`NOT EXISTS (SELECT 1 FROM pg_locks l
		WHERE l.locktype = 'advisory' AND l.granted AND l.classid = %d AND %s = 'waggle-' || l.objid
		AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`, lockReplica, name)
}

// Sweep reclaims the jobs of other processes that have ended, and makes sure
// that this one counts as alive. It is to be called every few seconds; where
// no other process can be it does nothing.
func (s *Store) Sweep(ctx context.Context) (jobs int, err error) {
	if s.server == nil {
		return 0, nil
	}
	if err := s.server.replica.live(ctx); err != nil {
		return 0, err
	}
	err = s.Tx(ctx, func(tx *Tx) (err error) {
		jobs, err = tx.Reclaim(ctx)
		return err
	})
	return jobs, err
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
