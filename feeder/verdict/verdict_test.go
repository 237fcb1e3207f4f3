package verdict_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/verdict"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// listed is a domain that the known-benign list of the tests names.
const listed = "listed.example.com"

func known(_, value string) (string, bool) { return "Top sites", value == listed }

func tell(analyzer string, levels ...waggle.Level) waggle.Analysis {
	a := waggle.Analysis{Analyzer: analyzer, State: waggle.AnalysisDone}
	for _, l := range levels {
		a.Taxonomies = append(a.Taxonomies, waggle.Taxonomy{Level: l, Predicate: "Says", Value: string(l)})
	}
	return a
}

func inState(s waggle.AnalysisState) waggle.Analysis {
	return waggle.Analysis{Analyzer: "Other_1_0", State: s}
}

func TestVerdictOfAValue(t *testing.T) {
	const m, s, safe, info = waggle.Malicious, waggle.Suspicious, waggle.Safe, waggle.Info
	for name, c := range map[string]struct {
		value    string
		analyses []waggle.Analysis
		want     *waggle.Verdict
	}{
		"nobody was asked":   {"bad.example", nil, nil},
		"nobody is through":  {"bad.example", []waggle.Analysis{inState(waggle.AnalysisWaiting), inState(waggle.AnalysisRunning)}, nil},
		"all were skipped":   {"bad.example", []waggle.Analysis{inState(waggle.AnalysisSkipped)}, nil},
		"all failed":         {"bad.example", []waggle.Analysis{inState(waggle.AnalysisFailed)}, &waggle.Verdict{Level: waggle.Unknown, Why: "No analyzer could say anything: 1 analysis failed."}},
		"an empty report":    {"bad.example", []waggle.Analysis{tell("A_1_0")}, &waggle.Verdict{Level: info, Why: "1 analyzer knows nothing bad of it."}},
		"info, and a fault":  {"bad.example", []waggle.Analysis{tell("A_1_0", info), tell("B_1_0", info), inState(waggle.AnalysisFailed)}, &waggle.Verdict{Level: info, Why: "2 analyzers know nothing bad of it; 1 other failed."}},
		"one says malicious": {"bad.example", []waggle.Analysis{tell("Waggle_URLhaus_1_0", m)}, &waggle.Verdict{Level: m, Why: "URLhaus (Says: malicious) says malicious."}},
		"two do": {"bad.example", []waggle.Analysis{tell("Waggle_URLhaus_1_0", info, m), tell("B_1_0", m)},
			&waggle.Verdict{Level: m, Why: "URLhaus (Says: malicious) and B (Says: malicious) say malicious."}},
		"malicious and suspicious": {"bad.example", []waggle.Analysis{tell("A_1_0", m), tell("B_1_0", s)},
			&waggle.Verdict{Level: m, Why: "A (Says: malicious) says malicious, B (Says: suspicious) says suspicious."}},
		"one light voice is a hint": {"bad.example", []waggle.Analysis{tell("Light_1_0", m)},
			&waggle.Verdict{Level: s, Why: "Light (Says: malicious) says malicious, and that alone is not enough to call it malicious."}},
		"two light voices are enough": {"bad.example", []waggle.Analysis{tell("Light_1_0", m), tell("Light_2_0", m)},
			&waggle.Verdict{Level: m, Why: "Light (Says: malicious) and Light (Says: malicious) say malicious."}},
		"an unheard voice says nothing": {"bad.example", []waggle.Analysis{tell("Deaf_1_0", m)}, &waggle.Verdict{Level: info, Why: "1 analyzer knows nothing bad of it."}},
		"suspicious":                    {"bad.example", []waggle.Analysis{tell("A_1_0", s)}, &waggle.Verdict{Level: s, Why: "A (Says: suspicious) says suspicious."}},
		"the worst of one report counts": {"bad.example", []waggle.Analysis{tell("A_1_0", safe, s, info)},
			&waggle.Verdict{Level: s, Why: "A (Says: suspicious) says suspicious."}},
		"safe": {"bad.example", []waggle.Analysis{tell("A_1_0", safe), tell("B_1_0", info)},
			&waggle.Verdict{Level: safe, Why: "A (Says: safe) says safe, and nobody says otherwise."}},
		"malicious outweighs safe": {"bad.example", []waggle.Analysis{tell("Waggle_URLhaus_1_0", m), tell("B_1_0", safe)},
			&waggle.Verdict{Level: m, Why: "URLhaus (Says: malicious) says malicious, but B (Says: safe) says safe, which weighs less."}},
		"a contradiction of equals": {"bad.example", []waggle.Analysis{tell("A_1_0", m), tell("B_1_0", safe)},
			&waggle.Verdict{Level: info, Why: "A (Says: malicious) says malicious, but B (Says: safe) says safe, which weighs as much or more: they contradict each other."}},
		"malicious and suspicious against safe": {"bad.example", []waggle.Analysis{tell("A_1_0", m), tell("C_1_0", s), tell("B_1_0", safe)},
			&waggle.Verdict{Level: s, Why: "A (Says: malicious) says malicious, C (Says: suspicious) says suspicious, but B (Says: safe) says safe."}},
		"a list": {listed, nil, &waggle.Verdict{Level: safe, Why: `It stands on the list of well-known values "Top sites", and nobody says otherwise.`}},
		"a list holds back the loudest": {listed, []waggle.Analysis{tell("Heavy_1_0", m)},
			&waggle.Verdict{Level: info, Why: `Heavy (Says: malicious) says malicious, but it stands on the list of well-known values "Top sites": look at it before blocking it.`}},
		"an unknown level is info": {"bad.example", []waggle.Analysis{tell("A_1_0", "dreadful")}, &waggle.Verdict{Level: info, Why: "1 analyzer knows nothing bad of it."}},
		"many voices are counted": {"bad.example", []waggle.Analysis{tell("A", m), tell("B", m), tell("C", m), tell("D", m), tell("E", m), tell("F", m)},
			&waggle.Verdict{Level: m, Why: "A (Says: malicious), B (Says: malicious), C (Says: malicious), D (Says: malicious) and 2 others say malicious."}},
	} {
		t.Run(name, func(t *testing.T) {
			judge := verdict.New(verdict.Settings{Weights: map[string]int{"Light*": 1, "Heavy*": 5, "Deaf*": 0, "De*": 5}}, known)
			got := judge.Judge(waggle.Story{Indicators: []waggle.Indicator{{Indicator: ioc.Indicator{Kind: ioc.Domain, Value: c.value}, Analyses: c.analyses}}})
			assert.Equal(t, c.want, got.Indicators[0].Verdict)
		})
	}
}

