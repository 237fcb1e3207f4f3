package alert_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// about gives a story's next revision, which is about a kind of threat.
func about(s waggle.Story, kind waggle.ThreatKind) waggle.Story {
	s.Reasons = []waggle.Reason{{Points: 20, Text: "speaks of it", Threat: kind}}
	s.Revision++
	return s
}

// TestTheKindOfThreatIsAField of alert and case, which follows the story until an
// analyst changes it.
func TestTheKindOfThreatIsAField(t *testing.T) {
	for name, c := range map[string]struct {
		first, then waggle.ThreatKind
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
				assert.Equal(t, string(s.ThreatKind()), held.Fields["waggle-threat"])
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

// TestTheKindReachesTheCaseThoughTheFirstAttemptFails half-way: what of the case is
// the feeder's is known by what the alert told before.
func TestTheKindReachesTheCaseThoughTheFirstAttemptFails(t *testing.T) {
	for name, failing := range map[string]string{"at the case": "/case/", "at the alert": "/alert/"} {
		t.Run(name, func(t *testing.T) {
			onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				r := alert.New(client, alert.Options{Now: noon})
				s := about(story(), waggle.Malware)
				s.Alert = deliver(t, r, s)
				server.Import(s.Alert.ID)
				s = about(s, waggle.Ransomware)
				server.Fail(func(request *http.Request) thehivetest.Fault {
					if request.Method == http.MethodPatch && strings.Contains(request.URL.Path, failing) {
						return thehivetest.Fault{Status: http.StatusInternalServerError}
					}
					return thehivetest.Fault{}
				})
				_, err := r.Deliver(t.Context(), s)
				require.Error(t, err)
				server.Fail(nil)
				deliver(t, r, s)
				assert.Equal(t, "ransomware", server.Alerts()[0].Fields["waggle-threat"])
				assert.Equal(t, "ransomware", server.Cases()[0].Fields["waggle-threat"])
			})
		})
	}
}
