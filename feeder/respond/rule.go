// Package respond does what a business wants done about a threat by itself: the
// rules of its profile say when, and an Actor makes a MISP event, a case, or
// tells somebody.
//
// An action is there once for a story; an event in MISP is brought up to date as
// the story grows. Before one is begun, whoever carries it
// out is asked whether it was: so it may be asked for again after a crash, and
// what an analyst did by hand meanwhile counts as well.
package respond

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/feeder/strictyaml"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Rules say what is to be done about which story.
type Rules struct {
	rules []rule
	// CaseTemplate is the name of TheHive's template that cases are made with;
	// empty = none.
	CaseTemplate string
}

// rule is one rule: all conditions must hold.
type rule struct {
	Name string              `yaml:"name"`
	When when                `yaml:"when"`
	Then []waggle.ActionName `yaml:"then"`
}

// when are the conditions of a rule. What is not written holds always; of a list
// one is enough.
type when struct {
	Verdict  words  `yaml:"verdict"`  // malicious, suspicious, info, safe, unknown
	Score    string `yaml:"score"`    // ">=70"
	Severity string `yaml:"severity"` // ">=high"
	Values   string `yaml:"values"`   // ">0": how many can be searched for
	KEV      *bool  `yaml:"kev"`      // a vulnerability that CISA lists as exploited
	Touches  words  `yaml:"touches"`  // product, vendor, trade, word: what of the business it concerns
	About    words  `yaml:"about"`    // words of its title or of its reasons: ransomware
	Tag      words  `yaml:"tag"`      // patterns of its tags: waggle:attack=T1486
	Source   words  `yaml:"source"`   // names of its sources
}

// Demand gives what the rules demand for a story, each action once, with the
// first rule that does.
func (r Rules) Demand(s waggle.Story) []waggle.Action {
	var out []waggle.Action
	for _, one := range r.rules {
		if !one.When.holds(s) {
			continue
		}
		for _, name := range one.Then {
			if !slices.ContainsFunc(out, func(a waggle.Action) bool { return a.Name == name }) {
				out = append(out, waggle.Action{Name: name, Rule: one.String()})
			}
		}
	}
	return out
}

// String is the rule in words, for who asks why something was done.
func (r rule) String() string {
	return cmp.Or(r.Name, "when "+r.When.String())
}

// kevTag marks the stories of a vulnerability that CISA lists as exploited.
const kevTag = "waggle:kev"

func (w when) holds(s waggle.Story) bool {
	level := waggle.Unknown
	if s.Verdict != nil {
		level = s.Verdict.Level
	}
	kev := slices.Contains(s.Tags, kevTag)
	return w.Verdict.has(string(level)) &&
		compare(w.Score, s.Score) && compareSeverity(w.Severity, s.Severity) && compare(w.Values, s.Marks()) &&
		(w.KEV == nil || *w.KEV == kev) &&
		w.Touches.any(func(one string) bool {
			return slices.ContainsFunc(s.Reasons, func(r waggle.Reason) bool { return string(r.Touches) == one })
		}) &&
		w.About.any(func(one string) bool { return about(s, one) }) &&
		w.Tag.any(func(pattern string) bool {
			return slices.ContainsFunc(s.Tags, func(tag string) bool { return fits(pattern, tag) })
		}) &&
		w.Source.any(func(name string) bool {
			return slices.ContainsFunc(s.Posts, func(p waggle.Member) bool { return p.Source == name })
		})
}

// about tells whether a story's title or one of its reasons has a word.
func about(s waggle.Story, word string) bool {
	word = strings.ToLower(word)
	return strings.Contains(strings.ToLower(s.Title), word) ||
		slices.ContainsFunc(s.Reasons, func(r waggle.Reason) bool { return r.Points > 0 && strings.Contains(strings.ToLower(r.Text), word) })
}

// fits tells whether a tag has the form of a pattern, which was checked when it
// was read.
func fits(pattern, tag string) bool {
	ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(tag))
	return ok && err == nil
}

// String is the conditions in words.
func (w when) String() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+" "+value)
		}
	}
	add("the verdict is", w.Verdict.String())
	add("the score", w.Score)
	add("the severity", w.Severity)
	add("values", w.Values)
	if w.KEV != nil {
		add("known as exploited:", strconv.FormatBool(*w.KEV))
	}
	add("it touches", w.Touches.String())
	add("it is about", w.About.String())
	add("a tag is", w.Tag.String())
	add("a source is", w.Source.String())
	return strings.Join(parts, ", ")
}

// check finds what is wrong with a rule.
func (r rule) check(doc *strictyaml.Document, at ...any) error {
	under := func(more ...any) []any { return append(slices.Clone(at), more...) }
	if r.When.String() == "" {
		return doc.Errorf(under("when"), "a rule that always holds would act on every story: write under `when` which ones")
	}
	if len(r.Then) == 0 {
		return doc.Errorf(under("then"), "a rule needs something to do: %s", list(actions()))
	}
	for i, name := range r.Then {
		if !slices.Contains(actions(), name) {
			return doc.Errorf(under("then", i), "%q is no action: use %s", name, list(actions()))
		}
	}
	for _, c := range []struct {
		key     string
		words   words
		allowed []string
	}{
		{"verdict", r.When.Verdict, []string{"malicious", "suspicious", "info", "safe", "unknown"}},
		{"touches", r.When.Touches, []string{"product", "vendor", "trade", "word"}},
	} {
		for _, word := range c.words {
			if !slices.Contains(c.allowed, word) {
				return doc.Errorf(under("when", c.key), "%q is none that %s can be: use %s", word, c.key, list(c.allowed))
			}
		}
	}
	for _, pattern := range r.When.Tag {
		if _, err := path.Match(pattern, ""); err != nil {
			return doc.Errorf(under("when", "tag"), "%q is no pattern of tags: use * for any text", pattern)
		}
	}
	for key, text := range map[string]string{"score": r.When.Score, "values": r.When.Values} {
		if _, _, err := comparison(text); text != "" && err != nil {
			return doc.Errorf(under("when", key), "%s: %w", key, err)
		}
	}
	if _, _, err := severityComparison(r.When.Severity); r.When.Severity != "" && err != nil {
		return doc.Errorf(under("when", "severity"), "severity: %w", err)
	}
	return nil
}

func actions() []waggle.ActionName {
	return []waggle.ActionName{waggle.ToMISP, waggle.ToCase, waggle.ToNotify}
}

func list[T ~string](all []T) string {
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = string(one)
	}
	return fmt.Sprintf("%s or %s", strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
}
