package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func TestExplainVerdict(t *testing.T) {
	bad := &waggle.Verdict{Level: waggle.Malicious, Why: "URLhaus says malicious."}
	for name, c := range map[string]struct {
		story waggle.Story
		want  string
	}{
		"nothing known": {waggle.Story{Indicators: []waggle.Indicator{{}}}, ""},
		"a verdict": {waggle.Story{
			Verdict: &waggle.Verdict{Level: waggle.Malicious, Why: "Of 1 value: 1 malicious."},
			Indicators: []waggle.Indicator{{Indicator: ioc.Indicator{Value: "evil.example.net"}, Verdict: bad, Analyses: []waggle.Analysis{
				{Analyzer: "Waggle_URLhaus_1_0", State: waggle.AnalysisDone, Taxonomies: []waggle.Taxonomy{{Level: waggle.Malicious, Predicate: "Threat", Value: "c2\x1b[2J"}, {Level: waggle.Info, Predicate: "Status"}}},
				{Analyzer: "Other_2_0", State: waggle.AnalysisFailed, Note: "no answer"},
			}}},
			Actions: []waggle.Action{{Name: waggle.ToMISP, State: waggle.ActionDone, Rule: "grave", Note: "event 7"}, {Name: waggle.ToCase, State: waggle.ActionWanted, Rule: "grave", Error: "no answer"}},
		}, `Verdict  malicious: Of 1 value: 1 malicious.
         evil[.]example[.]net  malicious: URLhaus says malicious.
           URLhaus: malicious (Threat: c2 [2J), info (Status)
           Other: failed  no answer
Done     misp: done, rule: grave; event 7
Done     case: wanted, rule: grave; no answer
`},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			require.NoError(t, explainVerdict(&out, c.story))
			assert.Equal(t, c.want, out.String())
		})
	}
}
