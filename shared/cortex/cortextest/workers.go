package cortextest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// Workers runs each worker of a program as Cortex starts it, over the richest of
// its cases, and tortures it. A worker's cases lie in <command>/testdata.
func (p Program) Workers(t *testing.T, workers []*cortex.Worker) {
	t.Helper()
	for _, w := range workers {
		dir := richest(t, filepath.Join(w.Command(), "testdata"))
		for _, way := range Ways() {
			t.Run(w.Command()+"/"+string(way), func(t *testing.T) { p.Case(t, way, w, dir) })
		}
		t.Run(w.Command()+"/torture", func(t *testing.T) { p.Torture(t, w, nil) })
		// Who takes files first reads them here, and asks for other types alone.
		if len(w.Service.Hosts) > 0 && w.DataTypes[0] != "file" {
			t.Run(w.Command()+"/stopped", func(t *testing.T) { p.Stopped(t, w, configOf(t, dir)) })
		}
	}
}

// configOf gives the configuration of a case's job.
func configOf(t *testing.T, dir string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "input.json"))
	require.NoError(t, err)
	var job struct{ Config map[string]any }
	require.NoError(t, json.Unmarshal(raw, &job))
	return job.Config
}

// richest gives the case with the longest report of success, among those whose
// services answer at once: a process of its own has no fake clock to wait by.
func richest(t *testing.T, testdata string) string {
	t.Helper()
	goldens, err := filepath.Glob(filepath.Join(testdata, "*", "output.json"))
	require.NoError(t, err)
	var best string
	var length int
	for _, golden := range goldens {
		report, err := os.ReadFile(golden)
		require.NoError(t, err)
		dir := filepath.Dir(golden)
		slow := slices.ContainsFunc(exchanges(t, dir), func(e recorded.Exchange) bool { return e.Response.Error != "" || e.Response.Status >= 400 })
		if len(report) > length && !slow && gjson.GetBytes(report, "success").Bool() {
			best, length = dir, len(report)
		}
	}
	require.NotEmpty(t, best, "%s holds no case of success", testdata)
	return best
}
