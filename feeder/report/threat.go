package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// How much of a story a report tells.
const (
	maxTitle   = 200 // characters
	maxSummary = 600
	maxWhy     = 4 // reasons
	maxSources = 5
	maxValues  = 20
)

// Urgency says what a threat asks of the reader.
type Urgency string

// The urgencies, the first first.
const (
	Act   Urgency = "act"   // do something now
	Check Urgency = "check" // find out whether it concerns us
	Know  Urgency = "know"  // good to know
)

// Name is the urgency as a heading.
func (u Urgency) Name() string {
	switch u {
	case Act:
		return "Act now"
	case Check:
		return "Check this week"
	}
	return "Good to know"
}

// rank puts the most urgent first, then what is due soonest, then the highest
// score, then the newest.
func rank(all []Threat) {
	place := []Urgency{Act, Check, Know}
	slices.SortStableFunc(all, func(a, b Threat) int {
		return cmp.Or(
			cmp.Compare(slices.Index(place, a.Urgency), slices.Index(place, b.Urgency)),
			cmp.Compare(due(a), due(b)),
			cmp.Compare(b.Score, a.Score),
			b.Last.Compare(a.Last))
	})
}

// due is the first day on which something of the threat is due, as a number
// that sorts; without one it is later than all others.
func due(t Threat) int64 {
	first := int64(1 << 62)
	for _, s := range t.Do {
		if !s.By.IsZero() {
			first = min(first, s.By.Unix())
		}
	}
	return first
}

// threatOf puts a story in words.
func threatOf(s waggle.Story) Threat {
	t := Threat{
		Story: s.ID, Title: cmp.Or(harmless.Plain(s.Title, maxTitle), "(no title)"), Summary: harmless.Plain(s.Summary, maxSummary),
		Severity: s.Severity.String(), Score: s.Score, First: s.First, Last: s.Last, Why: whyOf(s.Reasons), Sources: sourcesOf(s),
	}
	touch, prominent := touchOf(s.Reasons)
	t.Touches, t.Touch = touch, says(touch, prominent)
	for _, i := range s.Indicators {
		if !waggle.Searchable(i.Kind) {
			continue
		}
		if t.Marks++; len(t.Values) < maxValues {
			t.Values = append(t.Values, harmless.Line(ioc.Defang(i.Value), maxTitle))
		}
	}
	if s.Verdict != nil {
		t.Verdict = s.Verdict.Level
		t.Why = append(proven(s), t.Why...)
	}
	told := steps(s)
	t.Urgency = urgency(s.Severity, prominent, len(told) > 0)
	t.Do = append(told, usual(t)...)
	return t
}

// urgency: what we use and is grave, or is exploited, cannot wait.
func urgency(s waggle.Severity, ours, exploited bool) Urgency {
	switch {
	case s >= waggle.Critical, ours && (s >= waggle.High || exploited):
		return Act
	case s >= waggle.High, ours, exploited:
		return Check
	}
	return Know
}

// prominence is the points from which a reason that names a product means
// that the story is about it, and does not only mention it.
const prominence = 9

// touchOf is the nearest touch among the reasons, and whether it is something
// we use that the story is about.
func touchOf(reasons []waggle.Reason) (nearest waggle.Touch, ours bool) {
	order := []waggle.Touch{waggle.TouchesProduct, waggle.TouchesVendor, waggle.TouchesTrade, waggle.TouchesWord}
	best := len(order)
	for _, r := range reasons {
		at := slices.Index(order, r.Touches)
		if at < 0 || r.Points <= 0 {
			continue
		}
		ours = ours || at == 0 && r.Points >= prominence
		best = min(best, at)
	}
	if best == len(order) {
		return "", false
	}
	return order[best], ours
}

// says is whether a threat touches us, as a sentence.
func says(touch waggle.Touch, ours bool) string {
	switch {
	case ours:
		return "Yes, if you still use it: it is about something on your list."
	case touch == waggle.TouchesProduct:
		return "Perhaps: it mentions something on your list, without being about it."
	case touch == waggle.TouchesVendor:
		return "Perhaps: it names a maker of something on your list."
	case touch == waggle.TouchesTrade:
		return "Perhaps: it tells of your sector or your country."
	case touch == waggle.TouchesWord:
		return "Perhaps: it has a word that your profile looks for."
	}
	return "Nothing on your list is named in it. Such attacks choose their victims by chance."
}

// whyOf are the weightiest reasons that speak for the threat.
func whyOf(reasons []waggle.Reason) []string {
	why := []string{}
	for _, r := range reasons {
		if r.Points > 0 && len(why) < maxWhy {
			why = append(why, sentence(harmless.Plain(r.Text, 300)))
		}
	}
	return why
}

// proven says what analyzers found, where that is for or against the threat.
func proven(s waggle.Story) []string {
	n := 0
	for _, i := range s.Indicators {
		if i.Verdict != nil && i.Verdict.Level == waggle.Malicious {
			n++
		}
	}
	switch {
	case n > 0:
		return []string{fmt.Sprintf("Analyzers call %d of its values malicious.", n)}
	case s.Verdict.Level == waggle.Suspicious:
		return []string{"Analyzers call some of its values suspicious."}
	case s.Verdict.Level == waggle.Safe:
		return []string{"Analyzers call all of its values safe: it may be a false alarm."}
	}
	return nil
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	first, width := utf8.DecodeRuneInString(text)
	if width == 0 {
		return ""
	}
	text = string(unicode.ToUpper(first)) + text[width:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// steps is what the reasons say to do.
func steps(s waggle.Story) []Step {
	out := []Step{}
	for _, r := range s.Reasons {
		if r.Do != "" {
			out = append(out, Step{Text: sentence(harmless.Plain(r.Do, 500)), By: r.By, Link: openable(r.Link, s)})
		}
	}
	return out
}

// usual is what to do about every threat of its kind.
func usual(t Threat) []Step {
	var out []Step
	switch {
	case t.Marks == 1:
		out = append(out, Step{Text: "Have logs and mail searched for the mark of this attack, and have it blocked."})
	case t.Marks > 1:
		out = append(out, Step{Text: fmt.Sprintf("Have logs and mail searched for the %d marks of this attack, and have blocked what nothing here needs.", t.Marks)})
	}
	switch t.Urgency {
	case Know:
		out = append(out, Step{Text: "Nothing else: read it when you have time."})
	default:
		out = append(out, Step{Text: "Ask whoever looks after your computers whether it concerns you; the first source below says more."})
	}
	return out
}

// sourcesOf are the publications that tell the story.
func sourcesOf(s waggle.Story) []Source {
	out := []Source{}
	for _, p := range s.Posts[:min(len(s.Posts), maxSources)] {
		out = append(out, Source{Name: harmless.Plain(p.Source, maxTitle), Title: cmp.Or(harmless.Plain(p.Title, maxTitle), "(no title)"), URL: openable(p.URL, s), Published: p.Published})
	}
	return out
}

// openable is an address that a reader may open: none that the story itself
// warns of.
func openable(address string, s waggle.Story) string {
	found := make([]ioc.Indicator, len(s.Indicators))
	for n, i := range s.Indicators {
		found[n] = i.Indicator
	}
	return harmless.Publication(address, found)
}
