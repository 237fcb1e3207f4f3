package alert

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// verdictTag begins the tag that names a verdict, on alerts, cases and
// observables. There is one at a time, and it is the feeder's: an analyst who
// disagrees tags in words of his own.
const verdictTag = Type + ":verdict="

// VerdictField is the custom field of the verdict, a text.
const VerdictField = "waggle-verdict"

// withVerdict are tags with the verdict's in the place of an earlier one.
// Without a verdict they are as they were.
func withVerdict(tags []string, v *waggle.Verdict) []string {
	if v == nil {
		return tags
	}
	want := verdictTag + string(v.Level)
	if slices.Contains(tags, want) {
		return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return tag != want && strings.HasPrefix(tag, verdictTag) })
	}
	return append(withoutVerdict(tags), want)
}

// verdictFor is the verdict that an alert shows as its own: a digest holds
// several stories, and shows none.
func verdictFor(held thehive.Alert, s waggle.Story) *waggle.Verdict {
	if held.SourceRef != s.ID {
		return nil
	}
	return s.Verdict
}

func withoutVerdict(tags []string) []string {
	return slices.DeleteFunc(slices.Clone(tags), func(tag string) bool { return strings.HasPrefix(tag, verdictTag) })
}

// mark brings the verdicts of a story's values to the observables of its alert,
// and of the case that the alert is in. Only the verdict's tag is changed, and
// with it, the first time, the IoC flag where the verdict is clear: what an
// analyst does to the flag afterwards stays.
//
// A key that may create alerts and change no observables is told of in note, and
// holds nothing up.
func (r *Raiser) mark(ctx context.Context, alertID string, in *thehive.Case, s waggle.Story) (note string, err error) {
	verdicts := verdictsOf(s)
	if len(verdicts) == 0 {
		return "", nil
	}
	observed, err := r.observed(ctx, alertID, in)
	if err != nil {
		return "", err
	}
	for _, o := range observed {
		v := verdicts[o.Data]
		tags := withVerdict(o.Tags, v)
		if slices.Equal(tags, o.Tags) {
			continue
		}
		err := r.theHive.UpdateObservable(ctx, o.ID, thehive.ObservablePatch{Tags: tags, IOC: flag(v)})
		if upstream.ReasonOf(err) == upstream.Auth {
			return "the verdicts are not on the observables: " + err.Error(), nil
		}
		if err != nil && upstream.ReasonOf(err) != upstream.NotFound { // taken away meanwhile
			return "", err
		}
	}
	return "", nil
}

// observed are the observables of an alert, and of the case that it is in.
func (r *Raiser) observed(ctx context.Context, alertID string, in *thehive.Case) ([]thehive.Observable, error) {
	all, err := r.theHive.AlertObservables(ctx, alertID)
	if err != nil || in == nil || in.Closed {
		return all, err
	}
	more, err := r.theHive.CaseObservables(ctx, in.ID)
	return append(all, more...), err
}

// verdictsOf are the verdicts of a story's values by value. TheHive may hold a
// value under another type than ours, so the type does not count.
func verdictsOf(s waggle.Story) map[string]*waggle.Verdict {
	out := map[string]*waggle.Verdict{}
	for _, i := range s.Indicators {
		if i.Verdict != nil {
			out[i.Value] = i.Verdict
		}
	}
	return out
}

// flag is what a clear verdict makes of the IoC flag; nil leaves it.
func flag(v *waggle.Verdict) *bool {
	is := v.Level == waggle.Malicious
	if is || v.Level == waggle.Safe {
		return &is
	}
	return nil
}

// maxJudged bounds the values that the description lists with their verdict.
const maxJudged = 40

// verdicts says what the analyzers say, the worst first.
func (d *description) verdicts(s waggle.Story) {
	if s.Verdict == nil {
		return
	}
	d.block("### What the analyzers say")
	d.block("Verdict: %s. %s", s.Verdict.Level, harmless.Markdown(s.Verdict.Why, 500))
	judged := slices.DeleteFunc(slices.Clone(s.Indicators), func(i waggle.Indicator) bool { return i.Verdict == nil })
	slices.SortStableFunc(judged, func(a, b waggle.Indicator) int { return a.Verdict.Level.Order() - b.Verdict.Level.Order() })
	d.line("| Value | Verdict | Why |")
	d.line("|:---|:---|:---|")
	for n, i := range judged {
		if n == maxJudged || !d.line("| %s | %s | %s |", value(i), i.Verdict.Level, harmless.Markdown(i.Verdict.Why, 400)) {
			d.limit += reserve
			d.line("\n%d more are on the feeder's page.", len(judged)-n)
			break
		}
	}
	d.line("")
}

// verdictTold is where a description tells the verdict.
var verdictTold = regexp.MustCompile(`(?m)^Verdict: ([a-z]+)\. `)

// severityIn gives the severity that a description tells, which is the one that
// the alert was given along with it; 0 if it tells none.
func severityIn(text string) int {
	m := scoreLine.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	s, _ := waggle.SeverityOf(m[2])
	return int(s)
}

// verdictIn gives the verdict that a description tells, as the custom field has
// it; nil if it tells none.
func verdictIn(text string) any {
	if m := verdictTold.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return nil
}

// fields are the custom fields of a story's alert.
func fields(s waggle.Story) map[string]any {
	out := map[string]any{ScoreField: s.Score, StoryField: s.ID, ThreatField: string(s.ThreatKind())}
	if s.Verdict != nil {
		out[VerdictField] = string(s.Verdict.Level)
	}
	return out
}

// fieldsToSet are the fields of a story that differ from those that an alert
// holds and that no analyst has changed: what the alert holds is then what its
// description tells.
func fieldsToSet(held thehive.Alert, s waggle.Story) map[string]any {
	out := map[string]any{}
	told := map[string]any{ScoreField: scoreIn(held.Description), ThreatField: threatIn(held.Description), VerdictField: verdictIn(held.Description)}
	for name, value := range fields(s) {
		was, ours := told[name]
		if ours && (held.Fields[name] == nil || held.Fields[name] == was) {
			out[name] = value
		}
	}
	return out
}
