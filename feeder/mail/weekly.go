package mail

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/waggle-cti/waggle/feeder/report"
)

// sendAt is the hour of Monday, local time, from which a week's mail is sent.
const sendAt = 7

// lookAgain is how often is looked whether a mail is due.
const lookAgain = 10 * time.Minute

// Memory remembers which weeks were told, over restarts and for all feeders
// that share the data.
type Memory interface {
	// ClaimMail takes a week's mail to send; false = it was sent, or another
	// feeder sends it at the moment.
	ClaimMail(ctx context.Context, week string, now time.Time) (bool, error)
	// MailSent remembers that it was sent.
	MailSent(ctx context.Context, week string, now time.Time) error
}

// Weekly sends a mail each week.
type Weekly struct {
	Options
	Memory  Memory
	Store   report.Store
	Profile string
	Log     *slog.Logger
}

// Run sends the mails that are due until ctx ends. A mail that could not be
// sent is tried again.
func (w Weekly) Run(ctx context.Context) {
	for {
		if err := w.Due(ctx, time.Now()); err != nil && ctx.Err() == nil {
			w.Log.Warn("the weekly mail was not sent; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookAgain):
		}
	}
}

// Due sends the mail of the week if it is time and it was not sent yet.
func (w Weekly) Due(ctx context.Context, now time.Time) error {
	if now.Weekday() == time.Monday && now.Hour() < sendAt {
		return nil
	}
	year, number := now.ISOWeek()
	week := fmt.Sprintf("%d-W%02d", year, number)
	mine, err := w.Memory.ClaimMail(ctx, week, now)
	if err != nil || !mine {
		return err
	}
	r, err := report.Make(ctx, w.Store, w.Profile, 7*24*time.Hour, now)
	if err != nil {
		return err
	}
	if err := Send(ctx, w.Options, r, week); err != nil {
		return err
	}
	w.Log.Info("the weekly mail was sent", "week", week, "to", len(w.To), "threats", len(r.Threats))
	return w.Memory.MailSent(ctx, week, now)
}
