package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// NextUndelivered gives the story that TheHive has waited for longest and
// that may be sent now; waggle.ErrNotFound if there is none. It counts the
// try before it is made, and in a [Store.DurableTx] puts the story on disk
// before TheHive hears of it.
func (t *Tx) NextUndelivered(ctx context.Context, now time.Time) (waggle.Story, error) {
	var id string
	err := t.tx.QueryRowContext(ctx, `
		SELECT id FROM stories WHERE alert_revision < revision AND alert_next <= $1 ORDER BY waiting, id LIMIT 1`, stamp(now)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return waggle.Story{}, fmt.Errorf("a story to send: %w", waggle.ErrNotFound)
	}
	if err != nil {
		return waggle.Story{}, fmt.Errorf("store: %w", err)
	}
	if _, err := t.tx.ExecContext(ctx, `UPDATE stories SET alert_tries = alert_tries + 1 WHERE id = $1`, id); err != nil {
		return waggle.Story{}, fmt.Errorf("store: story %s: %w", id, err)
	}
	return t.Story(ctx, id)
}

// SetDelivery records how far a story's alert has come. A story that grew in
// the meantime waits again, from now.
func (t *Tx) SetDelivery(ctx context.Context, story string, d waggle.Delivery, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, `
		UPDATE stories SET alert_id = $2, alert_revision = $3, alert_at = $4, alert_error = $5, alert_next = $6, alert_tries = $7,
			waiting = CASE WHEN alert_revision < $3 THEN $8 ELSE waiting END
		WHERE id = $1`,
		story, d.ID, d.Revision, stamp(d.At), d.Error, stamp(d.Next), d.Tries, now.UnixMicro())
	if err != nil {
		return fmt.Errorf("store: story %s: %w", story, err)
	}
	t.changed(waggle.ChangedStories)
	return nil
}

// RetryRefused makes the stories that TheHive refused due: what it refused them
// for may be mended by now.
func (t *Tx) RetryRefused(ctx context.Context) error {
	if _, err := t.tx.ExecContext(ctx, `UPDATE stories SET alert_next = 0 WHERE alert_next > 0`); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Undelivered counts the stories whose newest revision TheHive does not hold.
type Undelivered struct {
	Waiting int       // to be sent as soon as TheHive takes them
	Refused int       // refused by TheHive, to be tried again later
	Next    time.Time // when the first refused one is tried; zero without any
	Error   string    // of the one that has waited longest
}

// Undelivered counts what still has to be sent, as seen at the time.
func (s *Store) Undelivered(ctx context.Context, now time.Time) (Undelivered, error) {
	return undelivered(ctx, s.read, now)
}

// Undelivered is [Store.Undelivered] as the transaction sees it.
func (t *Tx) Undelivered(ctx context.Context, now time.Time) (Undelivered, error) {
	return undelivered(ctx, t.tx, now)
}

func undelivered(ctx context.Context, q querier, now time.Time) (Undelivered, error) {
	var u Undelivered
	err := q.QueryRowContext(ctx, `
		SELECT COALESCE(SUM(CASE WHEN alert_next <= $1 THEN 1 ELSE 0 END), 0),
		       COALESCE(SUM(CASE WHEN alert_next > $1 THEN 1 ELSE 0 END), 0),
		       COALESCE(MIN(CASE WHEN alert_next > $1 THEN alert_next END), 0)
		FROM stories WHERE alert_revision < revision`, stamp(now)).Scan(&u.Waiting, &u.Refused, moment{&u.Next})
	if err != nil {
		return Undelivered{}, fmt.Errorf("store: %w", err)
	}
	err = q.QueryRowContext(ctx, `
		SELECT alert_error FROM stories WHERE alert_revision < revision AND alert_error <> '' ORDER BY waiting, id LIMIT 1`).Scan(&u.Error)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Undelivered{}, fmt.Errorf("store: %w", err)
	}
	return u, nil
}
