// Package blocks keeps the values that a small firm's firewall, DNS filter or
// proxy is to keep out, and serves them as the lists that those can read.
//
// Values come by the API (API), from the responders blocklist and unblock. What
// must never be blocked is refused with the reason (Never). Each block ends by
// itself. Lists go out to who has the key (Lists).
package blocks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Most is how many blocks may stand: before 7.4.4 FortiGate reads 131,072 lines
// of a list, and the smaller ones still do.
// https://docs.fortinet.com/document/fortigate/7.6.2/administration-guide/9463/external-feeds
const Most = 100_000

// maxDays bounds how long a block lasts.
const maxDays = 3650

// States of a value that was to be blocked or unblocked.
const (
	Blocked   = "blocked"   // it is new on the list
	Stood     = "stood"     // it was there already, and stays as it was
	Prolonged = "prolonged" // it was there, and more than half of its time was over
	Refused   = "refused"   // it must not be blocked, or cannot be
	Removed   = "removed"   // it is off the list
	Absent    = "absent"    // it was on none
)

// Change is what became of one value.
type Change struct {
	Value string    `json:"value"` // as it was given
	State string    `json:"state"`
	Type  ioc.Kind  `json:"type,omitempty"`
	Until time.Time `json:"until,omitzero"`
	Why   string    `json:"why,omitempty"` // of a refusal; of a block, what to know of it
}

// Order asks for values to be blocked or unblocked.
type Order struct {
	Values []string `json:"values"`
	Reason string   `json:"reason,omitempty"`
	Record string   `json:"record,omitempty"` // "case 3"
	By     string   `json:"by,omitempty"`
	Days   int      `json:"days,omitempty"` // 0 = as usual for the kind
}

// Book keeps the blocks.
type Book struct {
	Store *store.Store
	Never Never
	Now   func() time.Time
	Log   *slog.Logger
}

// days is how long blocks of a kind last: addresses change hands soonest.
func days(kind ioc.Kind) int {
	switch kind {
	case ioc.IP, ioc.CIDR:
		return 30
	case ioc.MD5, ioc.SHA1, ioc.SHA256:
		return 365
	}
	return 90
}

// Block puts values on the lists, all in one transaction. A value that stands
// there stays as it is, unless more than half of its time is over: so an order
// may be repeated.
func (b Book) Block(ctx context.Context, o Order) ([]Change, error) {
	o, now := o.clean(), b.Now()
	return b.each(ctx, o, func(ctx context.Context, tx *store.Tx, v ioc.Indicator, c *Change) error {
		if why := b.Never.Refusal(v.Kind, v.Value); why != "" {
			c.State, c.Why = Refused, why
			return nil
		}
		lasts := o.Days
		if lasts <= 0 {
			lasts = days(v.Kind)
		}
		next := waggle.Block{Kind: v.Kind, Value: v.Value, Reason: o.Reason, Record: o.Record, By: o.By, Added: now, Until: now.AddDate(0, 0, min(lasts, maxDays))}
		held, err := tx.Block(ctx, v.Kind, v.Value)
		switch {
		case err != nil && !errors.Is(err, waggle.ErrNotFound):
			return err
		case err == nil && held.Stands(now) && held.Until.Sub(now) > next.Until.Sub(now)/2:
			c.State, c.Until = Stood, held.Until
			return nil
		case err == nil && held.Stands(now):
			c.State = Prolonged
		default:
			c.State = Blocked
			count, err := tx.CountBlocks(ctx, now)
			if err != nil {
				return err
			}
			if count >= Most {
				c.State, c.Why = Refused, fmt.Sprintf("%d values are blocked already, and firewalls read no longer lists: take some off", Most)
				return nil
			}
		}
		c.Until, c.Why = next.Until, b.Never.Note(v.Kind, v.Value)
		return tx.PutBlock(ctx, next)
	})
}

// Unblock takes values off the lists.
func (b Book) Unblock(ctx context.Context, o Order) ([]Change, error) {
	o, now := o.clean(), b.Now()
	return b.each(ctx, o, func(ctx context.Context, tx *store.Tx, v ioc.Indicator, c *Change) error {
		held, err := tx.Block(ctx, v.Kind, v.Value)
		c.State = Absent
		if errors.Is(err, waggle.ErrNotFound) || err == nil && !held.Stands(now) {
			return nil
		}
		if err != nil {
			return err
		}
		c.State, held.Removed, held.RemovedBy, held.RemovedWhy = Removed, now, o.By, o.Reason
		return tx.PutBlock(ctx, held)
	})
}

// maxLine bounds the texts of an order, in characters.
const maxLine = 300

// clean makes the order's texts lines that can be shown.
func (o Order) clean() Order {
	o.Reason, o.Record, o.By = harmless.Line(o.Reason, maxLine), harmless.Line(o.Record, maxLine), harmless.Line(o.By, maxLine)
	return o
}

// each changes the values of an order that can be on a list, one after another,
// and logs what changed.
func (b Book) each(ctx context.Context, o Order, change func(context.Context, *store.Tx, ioc.Indicator, *Change) error) ([]Change, error) {
	var out []Change
	err := b.Store.DurableTx(ctx, func(tx *store.Tx) error {
		out = make([]Change, len(o.Values)) // anew, should the transaction be tried again
		for i, value := range o.Values {
			out[i].Value = value
			v, ok := blockable(value)
			if !ok {
				out[i].State, out[i].Why = Refused, "no list takes such a value: only addresses, networks, domains, URLs and MD5, SHA-1 and SHA-256"
				continue
			}
			out[i].Type = v.Kind
			if err := change(ctx, tx, v, &out[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, c := range out {
		log := b.Log.With("state", c.State, "type", c.Type, "value", ioc.Defang(c.Value), "by", o.By, "record", o.Record)
		switch c.State {
		case Blocked, Prolonged:
			log.InfoContext(ctx, "block list changed", "until", c.Until)
		case Removed:
			log.InfoContext(ctx, "block list changed", "reason", o.Reason)
		}
	}
	return out, nil
}

// blockable reads a value that a list can hold.
func blockable(text string) (ioc.Indicator, bool) {
	v, ok := ioc.Parse(text)
	if !ok || strings.ContainsAny(v.Value, " \t\r\n") || v.Kind != ioc.URL && strings.ContainsAny(v.Value, `\#`) {
		return ioc.Indicator{}, false
	}
	switch v.Kind {
	case ioc.IP, ioc.CIDR, ioc.Domain, ioc.URL, ioc.MD5, ioc.SHA1, ioc.SHA256:
		return v, len(v.Value) <= maxValue
	}
	return ioc.Indicator{}, false
}

// maxValue bounds a value, in bytes: FortiGate and squid read no longer lines.
const maxValue = 2000
