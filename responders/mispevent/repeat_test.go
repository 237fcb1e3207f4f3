package mispevent

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// stack is a TheHive and a MISP with state, and what they are asked about.
type stack struct {
	hive *thehivetest.Server
	misp *misptest.Server
}

func newStack(t *testing.T) stack {
	t.Helper()
	return stack{thehivetest.Start(t, thehivetest.Options{}), misptest.Start(t, misptest.Options{Clusters: []string{`misp-galaxy:mitre-attack-pattern="Phishing - T1566"`}})}
}

// run runs the responder once on an object, and gives its report.
func (s stack) run(t *testing.T, dataType string, object map[string]any) gjson.Result {
	t.Helper()
	folder := cortextest.NewFolder(t)
	input, err := json.Marshal(map[string]any{
		"dataType": dataType, "data": object, "tlp": object["tlp"], "pap": 2,
		"config": map[string]any{
			"misp_url": s.misp.URL, "misp_key": misptest.Key, "thehive_url": s.hive.URL, "thehive_key": thehivetest.Key,
		},
	})
	require.NoError(t, err)
	cortextest.WriteInput(t, folder, "input.json", input)
	surroundings := cortex.Surroundings{Stderr: t.Output(), Getenv: func(string) string { return "" }}
	require.NoError(t, Responder.Run(t.Context(), folder, surroundings))
	report := cortextest.AcceptFolder(t, folder)
	assert.NotContains(t, report.Raw, misptest.Key)
	assert.NotContains(t, report.Raw, thehivetest.Key)
	return report
}

func observables(n int) []thehive.Observable {
	out := []thehive.Observable{
		{DataType: "domain", Data: "Loader.Example.net", IOC: true, TLP: 2, Message: "asked for a second stage", Tags: []string{"c2", "waggle:port=81"}},
		{DataType: "other", Data: "T1566", TLP: 2},
		{DataType: "ip", Data: "not an address", TLP: 2},
	}
	for i := range n {
		out = append(out, thehive.Observable{DataType: "url", Data: fmt.Sprintf("http://loader.example.net/%d", i), TLP: 2})
	}
	return out
}

func (s stack) caseObject(observables []thehive.Observable) map[string]any {
	id := s.hive.AddCase(thehive.Case{Title: "Loader", TLP: 2, PAP: 2}, observables)
	return map[string]any{
		"_id": id, "_type": "case", "title": "Loader", "severity": 2, "startDate": 1795424044869, "tlp": 2, "pap": 2,
		"tags": []any{}, "status": "Open", "endDate": nil,
	}
}

func (s stack) alertObject(t *testing.T) map[string]any {
	t.Helper()
	client, err := thehive.New(thehive.Options{URL: s.hive.URL, Key: thehivetest.Key})
	require.NoError(t, err)
	made, err := client.CreateAlert(t.Context(), thehive.Alert{Type: "waggle", Source: "blog", SourceRef: "r1", Title: "Loader",
		Description: "d", Severity: 2, TLP: 2, PAP: 2, Date: time.UnixMilli(1795424044869), Observables: observables(3)})
	require.NoError(t, err)
	return map[string]any{
		"_id": made.ID, "_type": "alert", "title": "Loader", "severity": 2, "date": 1795424044869, "tlp": 2, "pap": 2,
		"tags": []any{}, "status": "New", "case": nil, "artifacts": []any{},
	}
}

func (s stack) observableObject() map[string]any {
	return map[string]any{
		"_id": "~8192", "_type": "case_artifact", "dataType": "ip", "data": "203.0.113.99", "tlp": 2, "tags": []any{}, "ioc": true,
		"message": "seen", "case": s.caseObject(nil),
	}
}

// state is what MISP holds, without what differs from run to run.
func (s stack) state() []misp.Event {
	events := s.misp.Events()
	for i := range events {
		events[i].Timestamp, events[i].ID, events[i].UUID = time.Time{}, "", ""
		for j := range events[i].Reports {
			events[i].Reports[j].UUID = ""
		}
		for j := range events[i].Objects {
			events[i].Objects[j].UUID = ""
			s.strip(events[i].Objects[j].Attributes)
		}
		s.strip(events[i].Attributes)
		slices.SortFunc(events[i].Attributes, func(a, b misp.Attribute) int { return strings.Compare(a.Type+a.Value, b.Type+b.Value) })
	}
	return events
}

func (s stack) strip(attributes []misp.Attribute) {
	for i := range attributes {
		a := &attributes[i]
		a.Timestamp, a.FirstSeen, a.ID, a.EventID, a.UUID, a.EventUUID = time.Time{}, time.Time{}, "", "", "", ""
		a.Value = strings.ReplaceAll(a.Value, s.hive.URL, "http://thehive")
	}
}

