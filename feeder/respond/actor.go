package respond

import (
	"context"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// TheHive is the part of *thehive.Client that actions need.
type TheHive interface {
	Alert(ctx context.Context, id string) (thehive.Alert, error)
	Promote(ctx context.Context, alertID, template string) (caseID string, err error)
	Responders(ctx context.Context, kind, id string) ([]thehive.Responder, error)
	Runs(ctx context.Context, kind, id string) ([]thehive.Run, error)
	StartRun(ctx context.Context, r thehive.Responder, kind, id string) (thehive.Run, error)
}

// MISP is the part of *misp.Client that actions need.
type MISP interface {
	PutDraft(ctx context.Context, d misp.Draft, p misp.Policy) (misp.Result, error)
}

// Options say what an Actor can use; nil is what there is none of.
type Options struct {
	TheHive      TheHive
	MISP         MISP
	Mail         func(ctx context.Context, s waggle.Story) error // tells of a story
	CaseTemplate string
	Now          func() time.Time // nil = time.Now
}

// Actor carries actions out: through TheHive, whose responders do the work and
// whose analysts see that it was done; without TheHive by itself.
type Actor struct{ Options }

// New makes an Actor.
func New(o Options) *Actor {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Actor{o}
}

// Can tells whether there is anything that an action could be carried out with.
func (a *Actor) Can(name waggle.ActionName) bool {
	switch name {
	case waggle.ToMISP:
		return a.TheHive != nil || a.MISP != nil
	case waggle.ToCase:
		return a.TheHive != nil
	case waggle.ToNotify:
		return a.TheHive != nil || a.Mail != nil
	}
	return false
}

// Act goes on with an action, and gives it as it is now. An error means that it
// is to be gone on with later; what is given with it holds as well.
func (a *Actor) Act(ctx context.Context, s waggle.Story, act waggle.Action) (waggle.Action, error) {
	if !a.Can(act.Name) {
		return refused(act, "nothing is configured that could do it"), nil
	}
	if a.TheHive == nil {
		if act.Name == waggle.ToMISP {
			return a.toMISP(ctx, s, act)
		}
		return a.toMail(ctx, s, act)
	}
	if s.Alert.ID == "" {
		return refused(act, "the story has no alert in TheHive"), nil
	}
	held, err := a.TheHive.Alert(ctx, s.Alert.ID)
	if err != nil {
		return act, err
	}
	if held.SourceRef != s.ID {
		return refused(act, "the story is in the day's digest and has no alert of its own"), nil
	}
	switch act.Name {
	case waggle.ToMISP:
		return a.respond(ctx, s, act, mispResponder)
	case waggle.ToCase:
		return a.toCase(ctx, s, act, held)
	}
	return a.notify(ctx, s, act)
}

// toCase makes the alert a case.
func (a *Actor) toCase(ctx context.Context, s waggle.Story, act waggle.Action, held thehive.Alert) (waggle.Action, error) {
	id, err := a.TheHive.Promote(ctx, s.Alert.ID, a.CaseTemplate)
	if err != nil {
		return act, err
	}
	act.State, act.Ref, act.Note = waggle.ActionDone, id, "made case "+id
	if held.Case != "" {
		act.Note = "the alert is in case " + id
	}
	return act, nil
}

// toMail tells of the story by mail. A mail program tells a mail that comes
// twice, after a crash just here, by its id.
func (a *Actor) toMail(ctx context.Context, s waggle.Story, act waggle.Action) (waggle.Action, error) {
	if s.TLP > mostShared {
		return refused(act, "its TLP is above AMBER, and a mail is read by others on its way"), nil
	}
	if err := a.Mail(ctx, s); err != nil {
		return act, err
	}
	act.State, act.Note = waggle.ActionDone, "sent by mail"
	return act, nil
}

// mostShared is the highest TLP of what is handed on by ourselves; that of our
// responders at their default.
const mostShared = 2

func refused(act waggle.Action, why string) waggle.Action {
	act.State, act.Error = waggle.ActionRefused, why
	return act
}

// Possible gives the rules without the actions that nothing could carry out.
func (r Rules) Possible(can func(waggle.ActionName) bool) Rules {
	out := Rules{CaseTemplate: r.CaseTemplate}
	for _, one := range r.rules {
		var then []waggle.ActionName
		for _, name := range one.Then {
			if can(name) {
				then = append(then, name)
			}
		}
		if len(then) > 0 {
			one.Then = then
			out.rules = append(out.rules, one)
		}
	}
	return out
}
