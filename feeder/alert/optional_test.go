package alert_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

func TestDeliverFillsFieldsAndProcedures(t *testing.T) {
	edited := "Ours now."
	for name, c := range map[string]struct {
		analyst thehive.AlertPatch
		score   string // after the story has grown
	}{
		"untouched":                     {thehive.AlertPatch{}, "90"},
		"an analyst's field is kept":    {thehive.AlertPatch{Fields: map[string]any{"owner": "night shift"}}, "90"},
		"an analyst's score is kept":    {thehive.AlertPatch{Fields: map[string]any{"waggle-score": 5}}, "5"},
		"no score beside another text":  {thehive.AlertPatch{Description: &edited}, "71"},
		"an analyst's tags change none": {thehive.AlertPatch{Tags: []string{"seen"}}, "90"},
	} {
		for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
			t.Run(name+", "+version, func(t *testing.T) {
				server := thehivetest.Start(t, thehivetest.Options{
					Version: version, Fields: map[string]string{"waggle-score": "integer", "owner": "string"}, Techniques: []string{"T1059.001"},
				})
				client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
				require.NoError(t, err)
				r := alert.New(client, alert.Options{Now: noon})
				s := story()
				s.Indicators = append(s.Indicators, value(ioc.Technique, "T1059.001", 1, "a"))
				s.Alert, err = r.Deliver(t.Context(), s)
				require.NoError(t, err)
				held := server.Alerts()[0]
				assert.Equal(t, map[string]any{"waggle-score": json.Number("71")}, held.Fields)
				if version[0] == '5' {
					assert.Equal(t, []string{"T1059.001"}, held.Techniques)
				}
				require.NoError(t, client.UpdateAlert(t.Context(), held.ID, c.analyst))

				s.Score, s.Revision = 90, s.Revision+1
				for range 2 { // the second time as after a crash
					_, err = r.Deliver(t.Context(), s)
					require.NoError(t, err)
				}
				want := map[string]any{"waggle-score": json.Number(c.score)}
				if owner, ok := c.analyst.Fields["owner"]; ok {
					want["owner"] = owner
				}
				assert.Equal(t, want, server.Alerts()[0].Fields)
			})
		}
	}
}
