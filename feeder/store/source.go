package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Configured is a source as the configuration names it.
type Configured struct {
	Name  string
	Kind  string
	URL   string // without secrets: it is shown
	Every time.Duration
	Spec  json.RawMessage // all that its posts need of the configuration, without secrets
}

// SetSources makes the list of sources that of the configuration, in its
// order. A source that is gone from it keeps its posts and its cursor, and is
// no longer listed. One that moved to another address is due at once, without
// its cursor: the new address knows nothing of it, and its old failures are
// over.
func (t *Tx) SetSources(ctx context.Context, list []Configured) error {
	if _, err := t.tx.ExecContext(ctx, `UPDATE sources SET position = -1`); err != nil {
		return fmt.Errorf("store: sources: %w", err)
	}
	for i, c := range list {
		_, err := t.tx.ExecContext(ctx, `
			INSERT INTO sources (name, kind, url, every, position, spec) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (name) DO UPDATE SET every = excluded.every, position = excluded.position, spec = excluded.spec,
				cursor = CASE WHEN sources.kind = excluded.kind AND sources.url = excluded.url THEN sources.cursor ELSE '' END,
				next = CASE WHEN sources.kind = excluded.kind AND sources.url = excluded.url THEN sources.next ELSE 0 END,
				failures = CASE WHEN sources.kind = excluded.kind AND sources.url = excluded.url THEN sources.failures ELSE 0 END,
				error = CASE WHEN sources.kind = excluded.kind AND sources.url = excluded.url THEN sources.error ELSE '' END,
				kind = excluded.kind, url = excluded.url`,
			c.Name, c.Kind, c.URL, c.Every.Milliseconds(), i, string(c.Spec))
		if err != nil {
			return fmt.Errorf("store: source %s: %w", c.Name, err)
		}
	}
	return nil
}

// Retired gives the specs of the sources that are no longer configured, by
// name; without those that were stored before specs were.
func (s *Store) Retired(ctx context.Context) (map[string]json.RawMessage, error) {
	specs := map[string]json.RawMessage{}
	_, err := list(ctx, s.read, func(rows *sql.Rows) (struct{}, error) {
		var name, spec string
		err := rows.Scan(&name, &spec)
		specs[name] = json.RawMessage(spec)
		return struct{}{}, err
	}, `SELECT name, spec FROM sources WHERE position < 0 AND spec <> ''`)
	return specs, err
}

// Position is how far reading a source has come.
type Position struct {
	Cursor   json.RawMessage // nil before the first answer
	Polled   time.Time       // when it was last asked; zero before
	Answered time.Time       // zero before the first answer
	Next     time.Time       // not to be asked before
	Failures int
}

// Position gives how far the source has come; a source that never answered
// has the zero one.
func (s *Store) Position(ctx context.Context, source string) (Position, error) {
	var p Position
	var cursor string
	err := s.read.QueryRowContext(ctx, `SELECT cursor, polled, answered, next, failures FROM sources WHERE name = $1`, source).
		Scan(&cursor, moment{&p.Polled}, moment{&p.Answered}, moment{&p.Next}, &p.Failures)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Position{}, fmt.Errorf("store: source %s: %w", source, err)
	}
	if cursor != "" {
		p.Cursor = json.RawMessage(cursor)
	}
	return p, nil
}

// RecentTimes gives the times of the newest posts of a source, newest first,
// to judge from how often it posts.
func (s *Store) RecentTimes(ctx context.Context, source string, limit int) ([]time.Time, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (at time.Time, err error) {
		return at, rows.Scan(moment{&at})
	}, `SELECT occurred FROM posts WHERE source = $1 ORDER BY occurred DESC LIMIT $2`, source, limit)
}

// Answered records a poll that succeeded. It belongs in the transaction that
// stores the posts which the cursor covers.
//
// note says what of the answer is worth knowing; it must hold no secret.
func (t *Tx) Answered(ctx context.Context, source string, cursor json.RawMessage, note string, at, next time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE sources SET cursor = $2, polled = $3, answered = $3, next = $4, failures = 0, error = '', note = $5 WHERE name = $1`,
		source, string(cursor), stamp(at), stamp(next), note)
	if err != nil {
		return fmt.Errorf("store: source %s: %w", source, err)
	}
	t.changed(waggle.ChangedSources)
	return nil
}

// Unanswered records a poll that failed; reason must hold no secret.
func (t *Tx) Unanswered(ctx context.Context, source, reason string, at, next time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE sources SET polled = $2, next = $3, failures = failures + 1, error = $4 WHERE name = $1`,
		source, stamp(at), stamp(next), reason)
	if err != nil {
		return fmt.Errorf("store: source %s: %w", source, err)
	}
	t.changed(waggle.ChangedSources)
	return nil
}

// Sources lists how each configured source is doing, in the order of the
// configuration.
func (s *Store) Sources(ctx context.Context) ([]waggle.Health, error) {
	return list(ctx, s.read, scanHealth, `
		SELECT s.name, s.kind, s.url, s.every, s.polled, s.answered, s.next, s.failures, s.error, s.note,
		       COALESCE(c.posts, 0), COALESCE(c.told, 0), COALESCE(c.dropped, 0), COALESCE(c.latest, 0)
		FROM sources s LEFT JOIN (
			SELECT source, CAST(SUM(posts) AS BIGINT) AS posts, CAST(SUM(CASE WHEN fate = $1 THEN posts ELSE 0 END) AS BIGINT) AS told,
			       CAST(SUM(CASE WHEN fate = $2 THEN posts ELSE 0 END) AS BIGINT) AS dropped, MAX(latest) AS latest
			FROM counts GROUP BY source) c ON c.source = s.name
		WHERE s.position >= 0 ORDER BY s.position`, waggle.Told, waggle.Dropped)
}

func scanHealth(rows *sql.Rows) (waggle.Health, error) {
	var h waggle.Health
	var every int64
	err := rows.Scan(&h.Name, &h.Kind, &h.URL, &every, moment{&h.Polled}, moment{&h.Answered}, moment{&h.Next},
		&h.Failures, &h.Error, &h.Note, &h.Posts, &h.Told, &h.Dropped, moment{&h.Latest})
	h.Every = time.Duration(every) * time.Millisecond
	return h, err
}

// PollNow makes every source due, whatever it asked for.
func (t *Tx) PollNow(ctx context.Context) error {
	if _, err := t.tx.ExecContext(ctx, `UPDATE sources SET next = 0`); err != nil {
		return fmt.Errorf("store: sources: %w", err)
	}
	return nil
}

// Unfinished counts what a pass that began then has still to do: sources that
// were not asked since, and posts that have a stage before them.
func (s *Store) Unfinished(ctx context.Context, began time.Time) (int, error) {
	var n int
	err := s.read.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM sources WHERE position >= 0 AND polled < $1) + (SELECT COUNT(*) FROM posts WHERE stage <> '')`,
		stamp(began)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return n, nil
}