func TestSecondRunChangesNothing(t *testing.T) {
	for name, object := range map[string]func(*testing.T, stack) (string, map[string]any){
		"case": func(_ *testing.T, s stack) (string, map[string]any) {
			return "thehive:case", s.caseObject(observables(3))
		},
		"alert": func(t *testing.T, s stack) (string, map[string]any) { return "thehive:alert", s.alertObject(t) },
		"observable": func(_ *testing.T, s stack) (string, map[string]any) {
			return "thehive:case_artifact", s.observableObject()
		},
		"large case": func(_ *testing.T, s stack) (string, map[string]any) {
			return "thehive:case", s.caseObject(observables(1200))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t)
			dataType, given := object(t, s)
			first := s.run(t, dataType, given)
			require.True(t, first.Get("success").Bool(), "%s", first)
			assert.True(t, first.Get("full.event.created").Bool())
			assert.Positive(t, first.Get("full.saved").Int())
			require.Len(t, s.misp.Events(), 1)
			held := s.misp.Events()

			second := s.run(t, dataType, given)
			require.True(t, second.Get("success").Bool(), "%s", second)
			assert.False(t, second.Get("full.changed").Bool())
			assert.Contains(t, second.Get("full.message").String(), "Nothing new")
			assert.Equal(t, first.Get("full.refused").Raw, second.Get("full.refused").Raw)
			assert.Equal(t, first.Get("operations").Raw, second.Get("operations").Raw)
			assert.Equal(t, held, s.misp.Events())
		})
	}
}

// TestCapturedInputs runs what a real Cortex handed to responders.
func TestCapturedInputs(t *testing.T) {
	contracts := filepath.Join("..", "..", "..", "shared", "contracts", "cortex")
	if _, err := os.Stat(contracts); err != nil {
		t.Skip("the captured inputs are not here: " + contracts)
	}
	for _, kind := range []string{"case", "alert", "case_artifact"} {
		t.Run(kind, func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(contracts, "worker_input_responder_thehive_"+kind+".json"))
			require.NoError(t, err)
			input := gjson.GetBytes(raw, `input\.json`)
			object, ok := input.Get("data").Value().(map[string]any)
			require.True(t, ok)
			s := newStack(t)
			first := s.run(t, input.Get("dataType").String(), object)
			require.True(t, first.Get("success").Bool(), "%s", first)
			assert.True(t, first.Get("full.event.created").Bool())
			second := s.run(t, input.Get("dataType").String(), object)
			assert.False(t, second.Get("full.changed").Bool(), "%s", second)
			assert.Len(t, s.misp.Events(), 1)
		})
	}
}

func TestObservableJoinsTheEventOfItsCase(t *testing.T) {
	s := newStack(t)
	theCase := s.caseObject(observables(3))
	before := s.run(t, "thehive:case", theCase)
	after := s.run(t, "thehive:case_artifact", map[string]any{
		"_id": "~8192", "dataType": "ip", "data": "203.0.113.99", "tlp": 2, "tags": []any{}, "ioc": true, "case": theCase,
	})
	assert.Equal(t, before.Get("full.event.uuid").String(), after.Get("full.event.uuid").String())
	require.Len(t, s.misp.Events(), 1)
	held := s.misp.Events()[0]
	assert.EqualValues(t, before.Get("full.saved").Int()+1, len(held.Attributes)+len(held.Objects[0].Attributes))
}

func TestRunAgainAfterAFailureCompletesTheEvent(t *testing.T) {
	whole := newStack(t)
	require.True(t, whole.run(t, "thehive:case", whole.caseObject(observables(1200))).Get("success").Bool())
	steps := len(whole.misp.Requests())
	require.Greater(t, steps, 1, "an event in several requests")

	for name, fault := range map[string]misptest.Fault{
		"status 500":       {Status: http.StatusInternalServerError},
		"connection reset": {Reset: true},
		"answer lost":      {Drop: true},
	} {
		for at := range steps {
			t.Run(fmt.Sprintf("%s at request %d", name, at+1), func(t *testing.T) {
				t.Parallel() // most of the time passes between tries
				s := newStack(t)
				object := s.caseObject(observables(1200))
				n := 0
				s.misp.Fail(func(*http.Request) misptest.Fault {
					if n++; n-1 == at {
						return fault
					}
					return misptest.Fault{}
				})
				first := s.run(t, "thehive:case", object)
				if !first.Get("success").Bool() {
					assert.Contains(t, first.Get("errorMessage").String(), "MISP: ")
				}
				second := s.run(t, "thehive:case", object)
				require.True(t, second.Get("success").Bool(), "%s", second)
				assert.Equal(t, whole.state(), s.state())
				assert.Len(t, s.misp.Events(), 1)
			})
		}
	}
}

// TestTwoAtOnce: two jobs on one case are two processes that know nothing of each
// other. One may fail where MISP lets only one of them write; the event is one
// all the same, and holds nothing twice.
func TestTwoAtOnce(t *testing.T) {
	alone, s := newStack(t), newStack(t)
	require.True(t, alone.run(t, "thehive:case", alone.caseObject(observables(1200))).Get("success").Bool())
	object := s.caseObject(observables(1200))
	t.Run("jobs", func(t *testing.T) {
		for _, name := range []string{"one", "other"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s.run(t, "thehive:case", object)
			})
		}
	})
	require.True(t, s.run(t, "thehive:case", object).Get("success").Bool())
	assert.Equal(t, alone.state(), s.state())
}