func TestNamesOfServicesAreOneShortLine(t *testing.T) {
	a := tell("A_1_0", waggle.Malicious)
	a.Taxonomies[0].Namespace = "Evil\n\n# " + strings.Repeat("x", 500)
	a.Taxonomies[0].Value = "a\nb\x00" + strings.Repeat("y", 500)
	got := verdict.New(verdict.Settings{}, nil).Judge(waggle.Story{Indicators: []waggle.Indicator{{Analyses: []waggle.Analysis{a}}}})
	why := got.Indicators[0].Verdict.Why
	assert.NotContains(t, why, "\n")
	assert.NotContains(t, why, "\x00")
	assert.Less(t, len(why), 300)
}

func TestVerdictOfAStory(t *testing.T) {
	malicious, suspicious := tell("A_1_0", waggle.Malicious), tell("A_1_0", waggle.Suspicious)
	safe, info, failed := tell("A_1_0", waggle.Safe), tell("A_1_0", waggle.Info), inState(waggle.AnalysisFailed)
	none := waggle.Analysis{State: waggle.AnalysisWaiting}
	for name, c := range map[string]struct {
		values []waggle.Analysis // one a value
		want   *waggle.Verdict
	}{
		"no values":       {nil, nil},
		"none judged":     {[]waggle.Analysis{none, none}, nil},
		"the worst":       {[]waggle.Analysis{safe, malicious, suspicious, none}, &waggle.Verdict{Level: waggle.Malicious, Why: "Of 4 values: 1 malicious, 1 suspicious and 1 safe; 1 was not analysed."}},
		"suspicious":      {[]waggle.Analysis{safe, suspicious, info}, &waggle.Verdict{Level: waggle.Suspicious, Why: "Of 3 values: 1 suspicious, 1 safe and 1 neither good nor bad."}},
		"all safe":        {[]waggle.Analysis{safe, safe}, &waggle.Verdict{Level: waggle.Safe, Why: "Of 2 values: 2 safe."}},
		"safe is not all": {[]waggle.Analysis{safe, none}, &waggle.Verdict{Level: waggle.Info, Why: "Of 2 values: 1 safe; 1 was not analysed."}},
		"unknown":         {[]waggle.Analysis{failed}, &waggle.Verdict{Level: waggle.Unknown, Why: "Of 1 value: 1 unknown."}},
	} {
		t.Run(name, func(t *testing.T) {
			s := waggle.Story{}
			for _, a := range c.values {
				s.Indicators = append(s.Indicators, waggle.Indicator{Analyses: []waggle.Analysis{a}})
			}
			assert.Equal(t, c.want, verdict.New(verdict.Settings{}, nil).Judge(s).Verdict)
		})
	}
}

