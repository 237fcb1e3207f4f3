package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/fakeserver"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/smtp/smtptest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// world is all that the responders write to: each server keeps what it is told.
type world struct {
	hive    *thehivetest.Server
	misp    *misptest.Server
	feeder  *feeder
	channel *fakeserver.Server // of a chat
	desk    *smtptest.Desk     // for mail
	port    int                // of the desk
}

const (
	seen  = "loader.example.net" // a value that an event holds already
	token = "inventedBlocksToken0123456789"
)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{hive: thehivetest.Start(t, thehivetest.Options{}), misp: misptest.Start(t, misptest.Options{}), feeder: startFeeder(t), desk: &smtptest.Desk{},
		channel: fakeserver.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) }))}
	w.channel.Start(t)
	w.port = w.desk.Start(t)
	client, err := misp.New(misp.Options{URL: w.misp.URL, Key: misptest.Key})
	require.NoError(t, err)
	_, err = client.PutEvent(t.Context(), misp.Event{UUID: misp.EventUUID("test", "case", "1"), Info: "Seen before", Date: time.Now(),
		Attributes: []misp.Attribute{{Type: "hostname", Value: seen}, {Type: "ip-dst", Value: "203.0.113.99"}}})
	require.NoError(t, err)
	return w
}

// feeder keeps block lists, as the feeder's API does.
type feeder struct {
	*fakeserver.Server
	mu      sync.Mutex
	blocked map[string]bool
}

func startFeeder(t *testing.T) *feeder {
	t.Helper()
	f := &feeder{blocked: map[string]bool{}}
	f.Server = fakeserver.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var order struct{ Values []string }
		if json.NewDecoder(r.Body).Decode(&order) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fakeserver.WriteJSON(w, http.StatusOK, map[string]any{"changes": f.order(r.Method == http.MethodPost, order.Values)})
	}))
	f.Start(t)
	return f
}

func (f *feeder) order(block bool, values []string) []map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	changes := []map[string]string{}
	for _, v := range values {
		state := map[[2]bool]string{{true, true}: "stood", {true, false}: "blocked", {false, true}: "removed", {false, false}: "absent"}[[2]bool{block, f.blocked[v]}]
		if f.blocked[v] = true; !block {
			delete(f.blocked, v)
		}
		changes = append(changes, map[string]string{"value": v, "type": "domain", "state": state})
	}
	return changes
}

// state is what all servers hold now, TheHive's objects apart.
type state struct {
	Events    []misp.Event
	Sightings int
	Blocked   []string
	Messages  int
	Mails     int
}

func (w *world) state() state {
	w.feeder.mu.Lock()
	defer w.feeder.mu.Unlock()
	return state{Events: w.misp.Events(), Sightings: w.misp.Sightings(seen) + w.misp.Sightings("203.0.113.99"),
		Blocked: slices.Sorted(maps.Keys(w.feeder.blocked)), Messages: len(w.channel.Requests()), Mails: len(w.desk.Mails())}
}

// config has all that any of the responders needs; each takes its own.
func (w *world) config() map[string]any {
	return map[string]any{
		"thehive_url": w.hive.URL, "thehive_key": thehivetest.Key, "misp_url": w.misp.URL, "misp_key": misptest.Key, "feeder_url": w.feeder.URL, "feeder_token": token,
		"channels_secret": []string{"mattermost+" + w.channel.URL + "/hooks/inventedHook0123456789"},
		"smtp_host":       "127.0.0.1", "smtp_port": w.port, "from": "waggle@example.com", "to": []string{"soc@example.com"},
		"verify_tls": false, "of_case": "all", "custom_field": "misp-event", "max_pap": 3,
	}
}

// run runs a responder once on an object, and gives its report.
func (w *world) run(t *testing.T, worker *cortex.Worker, dataType string, object map[string]any) gjson.Result {
	t.Helper()
	input, err := json.Marshal(map[string]any{"dataType": dataType, "data": object, "tlp": 1, "pap": 1, "config": w.config()})
	require.NoError(t, err)
	folder := cortextest.NewFolder(t)
	cortextest.WriteInput(t, folder, "input.json", input)
	require.NoError(t, worker.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output(), Getenv: func(string) string { return "" }}))
	return cortextest.AcceptFolder(t, folder)
}

// operate does to the object what TheHive does, and fails at an operation that
// would leave its action waiting for ever.
func operate(t *testing.T, dataType string, object map[string]any, operations []gjson.Result) {
	t.Helper()
	for _, o := range operations {
		works := map[string][]string{
			"AddTagToCase":     {"thehive:case", "thehive:case_artifact", "thehive:case_task", "thehive:case_task_log"},
			"AddCustomFields":  {"thehive:case", "thehive:case_artifact", "thehive:case_task", "thehive:case_task_log"},
			"AddTagToArtifact": {"thehive:case_artifact"},
			"AddTagToAlert":    {"thehive:alert"},
		}
		kind := o.Get("type").String()
		require.Contains(t, works[kind], dataType, "%s", o)
		if kind == "AddCustomFields" {
			for _, field := range []string{"name", "tpe", "value"} {
				require.NotEmpty(t, o.Get(field).String(), "%s", o)
			}
			continue
		}
		require.NotEmpty(t, o.Get("tag").String(), "%s", o)
		on := object
		if kind == "AddTagToCase" {
			on = caseOf(object)
		}
		tags, _ := on["tags"].([]any)
		if !slices.Contains(tags, any(o.Get("tag").String())) {
			on["tags"] = append(tags, o.Get("tag").String())
		}
	}
}

