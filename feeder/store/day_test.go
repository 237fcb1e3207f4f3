package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestDays(t *testing.T) {
	s, _ := open(t)
	p := post("told")
	tell(t, s, head(p, 1), p, nil)
	old, other := post("old"), post("other")
	old.Published = noon().AddDate(0, 0, -9)
	other.Published = noon().AddDate(0, 0, -1)
	tx(t, s, func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{old, other}, time.Time{}))
		return err
	})

	days, err := s.Days(t.Context(), noon().AddDate(0, 0, -7))
	require.NoError(t, err)
	today := time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)
	assert.Equal(t, []waggle.Day{
		{Day: today.AddDate(0, 0, -1), Source: "blog", Posts: 1},
		{Day: today, Source: "blog", Posts: 1, Told: 1},
	}, days)

	tx(t, s, func(tx *store.Tx) error {
		return tx.SetDelivery(t.Context(), waggle.StoryID(p), waggle.Delivery{ID: "~1", Revision: 1, At: noon()}, noon())
	})
	alerts, err := s.Alerts(t.Context(), today)
	require.NoError(t, err)
	assert.Equal(t, map[time.Time]int{today: 1}, alerts)
}
