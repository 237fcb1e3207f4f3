package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// SetTrouble notes why a service takes nothing; nil says that it does again.
// Since counts from the first of the failures in a row.
func (t *Tx) SetTrouble(ctx context.Context, service string, failure error, now time.Time) error {
	var err error
	if failure == nil {
		_, err = t.tx.ExecContext(ctx, `DELETE FROM troubles WHERE service = $1`, service)
	} else {
		_, err = t.tx.ExecContext(ctx, `
			INSERT INTO troubles (service, since, error) VALUES ($1, $2, $3)
			ON CONFLICT (service) DO UPDATE SET error = excluded.error`, service, stamp(now), failure.Error())
	}
	if err != nil {
		return fmt.Errorf("store: %s: %w", service, err)
	}
	return nil
}

// Trouble gives why a service takes nothing; waggle.ErrNotFound where it does.
func (s *Store) Trouble(ctx context.Context, service string) (waggle.Trouble, error) {
	t := waggle.Trouble{Service: service}
	err := s.read.QueryRowContext(ctx, `SELECT since, error FROM troubles WHERE service = $1`, service).Scan(moment{&t.Since}, &t.Error)
	if errors.Is(err, sql.ErrNoRows) {
		return t, fmt.Errorf("trouble with %s: %w", service, waggle.ErrNotFound)
	}
	if err != nil {
		return t, fmt.Errorf("store: %s: %w", service, err)
	}
	return t, nil
}
