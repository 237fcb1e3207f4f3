package respond

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// The responders, by the names that they have in Cortex, without version.
const (
	mispResponder   = "Waggle_MISPEvent"
	notifyResponder = "Waggle_Notify"
)

// AlertType is what a responder takes that is run on alerts.
const AlertType = "thehive:alert"

// Needed is a responder that rules have run.
type Needed struct {
	Name   string // without version
	Action waggle.ActionName
	Mail   bool // a mail takes its place where it is not offered
}

// Is tells whether a worker's name, with version, is that of the responder.
func (n Needed) Is(worker string) bool { return isOf(worker, n.Name) }

// Responders gives the responders that the rules have run through TheHive.
func (r Rules) Responders() []Needed {
	var out []Needed
	for _, n := range []Needed{{mispResponder, waggle.ToMISP, false}, {notifyResponder, waggle.ToNotify, true}} {
		if slices.ContainsFunc(r.rules, func(one rule) bool { return slices.Contains(one.Then, n.Action) }) {
			out = append(out, n)
		}
	}
	return out
}

// patience is how long a run may take before something is said about it. Cortex
// ends a job within its time limit; TheHive may wait for ever.
const patience = 10 * time.Minute

// respond has a responder run on a story's alert, once. Runs that are there
// already count, whoever began them: one whose begin we did not hear of after a
// crash, or one that an analyst asked for. For an update only those count that
// began since the story grew.
func (a *Actor) respond(ctx context.Context, s waggle.Story, act waggle.Action, responder string) (waggle.Action, error) {
	runs, err := a.TheHive.Runs(ctx, thehive.KindAlert, s.Alert.ID)
	if err != nil {
		return act, err
	}
	at := slices.IndexFunc(runs, func(r thehive.Run) bool { return isOf(r.Responder, responder) })
	if at < 0 {
		return a.begin(ctx, s, act, responder)
	}
	run := runs[at]
	switch {
	case outgrown(act, run) && run.Over():
		return a.begin(ctx, s, act, responder)
	case outgrown(act, run):
		return act, fmt.Errorf("an earlier run of %s is still under way, job %s in Cortex; it is run again after that", run.Responder, run.Job)
	case run.Status == thehive.JobSuccess:
		act.State, act.Ref, act.Note = waggle.ActionDone, run.Job, cmp.Or(run.Message, run.Responder+" has run")
		return act, nil
	case !run.Over():
		act.State, act.Ref, act.Note = waggle.ActionRunning, run.Job, run.Responder+" runs in Cortex"
		if took := a.Now().Sub(run.Started); took > patience {
			act.Error = fmt.Sprintf("TheHive has been waiting for job %s of %s for %s: look at it in Cortex", run.Job, run.Responder, took.Round(time.Minute))
		}
		return act, nil
	case act.State == waggle.ActionWanted && act.Ref == run.Job: // its failure was told; this is another try
		return a.begin(ctx, s, act, responder)
	}
	act.State, act.Ref, act.Note = waggle.ActionWanted, run.Job, ""
	return act, &upstream.Error{Service: "Cortex", Reason: upstream.Failure,
		Message: run.Responder + " failed: " + cmp.Or(run.Message, "it did not say why"), Next: "look at the job " + run.Job + " in Cortex; it is run again by itself"}
}

// skew is how far the clocks of the feeder and of Cortex may be apart.
const skew = time.Minute

// outgrown tells whether a run is from before the story grew for which the action
// is to be done again.
func outgrown(act waggle.Action, run thehive.Run) bool {
	return act.Times > 0 && act.State == waggle.ActionWanted && (run.Job == act.Ref || run.Started.Before(act.At.Add(-skew)))
}

// begin begins a run of the newest version of a responder.
func (a *Actor) begin(ctx context.Context, s waggle.Story, act waggle.Action, responder string) (waggle.Action, error) {
	newest, err := a.offered(ctx, s, responder)
	if err != nil {
		return act, err
	}
	run, err := a.TheHive.StartRun(ctx, newest, thehive.KindAlert, s.Alert.ID)
	if err != nil {
		return act, err
	}
	act.State, act.Ref, act.Note = waggle.ActionRunning, run.Job, newest.Name+" runs in Cortex"
	return act, nil
}

// offered gives the newest version of a responder that TheHive offers for a
// story's alert.
func (a *Actor) offered(ctx context.Context, s waggle.Story, responder string) (thehive.Responder, error) {
	all, err := a.TheHive.Responders(ctx, thehive.KindAlert, s.Alert.ID)
	if err != nil {
		return thehive.Responder{}, err
	}
	all = slices.DeleteFunc(all, func(r thehive.Responder) bool { return !isOf(r.Name, responder) })
	if len(all) == 0 {
		return thehive.Responder{}, &upstream.Error{Service: "TheHive", Reason: upstream.BadInput,
			Message: "it offers no responder " + responder + " for alerts", Next: "enable the responder in Cortex, and Cortex in TheHive"}
	}
	return slices.MaxFunc(all, func(a, b thehive.Responder) int { return slices.Compare(version(a.Name), version(b.Name)) }), nil
}

// isOf tells whether a worker's name with version is that of a responder.
func isOf(name, responder string) bool {
	rest, ok := strings.CutPrefix(name, responder+"_")
	return ok && strings.Trim(rest, "0123456789_") == ""
}

// version gives the numbers that end a worker's name: "_1_10".
func version(name string) []int {
	var out []int
	for _, part := range strings.Split(name, "_") {
		n := 0
		if _, err := fmt.Sscanf(part, "%d", &n); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// notify tells people by the responder for it, or by mail where TheHive offers
// none.
func (a *Actor) notify(ctx context.Context, s waggle.Story, act waggle.Action) (waggle.Action, error) {
	if a.Mail != nil && act.Ref == "" {
		if _, err := a.offered(ctx, s, notifyResponder); upstream.ReasonOf(err) == upstream.BadInput {
			return a.toMail(ctx, s, act)
		}
	}
	return a.respond(ctx, s, act, notifyResponder)
}
