package store

import (
	"context"
	"fmt"
	"time"
)

// claimTime is how long who took a mail may be about sending it. After that it
// is taken to have failed, and the mail is free again.
const claimTime = 5 * time.Minute

// ClaimMail takes a week's mail to send; false = it was sent, or another
// feeder is about it.
func (s *Store) ClaimMail(ctx context.Context, week string, now time.Time) (mine bool, err error) {
	err = s.Tx(ctx, func(t *Tx) error {
		result, err := t.tx.ExecContext(ctx, `
			INSERT INTO mails (week, claimed) VALUES ($1, $2)
			ON CONFLICT (week) DO UPDATE SET claimed = excluded.claimed WHERE mails.sent = 0 AND mails.claimed < $3`,
			week, stamp(now), stamp(now.Add(-claimTime)))
		if err != nil {
			return fmt.Errorf("store: mail of %s: %w", week, err)
		}
		n, err := result.RowsAffected()
		mine = n > 0
		return err
	})
	return mine, err
}

// MailSent remembers that a week's mail was sent.
func (s *Store) MailSent(ctx context.Context, week string, now time.Time) error {
	return s.DurableTx(ctx, func(t *Tx) error {
		if _, err := t.tx.ExecContext(ctx, `UPDATE mails SET sent = $2 WHERE week = $1`, week, stamp(now)); err != nil {
			return fmt.Errorf("store: mail of %s: %w", week, err)
		}
		return nil
	})
}
