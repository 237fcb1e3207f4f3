package main

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/report"
)

func TestReport(t *testing.T) {
	d := newDesk(t, "")
	code, _, log := d.feeder(t, "report")
	require.Equal(t, exitWrong, code)
	assert.Contains(t, log, "no data yet")
	_, _, log = d.feeder(t, "once")
	code, out, _ := d.feeder(t, "report", "--since", "3650d", "--format", "json")
	require.Equal(t, exitWell, code, log)
	var r report.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	assert.Equal(t, "small-business", r.Profile)
	assert.NotEmpty(t, r.Threats)
	assert.Equal(t, 2, r.Sources)
	assert.NotContains(t, out, "feed-secret")

	for name, args := range map[string][]string{
		"a span that is none":     {"report", "--since", "7x"},
		"a span of nothing":       {"report", "--since", "0d"},
		"a format that is no one": {"report", "--format", "pdf"},
	} {
		code, _, _ := d.feeder(t, args...)
		assert.Equal(t, exitWrong, code, name)
	}
}
