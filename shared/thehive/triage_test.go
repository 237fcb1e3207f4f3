package thehive_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

func TestTriage(t *testing.T) {
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
			server := thehivetest.Start(t, thehivetest.Options{Version: version, Now: func() time.Time { return at }})
			c, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
			require.NoError(t, err)
			ids := map[string]string{}
			for _, ref := range []string{"untouched", "passed", "taken", "old"} {
				created, err := c.CreateAlert(t.Context(), thehive.Alert{Type: "waggle", Source: "blog", SourceRef: ref, Title: ref, Description: "x"})
				require.NoError(t, err)
				ids[ref] = created.ID
			}
			_, err = c.CreateAlert(t.Context(), thehive.Alert{Type: "other", Source: "blog", SourceRef: "x", Title: "x", Description: "x"})
			require.NoError(t, err)
			server.Read(ids["old"])
			at = at.Add(time.Hour)
			since := at
			server.Read(ids["passed"])
			at = at.Add(time.Hour)
			taken := server.Import(ids["taken"])

			alerts, err := c.TriagedAlerts(t.Context(), "waggle", since)
			require.NoError(t, err)
			assert.Equal(t, []thehive.Triaged{
				{ID: ids["taken"], Source: "blog", Ref: "taken", Case: taken, Outcome: thehive.Imported, Updated: at},
				{ID: ids["passed"], Source: "blog", Ref: "passed", Outcome: thehive.Ignored, Updated: since},
			}, alerts)

			cases, err := c.TriagedCases(t.Context(), since)
			require.NoError(t, err)
			assert.Empty(t, cases, "a case that nobody has changed")
			for resolution, want := range map[string]thehive.Outcome{
				"TruePositive": thehive.TruePositive, "FalsePositive": thehive.FalsePositive, "Indeterminate": thehive.Closed,
			} {
				server.CloseCase(taken, resolution)
				cases, err = c.TriagedCases(t.Context(), since)
				require.NoError(t, err)
				assert.Equal(t, []thehive.Triaged{{ID: taken, Outcome: want, Updated: at}}, cases)
			}
		})
	}
}

func TestTriageOfMany(t *testing.T) {
	server := thehivetest.Start(t, thehivetest.Options{})
	c, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
	require.NoError(t, err)
	for i := range 450 {
		created, err := c.CreateAlert(t.Context(), thehive.Alert{Type: "waggle", Source: "blog", SourceRef: fmt.Sprint(i), Title: "x", Description: "x"})
		require.NoError(t, err)
		server.Read(created.ID)
	}
	alerts, err := c.TriagedAlerts(t.Context(), "waggle", time.Time{})
	require.NoError(t, err)
	assert.Len(t, alerts, 450)
}

func TestCountAlerts(t *testing.T) {
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
			server := thehivetest.Start(t, thehivetest.Options{Version: version, Now: func() time.Time { return at }})
			c, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
			require.NoError(t, err)
			for i, typ := range []string{"waggle", "waggle", "other", "waggle"} {
				at = at.Add(time.Hour)
				_, err := c.CreateAlert(t.Context(), thehive.Alert{Type: typ, Source: "blog", SourceRef: fmt.Sprint(i), Title: "x", Description: "x"})
				require.NoError(t, err)
			}
			for hours, want := range map[time.Duration]int{0: 1, 1: 1, 2: 2, 3: 3, 9: 3} {
				n, err := c.CountAlerts(t.Context(), "waggle", at.Add(-hours*time.Hour), 10)
				require.NoError(t, err)
				assert.Equal(t, want, n, hours)
			}
			n, err := c.CountAlerts(t.Context(), "waggle", time.Time{}, 2)
			require.NoError(t, err)
			assert.Equal(t, 2, n, "no more than is asked")
		})
	}
}