// caseOf finds the case that an object of TheHive's is, or is in.
func caseOf(object map[string]any) map[string]any {
	if task, ok := object["case_task"].(map[string]any); ok {
		object = task
	}
	if owner, ok := object["case"].(map[string]any); ok {
		return owner
	}
	return object
}

// own makes an object of a data type, as TheHive 4.1 hands it to a responder.
func (w *world) own(t *testing.T, dataType string) map[string]any {
	t.Helper()
	observables := []thehive.Observable{
		{DataType: "fqdn", Data: seen, IOC: true, Sighted: true, TLP: 1}, {DataType: "url", Data: "http://" + seen + "/a.exe", IOC: true, TLP: 1},
		{DataType: "hash", Data: strings.Repeat("3d", 32), TLP: 1}, {DataType: "other", Data: "T1566", TLP: 1},
	}
	const began = 1795424044869
	if dataType == "thehive:alert" {
		client, err := thehive.New(thehive.Options{URL: w.hive.URL, Key: thehivetest.Key})
		require.NoError(t, err)
		made, err := client.CreateAlert(t.Context(), thehive.Alert{Type: "waggle", Source: "blog", SourceRef: "r1", Title: "Loader", Description: "d", Severity: 2, TLP: 1, PAP: 1,
			Date: time.UnixMilli(began), Observables: observables})
		require.NoError(t, err)
		return map[string]any{"_id": made.ID, "_type": "alert", "title": "Loader", "description": "d", "severity": 2, "date": began, "tlp": 1, "pap": 1, "tags": []any{"t1"},
			"status": "New", "case": nil, "artifacts": []any{}}
	}
	theCase := map[string]any{"_id": w.hive.AddCase(thehive.Case{Title: "Loader", TLP: 1, PAP: 1}, observables), "_type": "case", "caseId": 3, "title": "Loader", "description": "d",
		"severity": 2, "startDate": began, "tlp": 1, "pap": 1, "tags": []any{"t1"}, "status": "Open", "owner": "kim@example.com"}
	task := map[string]any{"_id": "~20688", "_type": "case_task", "title": "Ask around", "status": "InProgress", "startDate": began, "case": theCase}
	return map[string]map[string]any{
		"thehive:case": theCase,
		"thehive:case_artifact": {"_id": "~8192", "_type": "case_artifact", "dataType": "ip", "data": "203.0.113.99", "startDate": began, "tlp": 1, "tags": []any{"o1"}, "ioc": true,
			"message": "seen", "case": theCase},
		"thehive:case_task":     task,
		"thehive:case_task_log": {"_id": "~40972", "_type": "case_task_log", "message": "a log line", "startDate": began, "status": "Ok", "owner": "kim@example.com", "case_task": task},
	}[dataType]
}

// captured gives the object of a data type that a real TheHive handed to a real
// Cortex; nil where the captures are not there.
func captured(t *testing.T, dataType string) map[string]any {
	t.Helper()
	folder := filepath.Join("..", "..", "shared", "contracts", "cortex")
	if _, err := os.Stat(folder); err != nil {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(folder, "worker_input_responder_"+strings.ReplaceAll(dataType, ":", "_")+".json"))
	require.NoError(t, err)
	object, ok := gjson.GetBytes(raw, `input\.json.data`).Value().(map[string]any)
	require.True(t, ok)
	return object
}

// TestTwice runs every responder twice on every kind of object that it takes.
// TheHive knows every operation, the second run leaves everything as it is, and
// says so.
func TestTwice(t *testing.T) {
	for _, worker := range workers() {
		for _, dataType := range worker.DataTypes {
			t.Run(worker.Command()+" on "+dataType+", ours", func(t *testing.T) {
				w := newWorld(t)
				w.twice(t, worker, dataType, w.own(t, dataType), worker.Name != "Waggle_Unblock")
			})
			t.Run(worker.Command()+" on "+dataType+", captured", func(t *testing.T) {
				object := captured(t, dataType)
				if object == nil {
					t.Skip("the captured inputs are not here")
				}
				newWorld(t).twice(t, worker, dataType, object, false)
			})
		}
	}
}

// twice runs a responder twice on an object; changes tells that the first run
// must change something.
func (w *world) twice(t *testing.T, worker *cortex.Worker, dataType string, object map[string]any, changes bool) {
	t.Helper()
	before := w.state()
	first := w.run(t, worker, dataType, object)
	require.True(t, first.Get("success").Bool(), "%s", first)
	operate(t, dataType, object, first.Get("operations").Array())
	after := w.state()
	if changes {
		assert.NotEqual(t, before, after, "the first run did nothing: %s", first)
		assert.True(t, first.Get("full.changed").Bool(), "%s", first)
	}

	second := w.run(t, worker, dataType, object)
	require.True(t, second.Get("success").Bool(), "%s", second)
	assert.Equal(t, after, w.state())
	assert.False(t, second.Get("full.changed").Bool(), "%s", second)
	assert.Regexp(t, "^(Nothing|The lists are as they were)", second.Get("full.message").String())
	tagged, err := json.Marshal(object)
	require.NoError(t, err)
	operate(t, dataType, object, second.Get("operations").Array())
	again, err := json.Marshal(object)
	require.NoError(t, err)
	assert.JSONEq(t, string(tagged), string(again))
}
