package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestExplainTellsTheReasons(t *testing.T) {
	var out strings.Builder
	require.NoError(t, explain(&out, waggle.Record{Judgement: &waggle.Judgement{Score: 52, Reasons: []waggle.Reason{
		{Points: 40, Text: "CVE-2026-91234 is exploited", Do: "Fix CVE-2026-91234 by 2026-06-01.", Link: "https://maker.example.com/advisory/1"},
		{Points: 12, Text: "names a firewall, which you use"},
		{Do: "Change the\u202e passwords."},
	}}}))
	_, told, found := strings.Cut(out.String(), "Score")
	require.True(t, found)
	assert.Equal(t, []string{
		"52 of 100",
		"+40  CVE-2026-91234 is exploited",
		"do: Fix CVE-2026-91234 by 2026-06-01. https://maker.example.com/advisory/1",
		"+12  names a firewall, which you use",
		"do: Change the passwords.",
	}, trimmed(strings.Split(told, "\n")))
}
