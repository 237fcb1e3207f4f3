package thehive_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// same is a TheHive, or whoever stands at its address, that gives one answer to
// all: but for its version, so that the client gets to ask for more.
type same struct{ version, body string }

func (s same) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.URL.Path == "/api/status" || r.URL.Path == "/api/v1/status/public" {
		_, _ = w.WriteString(`{"versions":{"TheHive":"` + s.version + `"},"connectors":{"cortex":{"enabled":true}}}`)
	} else {
		_, _ = w.WriteString(s.body)
	}
	return w.Result(), nil
}

// FuzzAnswers: no answer upsets the client; what it cannot use is an error with
// a reason.
func FuzzAnswers(f *testing.F) {
	f.Add(handedCase)
	f.Add(handedAlert)
	f.Add(`[` + handedCase + `,` + handedAlert + `,null,7,"x",[]]`)
	f.Add(`[{"_id":"~1","dataType":"ip","data":{"a":1},"tags":{"x":"y"},"startDate":1e300,"tlp":-9,"reports":{"A_1_0":{"taxonomies":[{"level":7,"value":[1]},null]}}}]`)
	f.Add(`[{"_id":"~1","attachment":{"id":"../../x","name":7,"size":-1,"hashes":"x"},"extraData":[]}]`)
	f.Add(`[{"id":"1","name":"x","dataTypeList":"ip","cortexIds":{"a":1},"status":"Waiting","operations":"[{","report":"{}"}]`)
	f.Add(`{"type":"CreateError","message":["x"],"errors":{"a":{"b":{}}}}`)
	f.Add(`{"customFields":{"a":{"string":1,"order":"x"},"b":null,"c":[]},"case":{"_id":{}},"severity":"high"}`)
	f.Add(`123456789`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
			c, err := thehive.New(thehive.Options{URL: "https://thehive.example.com", Key: "key", Settle: 1, HTTP: upstream.Options{Transport: same{version, body}}})
			require.NoError(t, err)
			for name, err := range answers(t, c, gjson.Parse(body)) {
				if err != nil {
					require.NotEmpty(t, upstream.ReasonOf(err), "%s: %v", name, err)
				}
			}
		}
	})
}

// answers makes each call that reads an answer, and gives what came of it.
func answers(t *testing.T, c *thehive.Client, object gjson.Result) map[string]error {
	ctx, out := t.Context(), map[string]error{}
	when := time.Unix(1795424044, 0)
	observables := []thehive.Observable{{DataType: "ip", Data: "203.0.113.7", TLP: 2}}
	_, out["Alert"] = c.Alert(ctx, "~1")
	_, _, out["FindAlert"] = c.FindAlert(ctx, "t", "s", "r")
	_, out["CreateAlert"] = c.CreateAlert(ctx, thehive.Alert{Type: "t", Source: "s", SourceRef: "r", Title: "x", Description: "d", Severity: 2, TLP: 2, PAP: 2,
		Date: when, Observables: observables, Fields: map[string]any{"score": 7}})
	_, out["AlertObservables"] = c.AlertObservables(ctx, "~1")
	_, out["CaseObservables"] = c.CaseObservables(ctx, "~1")
	_, _, _, out["AddAlertObservables"] = c.AddAlertObservables(ctx, "~1", observables)
	out["UpdateObservable"] = c.UpdateObservable(ctx, "~1", thehive.ObservablePatch{IOC: new(true)})
	_, out["Case"] = c.Case(ctx, "~1")
	_, out["Promote"] = c.Promote(ctx, "~1", "")
	out["UpdateCase"] = c.UpdateCase(ctx, "~1", thehive.CasePatch{Tags: []string{"a"}, Fields: map[string]any{"score": 7}})
	_, _, _, out["AddCaseObservables"] = c.AddCaseObservables(ctx, "~1", observables)
	out["KeepCaseFile"] = c.KeepCaseFile(ctx, "~1", thehive.File{Name: "a.csv", Data: []byte("a"), Tags: []string{"a"}})
	out["KeepAlertFile"] = c.KeepAlertFile(ctx, "~1", thehive.File{Name: "a.csv", Data: []byte("a")})
	_, _, out["Handed"] = c.Handed(ctx, "thehive:alert", object)
	_, _, out["Handed observable"] = c.Handed(ctx, "thehive:case_artifact", object)
	_, out["Responders"] = c.Responders(ctx, thehive.KindCase, "~1")
	_, out["Runs"] = c.Runs(ctx, thehive.KindCase, "~1")
	_, out["StartRun"] = c.StartRun(ctx, thehive.Responder{ID: "1", Name: "x"}, thehive.KindCase, "~1")
	_, out["Analyzers"] = c.Analyzers(ctx)
	_, out["StartJob"] = c.StartJob(ctx, thehive.Analyzer{ID: "1"}, "cortex", "~1")
	_, out["Jobs"] = c.Jobs(ctx, "~1")
	_, out["TriagedAlerts"] = c.TriagedAlerts(ctx, "t", when)
	_, out["TriagedCases"] = c.TriagedCases(ctx, when)
	_, out["CountAlerts"] = c.CountAlerts(ctx, "t", when, 10)
	_, out["User"] = c.User(ctx)
	return out
}

// TestPagesWithoutEnd: a TheHive that gives the same full page for ever is left
// after as many pages as a case may have.
func TestPagesWithoutEnd(t *testing.T) {
	page := "[" + strings.Repeat(`{"_id":"~1","dataType":"ip","data":"203.0.113.7"},`, 999) + `{"_id":"~1"}]`
	c, err := thehive.New(thehive.Options{URL: "https://thehive.example.com", Key: "key", HTTP: upstream.Options{Transport: same{"4.1.24-1", page}}})
	require.NoError(t, err)
	_, err = c.CaseObservables(t.Context(), "~1")
	require.ErrorIs(t, err, upstream.BadInput)
	require.ErrorContains(t, err, "more than 100,000 observables")
}
