package respond_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/respond"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// threat is a story that the tests' rules speak of.
func threat() waggle.Story {
	return waggle.Story{
		ID: "0123456789abcdef0123456789abcdef", Title: "Loader spreads", Score: 71, Severity: waggle.High, TLP: 2, PAP: 2,
		Tags:    []string{"waggle:kev", "waggle:attack=T1486"},
		Reasons: []waggle.Reason{{Points: 20, Text: "about ransomware", Touches: waggle.TouchesTrade}, {Points: -5, Text: "about advertising"}},
		Posts:   []waggle.Member{{Ref: "a", Source: "blog"}},
		Indicators: []waggle.Indicator{
			{Indicator: ioc.Indicator{Kind: ioc.Domain, Value: "bad.example"}, Verdict: &waggle.Verdict{Level: waggle.Malicious, Why: "URLhaus says malicious."}},
			{Indicator: ioc.Indicator{Kind: ioc.CVE, Value: "CVE-2026-91234"}},
		},
		Verdict:  &waggle.Verdict{Level: waggle.Malicious, Why: "Of 2 values: 1 malicious; 1 was not analysed."},
		Revision: 3, Alert: waggle.Delivery{ID: "~1", Revision: 3},
	}
}

func rules(t *testing.T, text string) respond.Rules {
	t.Helper()
	r, err := respond.Read("p.yaml", []byte(text), respond.Rules{})
	require.NoError(t, err)
	return r
}

func TestConditions(t *testing.T) {
	for when, want := range map[string]bool{
		`{verdict: malicious}`:                    true,
		`{verdict: [suspicious, malicious]}`:      true,
		`{verdict: safe}`:                         false,
		`{score: ">=71"}`:                         true,
		`{score: ">71"}`:                          false,
		`{score: "<72"}`:                          true,
		`{score: "<= 70"}`:                        false,
		`{score: 71}`:                             true,
		`{score: "=70"}`:                          false,
		`{severity: ">=medium"}`:                  true,
		`{severity: high}`:                        true,
		`{severity: critical}`:                    false,
		`{values: ">0"}`:                          true,
		`{values: ">1"}`:                          false, // a vulnerability is nothing to search for
		`{kev: true}`:                             true,
		`{kev: false}`:                            false,
		`{touches: [product, trade]}`:             true,
		`{touches: product}`:                      false,
		`{about: Ransomware}`:                     true,
		`{about: loader}`:                         true,
		`{about: advertising}`:                    false, // that speaks against it
		`{tag: "waggle:attack=*"}`:                true,
		`{tag: [nothing, "waggle:ATTACK=t1486"]}`: true,
		`{tag: "waggle"}`:                         false,
		`{source: blog}`:                          true,
		`{source: news}`:                          false,
		`{verdict: malicious, score: ">=70", kev: true}`: true,
		`{verdict: malicious, score: ">=90", kev: true}`: false,
	} {
		t.Run(when, func(t *testing.T) {
			r := rules(t, "rules:\n  respond:\n    - {when: "+when+", then: [misp]}\n")
			assert.Equal(t, want, len(r.Demand(threat())) == 1)
		})
	}
	t.Run("no verdict is unknown", func(t *testing.T) {
		s := threat()
		s.Verdict = nil
		assert.Len(t, rules(t, "rules: {respond: [{when: {verdict: unknown}, then: [misp]}]}").Demand(s), 1)
	})
}

func TestEachActionOnceWithTheFirstRule(t *testing.T) {
	r := rules(t, `
rules:
  respond:
    - {name: a grave one, when: {score: ">70"}, then: [notify, misp]}
    - {when: {verdict: malicious, kev: true}, then: [misp, case]}
    - {when: {verdict: safe}, then: [case]}
`)
	assert.Equal(t, []waggle.Action{
		{Name: waggle.ToNotify, Rule: "a grave one"},
		{Name: waggle.ToMISP, Rule: "a grave one"},
		{Name: waggle.ToCase, Rule: "when the verdict is malicious, known as exploited: true"},
	}, r.Demand(threat()))
}

func TestRulesOfLayers(t *testing.T) {
	below := rules(t, "case_template: Old\nrules: {respond: [{name: base, when: {score: \">0\"}, then: [misp]}]}")
	for name, c := range map[string]struct {
		text     string
		want     []string
		template string
	}{
		"nothing of its own": {"name: x", []string{"base"}, "Old"},
		"its own first":      {"case_template: New\nrules: {respond: [{name: own, when: {kev: true}, then: [misp]}]}", []string{"own"}, "New"},
		"replaced":           {"replace: [rules]\nrules: {block: [{name: b, words: [x]}]}", nil, "Old"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := respond.Read("p.yaml", []byte(c.text), below)
			require.NoError(t, err)
			var got []string
			for _, a := range r.Demand(threat()) {
				got = append(got, a.Rule)
			}
			assert.Equal(t, []any{c.want, c.template}, []any{got, r.CaseTemplate})
		})
	}
}

func TestWrongRulesSayTheLine(t *testing.T) {
	for name, c := range map[string]struct{ rule, want string }{
		"unknown key":       {"{when: {verdikt: malicious}, then: [misp]}", `p.yaml:4: unknown key "verdikt": is it "verdict" that is meant?`},
		"unknown action":    {"{when: {kev: true}, then: [explode]}", `p.yaml:4: "explode" is no action: use misp, case or notify`},
		"nothing to do":     {"{when: {kev: true}}", "p.yaml:4: a rule needs something to do: misp, case or notify"},
		"no condition":      {"{then: [misp]}", "p.yaml:4: a rule that always holds would act on every story: write under `when` which ones"},
		"unknown verdict":   {"{when: {verdict: evil}, then: [misp]}", `p.yaml:4: "evil" is none that verdict can be: use malicious, suspicious, info, safe or unknown`},
		"unknown touch":     {"{when: {touches: [heart]}, then: [misp]}", `p.yaml:4: "heart" is none that touches can be: use product, vendor, trade or word`},
		"no number":         {"{when: {score: \">=many\"}, then: [misp]}", `p.yaml:4: score: expected a comparison such as ">=70" or "<30", got ">=many"`},
		"no severity":       {"{when: {severity: \">=loud\"}, then: [misp]}", `p.yaml:4: severity: expected a comparison with low, medium, high or critical, such as ">=high", got ">=loud"`},
		"no pattern":        {"{when: {tag: \"[\"}, then: [misp]}", `p.yaml:4: "[" is no pattern of tags: use * for any text`},
		"no truth":          {"{when: {kev: perhaps}, then: [misp]}", `p.yaml:4: expected true or false, got "perhaps"`},
		"a text for a list": {"{when: {kev: true}, then: misp}", "p.yaml:4: expected a list"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := respond.Read("p.yaml", []byte("name: x\nrules:\n  respond:\n    - "+c.rule+"\n"), respond.Rules{})
			assert.EqualError(t, err, c.want)
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("rules: {respond: [{when: {verdict: malicious, score: \">=70\", tag: \"a*\"}, then: [misp, case]}]}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := respond.Read("p.yaml", text, respond.Rules{})
		if err != nil {
			assert.ErrorContains(t, err, "p.yaml")
			return
		}
		r.Demand(threat())
	})
}
