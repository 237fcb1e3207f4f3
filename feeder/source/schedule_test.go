package source_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/source"
)

func TestNextPoll(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	// ago are post times that many minutes before now, in disorder.
	ago := func(minutes ...int) []time.Time {
		var out []time.Time
		for _, m := range minutes {
			out = append(out, now.Add(-time.Duration(m)*time.Minute))
		}
		return out
	}
	for name, c := range map[string]struct {
		every    time.Duration
		recent   []time.Time
		failures int
		wait     time.Duration
		want     time.Duration
	}{
		"nothing known":                       {every: 30 * time.Minute, want: 30 * time.Minute},
		"posts every 40 minutes":              {every: time.Hour, recent: ago(80, 0, 40, 120), want: 20 * time.Minute},
		"posts every minute":                  {every: time.Hour, recent: ago(1, 2, 3, 4, 5), want: 5 * time.Minute},
		"posts daily":                         {every: time.Hour, recent: ago(0, 1440, 2880), want: time.Hour},
		"only old posts":                      {every: time.Hour, recent: ago(20000, 20001, 20002), want: time.Hour},
		"posts of the future":                 {every: time.Hour, recent: ago(-10, -20, -30), want: time.Hour},
		"wanted more often than five minutes": {every: 2 * time.Minute, recent: ago(1, 2, 3), want: 2 * time.Minute},
		"one failure":                         {every: time.Minute, failures: 1, want: 2 * time.Minute},
		"four failures":                       {every: time.Minute, failures: 4, want: 16 * time.Minute},
		"one failure of a slow source":        {every: time.Hour, failures: 1, want: 2 * time.Minute},
		"one failure that is answered":        {every: time.Hour, failures: 1, wait: time.Hour, want: time.Hour},
		"failing for months":                  {every: time.Hour, failures: 1 << 30, want: 24 * time.Hour},
		"slow and failing":                    {every: 48 * time.Hour, failures: 30, want: 24 * time.Hour},
		"the source asks to wait":             {every: time.Minute, wait: 3 * time.Hour, want: 3 * time.Hour},
		"the source asks for a shorter wait":  {every: time.Hour, wait: time.Minute, want: time.Hour},
		"the source asks for a year":          {every: time.Hour, wait: 365 * 24 * time.Hour, want: 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, source.NextPoll(now, c.every, c.recent, c.failures, c.wait).Sub(now))
		})
	}
}

func TestDue(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		polled time.Duration // from now
		next   time.Duration // from now
		every  time.Duration
		due    bool
	}{
		"its time has come": {-time.Hour, 0, time.Hour, true},
		"long ago":          {-2 * time.Hour, -time.Hour, time.Hour, true},
		"early":             {-59 * time.Minute, time.Minute, time.Hour, false},
		"just asked":        {0, time.Hour, time.Hour, false},
		"failing for long":  {0, 24 * time.Hour, time.Hour, false},
		"asked once a week": {-24 * time.Hour, 6 * 24 * time.Hour, 7 * 24 * time.Hour, false},
		"asked by a clock that was an hour ahead": {time.Hour, 90 * time.Minute, 30 * time.Minute, true},
		"set by a clock that was a year ahead":    {-time.Hour, 400 * 24 * time.Hour, time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.due, source.Due(now, now.Add(c.polled), now.Add(c.next), c.every))
		})
	}
}
