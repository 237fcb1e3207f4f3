package alert_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// judged is the story with a verdict of each value, and of all.
func judged(s waggle.Story, l waggle.Level) waggle.Story {
	s.Indicators = slices.Clone(s.Indicators)
	for n := range s.Indicators {
		s.Indicators[n].Verdict = &waggle.Verdict{Level: l, Why: "URLhaus says " + string(l) + "."}
	}
	s.Verdict = &waggle.Verdict{Level: l, Why: "Of all values: " + string(l) + "."}
	s.Revision++
	return s
}

// onHives runs a test against both versions of TheHive.
func onHives(t *testing.T, do func(*testing.T, *thehivetest.Server, *thehive.Client)) {
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version, Fields: map[string]string{"waggle-verdict": "string", "waggle-score": "integer", "waggle-threat": "string"}})
			client, err := thehive.New(thehive.Options{URL: server.URL, Key: thehivetest.Key, Settle: time.Millisecond})
			require.NoError(t, err)
			do(t, server, client)
		})
	}
}

// deliver delivers a story twice, as after a crash, and gives how that went.
func deliver(t *testing.T, r *alert.Raiser, s waggle.Story) waggle.Delivery {
	t.Helper()
	_, err := r.Deliver(t.Context(), s)
	require.NoError(t, err)
	d, err := r.Deliver(t.Context(), s)
	require.NoError(t, err)
	return d
}

func TestVerdictsComeToAStandingAlert(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s := story()
		s.Alert = deliver(t, r, s)
		require.NoError(t, client.UpdateAlert(t.Context(), s.Alert.ID, thehive.AlertPatch{Tags: append(server.Alerts()[0].Tags, "seen by night shift")}))

		s = judged(s, waggle.Malicious)
		s.Severity = waggle.Critical
		s.Alert = deliver(t, r, s)
		assert.Empty(t, s.Alert.Error)
		held := server.Alerts()[0]
		assert.Contains(t, held.Tags, "waggle:verdict=malicious")
		assert.Contains(t, held.Tags, "seen by night shift")
		assert.Equal(t, "malicious", held.Fields["waggle-verdict"])
		assert.Equal(t, int(waggle.Critical), held.Severity)
		assert.Equal(t, 1, strings.Count(held.Description, "### What the analyzers say"))
		for _, o := range held.Observables {
			assert.Contains(t, o.Tags, "waggle:verdict=malicious", o.Data)
			assert.Contains(t, o.Tags, "waggle", o.Data)
			assert.True(t, o.IOC, o.Data)
		}

		s = judged(s, waggle.Safe)
		s.Severity = waggle.Medium
		deliver(t, r, s)
		held = server.Alerts()[0]
		assert.Contains(t, held.Tags, "waggle:verdict=safe")
		assert.NotContains(t, held.Tags, "waggle:verdict=malicious")
		assert.Equal(t, int(waggle.Medium), held.Severity, "lowered")
		assert.Equal(t, 1, strings.Count(held.Description, "### What the analyzers say"), "replaced in its place")
		assert.Equal(t, "safe", held.Fields["waggle-verdict"])
		for _, o := range held.Observables {
			assert.Contains(t, o.Tags, "waggle:verdict=safe", o.Data)
			assert.NotContains(t, o.Tags, "waggle:verdict=malicious", o.Data)
			assert.False(t, o.IOC, o.Data)
		}
		assert.Len(t, server.Alerts(), 1)
	})
}

func TestVerdictsComeWithANewAlert(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		s := judged(story(), waggle.Malicious)
		before := len(server.Requests())
		_, err := alert.New(client, alert.Options{Now: noon}).Deliver(t.Context(), s)
		require.NoError(t, err)
		for _, request := range server.Requests()[before:] {
			assert.NotEqual(t, http.MethodPatch, request.Method, "nothing is changed that was just made so")
		}
		held := server.Alerts()[0]
		assert.Contains(t, held.Tags, "waggle:verdict=malicious")
		assert.Contains(t, held.Observables[0].Tags, "waggle:verdict=malicious")
	})
}

