package alert

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// caseOf gives the case that an alert is in, whoever put it there; nil where it
// is in none, or in one that is deleted or not ours to see.
func (r *Raiser) caseOf(ctx context.Context, held thehive.Alert) (in *thehive.Case, note string, err error) {
	if held.Case == "" {
		return nil, "", nil
	}
	read, err := r.theHive.Case(ctx, held.Case)
	if err == nil {
		return &read, "", nil
	}
	note, err = lasting("its case is not kept up to date", err)
	return nil, note, err
}

// lasting divides what went wrong at a case: another try may mend an error; what
// it cannot mend is a note, and holds the story up no longer. A case that is not
// there any more is neither.
func lasting(what string, failure error) (note string, err error) {
	switch upstream.ReasonOf(failure) {
	case upstream.NotFound:
		return "", nil
	case upstream.Auth, upstream.BadInput:
		return what + ": " + failure.Error(), nil
	}
	return "", failure
}

// addToCase adds to the case of a story's alert what has come in since the
// revision that TheHive holds: TheHive 4.1 copies an alert's observables once,
// when the case is made. So an observable that an analyst takes out of the case
// stays out. A case that is closed stays as it was closed.
func (r *Raiser) addToCase(ctx context.Context, in *thehive.Case, held thehive.Alert, s waggle.Story) (note string, err error) {
	if in == nil || r.leaveCases {
		return "", nil
	}
	fresh, own := observables(s, s.Alert.Revision), held.SourceRef == s.ID
	if !own { // it is a line of a digest, which has the first few
		fresh = fresh[:min(len(fresh), maxDigested)]
	}
	if len(fresh) == 0 && !newer(s.Indicators, s.Alert.Revision) {
		return "", nil
	}
	if in.Closed {
		return "its case " + strconv.Itoa(in.Number) + " is closed, so it was left as it is: what came in since is in the alert alone", nil
	}
	var refused []thehive.Failure
	if len(fresh) > 0 {
		if _, _, refused, err = r.theHive.AddCaseObservables(ctx, in.ID, fresh); err != nil {
			return lasting("what came in since is not in its case", err)
		}
	}
	if own {
		rest, err := r.attachRest(ctx, r.theHive.KeepCaseFile, in.ID, s, s.Alert.Revision)
		if err != nil {
			return lasting("the file with further values is not in its case", err)
		}
		refused = append(refused, rest...)
	}
	if len(refused) == 0 {
		return "", nil
	}
	return "in its case: " + refusals(refused), nil
}

// markCase brings to the case that its alert is in what a story came to: the kind
// of threat as a custom field, the verdict as a tag and as a custom field, both
// fields unless an analyst has changed them. A case may hold several alerts, and is
// marked with the worst of their verdicts. One that is closed is left alone.
func (r *Raiser) markCase(ctx context.Context, in *thehive.Case, held thehive.Alert, s waggle.Story) (note string, err error) {
	if in == nil || in.Closed {
		return "", nil
	}
	patch := thehive.CasePatch{Fields: map[string]any{}}
	// The case has the kind that its alert had when it was made. Another one is an
	// analyst's, or of another alert in it. A line of a digest says nothing of the whole.
	kind, was := string(s.ThreatKind()), in.Fields[ThreatField]
	if held.SourceRef == s.ID && was != kind && (was == nil || was == threatIn(held.Description)) {
		patch.Fields[ThreatField] = kind
	}
	if s.Verdict != nil {
		verdictOnCase(&patch, in, s.Verdict.Level)
	}
	return lasting("verdict and kind of threat are not on the case", r.theHive.UpdateCase(ctx, in.ID, patch))
}

// verdictOnCase adds to a change what a story's verdict changes of a case.
func verdictOnCase(patch *thehive.CasePatch, in *thehive.Case, level waggle.Level) {
	known := levelsIn(in.Tags)
	worst := slices.MinFunc(append(known, level), func(a, b waggle.Level) int { return a.Order() - b.Order() })
	if tags := withVerdict(in.Tags, &waggle.Verdict{Level: worst}); !slices.Equal(tags, in.Tags) {
		patch.Tags = tags
	}
	// The tag is the feeder's, so a field that says the same is, too.
	field, isText := in.Fields[VerdictField].(string)
	ours := in.Fields[VerdictField] == nil || isText && slices.Contains(known, waggle.Level(field))
	if ours && field != string(worst) {
		patch.Fields[VerdictField] = string(worst)
	}
}

// levelsIn are the verdicts that tags name.
func levelsIn(tags []string) []waggle.Level {
	var out []waggle.Level
	for _, tag := range tags {
		if name, ok := strings.CutPrefix(tag, verdictTag); ok && waggle.Level(name).Order() >= 0 {
			out = append(out, waggle.Level(name))
		}
	}
	return out
}
