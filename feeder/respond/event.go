package respond

import (
	"context"
	"fmt"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/misp"
)

// toMISP makes or updates the story's event in MISP without TheHive. The event
// is named by the story, so it is one however often this is done.
func (a *Actor) toMISP(ctx context.Context, s waggle.Story, act waggle.Action) (waggle.Action, error) {
	if s.TLP > mostShared {
		return refused(act, "its TLP is above AMBER, so it goes to no other system by itself"), nil
	}
	// An event of our own organisation, as the responder makes it by default.
	// Whoever wants to share it does so in MISP.
	result, err := a.MISP.PutDraft(ctx, draft(s), misp.Policy{ToIDS: misp.DetectIOCs, Warninglists: true, Objects: misp.ObjectsFiles, Posts: true})
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

// draft is a story in MISP's words.
func draft(s waggle.Story) misp.Draft {
	d := misp.Draft{
		UUID:     misp.EventUUID("waggle", "story", s.ID),
		Title:    harmless.Plain(s.Title, 300),
		Date:     s.First,
		Severity: int(s.Severity),
		TLP:      marking.TLP(s.TLP),
		PAP:      marking.PAP(s.PAP),
	}
	for _, m := range s.Posts {
		if m.URL != "" {
			d.Posts = append(d.Posts, misp.Post{Title: harmless.Plain(m.Title, 300), URL: m.URL})
		}
	}
	for _, i := range s.Indicators {
		o := misp.Observable{DataType: i.Kind.TheHive(i.Value), Data: i.Value, Tags: append(i.BesideTags(), ioc.KindTag(i.Kind)), IOC: detectable(i)}
		if i.Verdict != nil {
			o.Message = harmless.Plain(i.Verdict.Why, 500)
		}
		d.Observables = append(d.Observables, o)
	}
	return d
}

// detectable tells whether a value is fit to raise an alarm: what is called
// safe, or is known to be used by everybody, would raise many.
func detectable(i waggle.Indicator) bool {
	if !waggle.Searchable(i.Kind) {
		return false
	}
	return i.Verdict == nil || i.Verdict.Level == waggle.Malicious || i.Verdict.Level == waggle.Suspicious || i.Verdict.Level == waggle.Unknown
}