func TestAnalystsWordStandsBesideVerdicts(t *testing.T) {
	low, edited, field := 1, "Ours now.", map[string]any{"waggle-verdict": "harmless, we looked"}
	for name, c := range map[string]struct {
		patch thehive.AlertPatch
		want  func(*testing.T, thehive.Alert)
	}{
		"severity": {thehive.AlertPatch{Severity: &low}, func(t *testing.T, a thehive.Alert) { assert.Equal(t, 1, a.Severity) }},
		"text": {thehive.AlertPatch{Description: &edited}, func(t *testing.T, a thehive.Alert) {
			assert.Equal(t, []any{"Ours now.", int(waggle.High)}, []any{a.Description, a.Severity})
		}},
		"field": {thehive.AlertPatch{Fields: field}, func(t *testing.T, a thehive.Alert) {
			assert.Equal(t, "harmless, we looked", a.Fields["waggle-verdict"])
		}},
	} {
		t.Run(name, func(t *testing.T) {
			onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
				r := alert.New(client, alert.Options{Now: noon})
				s := story()
				s.Alert = deliver(t, r, s)
				require.NoError(t, client.UpdateAlert(t.Context(), s.Alert.ID, c.patch))
				s = judged(s, waggle.Malicious)
				s.Severity = waggle.Critical
				deliver(t, r, s)
				c.want(t, server.Alerts()[0])
				assert.Contains(t, server.Alerts()[0].Tags, "waggle:verdict=malicious")
			})
		})
	}
}

func TestAnalystsFlagStands(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s := judged(story(), waggle.Malicious)
		s.Alert = deliver(t, r, s)
		no := false
		id := server.Alerts()[0].Observables[0].ID
		require.NoError(t, client.UpdateObservable(t.Context(), id, thehive.ObservablePatch{IOC: &no, Tags: append(server.Alerts()[0].Observables[0].Tags, "ours")}))
		s.Revision++
		deliver(t, r, s)
		held := server.Alerts()[0].Observables[0]
		assert.False(t, held.IOC)
		assert.Contains(t, held.Tags, "ours")
	})
}

func TestVerdictsComeToTheCase(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s := story()
		s.Alert = deliver(t, r, s)
		in := server.Import(s.Alert.ID)
		s = judged(s, waggle.Malicious)
		s.Alert = deliver(t, r, s)
		assert.Contains(t, server.Cases()[0].Tags, "waggle:verdict=malicious")
		for _, o := range server.Observables(in) {
			assert.Contains(t, o.Tags, "waggle:verdict=malicious", o.Data)
		}
		s = judged(s, waggle.Safe)
		deliver(t, r, s)
		assert.Contains(t, server.Cases()[0].Tags, "waggle:verdict=malicious", "a case keeps the worst that it is known for")
	})
}

// TestAKeyThatMayNotChangeObservables: the alert goes through, and the story
// says what is missing.
func TestAKeyThatMayNotChangeObservables(t *testing.T) {
	onHives(t, func(t *testing.T, server *thehivetest.Server, client *thehive.Client) {
		r := alert.New(client, alert.Options{Now: noon})
		s := story()
		s.Alert = deliver(t, r, s)
		server.Fail(func(request *http.Request) thehivetest.Fault {
			if request.Method == http.MethodPatch && strings.Contains(request.URL.Path, "/observable/") {
				return thehivetest.Fault{Status: http.StatusForbidden}
			}
			return thehivetest.Fault{}
		})
		s = judged(s, waggle.Malicious)
		d := deliver(t, r, s)
		assert.Equal(t, s.Revision, d.Revision)
		assert.Contains(t, d.Error, "the verdicts are not on the observables: TheHive")
		assert.Contains(t, server.Alerts()[0].Tags, "waggle:verdict=malicious")
	})
}
