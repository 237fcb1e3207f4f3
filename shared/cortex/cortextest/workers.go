package cortextest

import (
	"cmp"
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
		dir := richest(t, promptCases(t, filepath.Join(w.Command(), "testdata"))).dir
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

// promptCase is a case of success whose services answer at once: without a fake
// clock nobody waits for others.
type promptCase struct {
	dir      string
	dataType string
	asks     bool // services, by HTTP
	length   int  // bytes of its report
}

func promptCases(t *testing.T, testdata string) []promptCase {
	t.Helper()
	goldens, err := filepath.Glob(filepath.Join(testdata, "*", "output.json"))
	require.NoError(t, err)
	var prompt []promptCase
	for _, golden := range goldens {
		report, err := os.ReadFile(golden)
		require.NoError(t, err)
		dir := filepath.Dir(golden)
		job, err := os.ReadFile(filepath.Join(dir, "input.json"))
		require.NoError(t, err)
		asked := exchanges(t, dir)
		slow := slices.ContainsFunc(asked, func(e recorded.Exchange) bool { return e.Response.Error != "" || e.Response.Status >= 400 })
		if !slow && gjson.GetBytes(report, "success").Bool() {
			prompt = append(prompt, promptCase{dir, gjson.GetBytes(job, "dataType").String(), len(asked) > 0, len(report)})
		}
	}
	return prompt
}

// richest gives the case with the longest report.
func richest(t *testing.T, cases []promptCase) promptCase {
	t.Helper()
	require.NotEmpty(t, cases, "there is no case of success")
	return slices.MaxFunc(cases, func(a, b promptCase) int { return cmp.Compare(a.length, b.length) })
}