func TestSeverityMovesWithinBounds(t *testing.T) {
	const low, medium, high, critical = waggle.Low, waggle.Medium, waggle.High, waggle.Critical
	for name, c := range map[string]struct {
		bounds verdict.Bounds
		judged waggle.Severity
		says   waggle.Level
		want   waggle.Severity
	}{
		"malicious raises":              {verdict.Bounds{}, medium, waggle.Malicious, high},
		"safe lowers":                   {verdict.Bounds{}, medium, waggle.Safe, low},
		"suspicious leaves":             {verdict.Bounds{}, medium, waggle.Suspicious, medium},
		"info leaves":                   {verdict.Bounds{}, medium, waggle.Info, medium},
		"not above high by itself":      {verdict.Bounds{}, high, waggle.Malicious, high},
		"above it where allowed":        {verdict.Bounds{Max: critical}, high, waggle.Malicious, critical},
		"what is above the bound stays": {verdict.Bounds{Max: medium}, critical, waggle.Malicious, critical},
		"not below the bound":           {verdict.Bounds{Min: medium}, medium, waggle.Safe, medium},
		"what is below the bound stays": {verdict.Bounds{Min: high}, medium, waggle.Safe, medium},
		"the scale ends":                {verdict.Bounds{Max: critical}, critical, waggle.Malicious, critical},
	} {
		t.Run(name, func(t *testing.T) {
			s := waggle.Story{Judged: c.judged, Severity: c.judged, Indicators: []waggle.Indicator{{Analyses: []waggle.Analysis{tell("A_1_0", c.says)}}}}
			judge := verdict.New(verdict.Settings{Severity: c.bounds}, nil)
			got := judge.Judge(s)
			assert.Equal(t, c.want, got.Severity)
			assert.Equal(t, got, judge.Judge(got), "judging again moves nothing")
		})
	}
	t.Run("without a verdict it is as judged", func(t *testing.T) {
		assert.Equal(t, medium, verdict.New(verdict.Settings{}, nil).Judge(waggle.Story{Judged: medium, Severity: high}).Severity)
	})
}

// TestAVerdictOutlivesItsAnalyses: what was said of a value holds on once the
// analyses are dropped, beside what is said of others.
func TestAVerdictOutlivesItsAnalyses(t *testing.T) {
	judge := verdict.New(verdict.Settings{}, known)
	was := &waggle.Verdict{Level: waggle.Malicious, Why: "URLhaus says malicious."}
	s := judge.Judge(waggle.Story{Judged: waggle.Medium, Severity: waggle.High, Indicators: []waggle.Indicator{
		{Indicator: ioc.Indicator{Kind: ioc.Domain, Value: "old.example"}, Verdict: was},
		{Indicator: ioc.Indicator{Kind: ioc.Domain, Value: "new.example"}, Analyses: []waggle.Analysis{tell("A_1_0", waggle.Info)}},
	}})
	assert.Equal(t, []any{was, waggle.Malicious, waggle.High}, []any{s.Indicators[0].Verdict, s.Verdict.Level, s.Severity})
}
