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
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{
				Version: version, Fields: map[string]string{"waggle-score": "integer"}, Techniques: []string{"T1059.001"},
			})
			client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
			require.NoError(t, err)
			r := alert.New(client, alert.Options{Now: noon})
			s := story()
			s.Indicators = append(s.Indicators, value(ioc.Technique, "T1059.001", 1, "a"))
			s.Alert, err = r.Deliver(t.Context(), s)
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"waggle-score": json.Number("71")}, server.Alerts()[0].Fields)
			if version[0] == '5' {
				assert.Equal(t, []string{"T1059.001"}, server.Alerts()[0].Techniques)
				return
			}
			s.Score, s.Revision = 90, s.Revision+1
			_, err = r.Deliver(t.Context(), s)
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"waggle-score": json.Number("90")}, server.Alerts()[0].Fields)
		})
	}
}
