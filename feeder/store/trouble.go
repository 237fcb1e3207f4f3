package store

import (
	"context"
	"database/sql"
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
	t.changed(waggle.ChangedSources)
	return nil
}

// Troubles gives the services that take nothing, by name.
func (s *Store) Troubles(ctx context.Context) ([]waggle.Trouble, error) {
	return list(ctx, s.read, func(rows *sql.Rows) (t waggle.Trouble, err error) {
		return t, rows.Scan(&t.Service, moment{&t.Since}, &t.Error)
	}, `SELECT service, since, error FROM troubles ORDER BY service`)
}
