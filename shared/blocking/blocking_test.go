package blocking_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/blocking"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/fakeserver"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// order is what the feeder is sent.
type order struct{ Values []string }

// feeder answers as the feeder does that has the first value of each call already.
func feeder(t *testing.T) *fakeserver.Server {
	s := fakeserver.New(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var o order
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&o))
		changes := []map[string]string{}
		for i, v := range o.Values {
			state := "blocked"
			if i == 0 {
				state = "stood"
			}
			changes = append(changes, map[string]string{"value": v, "type": "domain", "state": state, "until": "2026-12-23T16:00:00Z"})
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		assert.NoError(t, json.NewEncoder(w).Encode(map[string]any{"changes": changes}))
	}))
	s.Start(t)
	return s
}

// block runs a responder over a case with these values, and gives its report.
func block(t *testing.T, feeder string, values []string) gjson.Result {
	t.Helper()
	hive := thehivetest.Start(t, thehivetest.Options{})
	var observables []thehive.Observable
	for _, v := range values {
		observables = append(observables, thehive.Observable{DataType: "domain", Data: v, TLP: 2})
	}
	input, err := json.Marshal(map[string]any{"dataType": "thehive:case", "tlp": 2, "pap": 1,
		"data": map[string]any{"_id": hive.AddCase(thehive.Case{Title: "Loader", TLP: 2, PAP: 1}, observables), "_type": "case", "caseId": 1,
			"title": "Loader", "tlp": 2, "pap": 1, "tags": []any{}, "status": "Open"},
		"config": map[string]any{"feeder_url": feeder, "feeder_token": "inventedBlocksToken", "thehive_url": hive.URL, "thehive_key": thehivetest.Key}})
	require.NoError(t, err)
	worker := cortex.NewResponder(cortex.Definition{Name: "Waggle_Test", Version: "1.0", Description: "Blocks", DataTypes: blocking.DataTypes()},
		func(ctx context.Context, job *cortex.Job, cfg struct{ blocking.Account }) (cortex.Report, error) {
			return cfg.Run(ctx, job, blocking.Work{Method: http.MethodPost})
		})
	folder := cortextest.NewFolder(t)
	cortextest.WriteInput(t, folder, "input.json", input)
	require.NoError(t, worker.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output(), Getenv: func(string) string { return "" }}))
	return cortextest.AcceptFolder(t, folder)
}

// TestManyValues: more values than the feeder takes at once go in several calls,
// in order and each once, and the report counts them all.
func TestManyValues(t *testing.T) {
	for name, c := range map[string]struct {
		values         int
		calls          []int
		rows           int
		stood, blocked int64
	}{
		"one call":                 {500, []int{500}, 500, 1, 499},
		"one more than a call":     {501, []int{500, 1}, 501, 2, 499},
		"more than a report lists": {1200, []int{500, 500, 200}, 1000, 3, 1197},
	} {
		t.Run(name, func(t *testing.T) {
			values := make([]string, c.values)
			for i := range values {
				values[i] = fmt.Sprintf("host-%d.bad-net.example", i)
			}
			server := feeder(t)
			report := block(t, server.URL, values)
			require.True(t, report.Get("success").Bool(), "%s", report)
			var sizes []int
			var sent []string
			for _, r := range server.Requests() {
				var o order
				require.NoError(t, json.Unmarshal(r.Body, &o))
				sizes, sent = append(sizes, len(o.Values)), slices.Concat(sent, o.Values)
			}
			assert.Equal(t, c.calls, sizes)
			assert.Equal(t, values, sent)
			assert.Equal(t, c.stood, report.Get("full.counts.stood").Int())
			assert.Equal(t, c.blocked, report.Get("full.counts.blocked").Int())
			assert.Len(t, report.Get("full.rows").Array(), c.rows)
		})
	}
}
