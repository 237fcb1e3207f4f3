package alert_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// TestTheKindOfThreatIsAField of alert and case, which follows the story until an
// analyst changes it.
func TestTheKindOfThreatIsAField(t *testing.T) {
	about := func(s waggle.Story, threat waggle.Threat) waggle.Story {
		s.Reasons = []waggle.Reason{{Points: 20, Text: "speaks of it", Threat: threat}}
		s.Revision++
		return s
	}
	for name, c := range map[string]struct {
		first, then waggle.Threat
		analyst     string // what an analyst writes between the two; nothing if empty
		want        string
	}{
		"it stays":                          {first: waggle.Malware, then: waggle.Malware, want: "malware"},
		"the story is about something else": {first: waggle.Malware, then: waggle.Ransomware, want: "ransomware"},
		"at first nothing is told":          {then: waggle.Phishing, want: "phishing"},
		"then nothing is told":              {first: waggle.Phishing, want: "other"},
		"an analyst's is kept":              {first: waggle.Malware, then: waggle.Ransomware, analyst: "wiper", want: "wiper"},
	} {
		t.Run(name, func(t *testing.T) {
			onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				r := alert.New(client, alert.Options{Now: noon})
				s := about(story(), c.first)
				s.Alert = deliver(t, r, s)
				held := server.Alerts()[0]
				assert.Equal(t, string(s.Threat()), held.Fields["waggle-threat"])
				if c.analyst != "" {
					require.NoError(t, client.UpdateAlert(t.Context(), held.ID, thehive.AlertPatch{Fields: map[string]any{"waggle-threat": c.analyst}}))
				}
				s = about(s, c.then)
				s.Alert = deliver(t, r, s)
				assert.Empty(t, s.Alert.Error)
				assert.Equal(t, c.want, server.Alerts()[0].Fields["waggle-threat"])
			})
		})
		t.Run(name+", in a case", func(t *testing.T) {
			onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				r := alert.New(client, alert.Options{Now: noon})
				s := about(story(), c.first)
				s.Alert = deliver(t, r, s)
				in := server.Import(s.Alert.ID)
				if c.analyst != "" {
					require.NoError(t, client.UpdateCase(t.Context(), in, thehive.CasePatch{Fields: map[string]any{"waggle-threat": c.analyst}}))
				}
				s = about(s, c.then)
				s.Alert = deliver(t, r, s)
				assert.Empty(t, s.Alert.Error)
				assert.Equal(t, c.want, server.Cases()[0].Fields["waggle-threat"])
			})
		})
	}
}
