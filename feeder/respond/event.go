package respond

import (
	"context"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/misp"
)

// toMISP makes or updates the story's event in MISP without TheHive. The event
// is named by the story, so it is one however often this is done.
func (a *Actor) toMISP(ctx context.Context, s waggle.Story, act waggle.Action) (waggle.Action, error) {
	if s.TLP > mostShared {
		return refused(act, "its TLP is above AMBER, so it goes to no other system by itself"), nil
	}
	result, err := a.MISP.PutEvent(ctx, event(s))
	if err != nil {
		return act, err
	}
	act.State, act.Ref = waggle.ActionDone, result.UUID
	act.Note = fmt.Sprintf("MISP event %s holds %d attributes", result.ID, result.Saved)
	if n := len(result.Refused); n > 0 {
		first := result.Refused[0]
		act.Note += fmt.Sprintf("; it refused %d, the first for this: %s", n, harmless.Line(first.Reason, 200))
	}
	return act, nil
}

// event is a story as an event of our own organisation. Whoever wants to share
// it does so in MISP.
func event(s waggle.Story) misp.Event {
	e := misp.Event{
		UUID:        misp.EventUUID("waggle", "story", s.ID),
		Info:        harmless.Plain(s.Title, 300),
		Date:        s.First.Truncate(24 * time.Hour),
		ThreatLevel: misp.ThreatOf(int(s.Severity)),
		Tags:        misp.MarkingTags(marking.TLP(s.TLP), marking.PAP(s.PAP)),
	}
	for _, i := range s.Indicators {
		attribute := misp.FromObservable(i.Kind.TheHive(i.Value), i.Value)
		attribute.ToIDS = attribute.ToIDS && detectable(i)
		if i.Verdict != nil {
			attribute.Comment = harmless.Plain(i.Verdict.Why, 500)
		}
		e.Attributes = append(e.Attributes, attribute)
	}
	return e
}

// detectable tells whether a value is fit to raise an alarm: what is called
// safe, or is known to be used by everybody, would raise many.
func detectable(i waggle.Indicator) bool {
	if !waggle.Searchable(i.Kind) {
		return false
	}
	return i.Verdict == nil || i.Verdict.Level == waggle.Malicious || i.Verdict.Level == waggle.Suspicious || i.Verdict.Level == waggle.Unknown
}
