// Package alert makes a story an alert of TheHive, and keeps the alert up to
// date as the story grows.
//
// Delivering a story may be repeated at any time, also after a crash in the
// middle: TheHive's natural key (type, source, reference) makes sure of one
// alert a story, and observables that are there stay one. What analysts wrote
// into an alert stays theirs.
package alert

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Type is the type of all alerts that the feeder raises.
const Type = "waggle"

// MaxObservables is how many values of one story become observables: the
// first that were read. TheHive's time for adding grows with the square of
// their number (TheHive 4.1: 100 take 0.8 s, 500 take 10 s, 1,000 take 38 s).
// A file that is attached to the alert has the others.
const MaxObservables = 200

// TheHive is the part of *thehive.Client that raising alerts needs.
type TheHive interface {
	CreateAlert(ctx context.Context, a thehive.Alert) (thehive.CreatedAlert, error)
	Alert(ctx context.Context, id string) (thehive.Alert, error)
	KeepAlertFile(ctx context.Context, alertID string, f thehive.File) error
	KeepCaseFile(ctx context.Context, caseID string, f thehive.File) error
	AddAlertObservables(ctx context.Context, alertID string, observables []thehive.Observable) (added, existed int, failures []thehive.Failure, err error)
	AddCaseObservables(ctx context.Context, caseID string, observables []thehive.Observable) (added, existed int, failures []thehive.Failure, err error)
	UpdateAlert(ctx context.Context, id string, p thehive.AlertPatch) error
	FindAlert(ctx context.Context, typ, source, ref string) (thehive.Alert, bool, error)
	CountAlerts(ctx context.Context, typ string, since time.Time, most int) (int, error)

	AlertObservables(ctx context.Context, id string) ([]thehive.Observable, error)
	CaseObservables(ctx context.Context, id string) ([]thehive.Observable, error)
	UpdateObservable(ctx context.Context, id string, p thehive.ObservablePatch) error
	Case(ctx context.Context, id string) (thehive.Case, error)
	UpdateCase(ctx context.Context, id string, p thehive.CasePatch) error
}

// Options are what a Raiser may be told; the zero value will do.
type Options struct {
	Now func() time.Time // nil = time.Now
	// Daily is how many alerts a day there may be; what comes beyond goes into
	// one digest a day, unless it is critical. 0 = no limit.
	Daily int
	// LeaveCases says that what a story gains after its alert became a case is
	// added to the alert alone.
	LeaveCases bool
}

// Raiser delivers stories to one TheHive.
type Raiser struct {
	theHive    TheHive
	now        func() time.Time
	daily      int
	leaveCases bool
	today      day
}

// New makes a Raiser.
func New(t TheHive, o Options) *Raiser {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Raiser{theHive: t, now: o.Now, daily: o.Daily, leaveCases: o.LeaveCases}
}

// Deliver brings TheHive's alert to the story's revision: it creates the
// alert, or adds what is new to it. The result says how far it came; values
// that TheHive refused are named in its Error, and do not hold up the rest.
//
// An error means that the story is to be delivered again; it is an
// *upstream.Error, or the context's. The Delivery that comes with it holds
// the alert's id if that became known.
func (r *Raiser) Deliver(ctx context.Context, s waggle.Story) (waggle.Delivery, error) {
	d := waggle.Delivery{ID: s.Alert.ID, Revision: s.Alert.Revision, At: s.Alert.At}
	var held thehive.Alert
	var refused []thehive.Failure
	var err error
	whole := s.Alert.Revision > 0 // TheHive holds all of an earlier revision
	if whole {
		held, refused, err = r.grow(ctx, s)
	}
	if upstream.ReasonOf(err) == upstream.NotFound {
		var id string
		switch id, err = r.missing(ctx, s, err); {
		case err == nil && id == "":
			d.Revision, d.Error = s.Revision, deleted
			return d, nil
		case err == nil:
			d.ID, s.Alert.ID = id, id
			held, refused, err = r.grow(ctx, s)
		}
	}
	if !whole {
		var made thehive.CreatedAlert
		made, err = r.raise(ctx, s)
		d.ID, refused = made.ID, made.Failures
		if err == nil && made.Existed {
			held, err = r.theHive.Alert(ctx, made.ID)
		}
	}
	if err != nil {
		return d, err
	}
	var notes []string
	if held.ID != "" { // else it has just been made so, and is in no case
		if notes, err = r.follow(ctx, held, s); err != nil {
			return d, err
		}
		// Last, as what the alert told until now shows what of the case is ours. A
		// digest has the story's line by now.
		if whole || held.SourceRef == s.ID {
			if err = r.refresh(ctx, held, s); err != nil {
				return d, err
			}
		}
	}
	notes = slices.DeleteFunc(append([]string{refusals(refused)}, notes...), func(note string) bool { return note == "" })
	d.Revision, d.At, d.Error = s.Revision, r.now(), strings.Join(notes, "; ")
	return d, nil
}

// follow does what belongs to an alert that has its observables: to the case that it
// is in, and to the observables of both. notes say what could not be done, "" where
// all could.
func (r *Raiser) follow(ctx context.Context, held thehive.Alert, s waggle.Story) (notes []string, err error) {
	in, unread, err := r.caseOf(ctx, held)
	if err != nil {
		return nil, err
	}
	added, err := r.addToCase(ctx, in, held, s)
	if err != nil {
		return nil, err
	}
	marked, err := r.mark(ctx, held.ID, in, s)
	if err != nil {
		return nil, err
	}
	told, err := r.markCase(ctx, in, held, s)
	return []string{unread, added, marked, told}, err
}

// deleted stands with a story whose alert an analyst has done away with.
const deleted = "its alert was deleted in TheHive, so it is not raised again"

// missing tells why TheHive does not know the alert of a story: it gives the id
// that the alert has now, "" where somebody deleted it, and the failure itself
// where this may be another server, or what stands before it.
func (r *Raiser) missing(ctx context.Context, s waggle.Story, failure error) (id string, err error) {
	held, there, err := r.theHive.FindAlert(ctx, Type, s.Source, s.ID)
	if err != nil || there {
		return held.ID, err
	}
	// Any server may know no alert of that name. One that counts alerts is
	// TheHive, and lets us read them.
	if _, err := r.theHive.CountAlerts(ctx, Type, r.now(), 1); err != nil {
		return "", failure
	}
	return "", nil
}

// raise makes the story an alert, or a line of the day's digest.
func (r *Raiser) raise(ctx context.Context, s waggle.Story) (thehive.CreatedAlert, error) {
	overflows, err := r.overflows(ctx, s)
	if err != nil {
		return thehive.CreatedAlert{}, err
	}
	if overflows {
		return r.digest(ctx, s)
	}
	return r.create(ctx, s)
}

func (r *Raiser) create(ctx context.Context, s waggle.Story) (thehive.CreatedAlert, error) {
	created, err := r.theHive.CreateAlert(ctx, thehive.Alert{
		Type:         Type,
		Source:       s.Source,
		SourceRef:    s.ID,
		Title:        title(s.Title),
		Description:  Describe(s),
		ExternalLink: harmless.Link(s.URL),
		Severity:     int(s.Severity),
		TLP:          s.TLP,
		PAP:          s.PAP,
		Date:         s.First,
		Tags:         withVerdict(tags(s), s.Verdict),
		Observables:  observables(s, 0),
		Fields:       fields(s),
		Techniques:   techniques(s),
	})
	if err != nil {
		return created, err
	}
	if !created.Existed {
		r.today.add()
	}
	rest, err := r.attachRest(ctx, r.theHive.KeepAlertFile, created.ID, s, 0)
	created.Failures = append(created.Failures, rest...)
	return created, err
}

// grow adds what is newer than the revision that TheHive holds, and gives the
// alert as it was read after its observables had come.
func (r *Raiser) grow(ctx context.Context, s waggle.Story) (held thehive.Alert, refused []thehive.Failure, err error) {
	if fresh := observables(s, s.Alert.Revision); len(fresh) > 0 {
		if _, _, refused, err = r.theHive.AddAlertObservables(ctx, s.Alert.ID, fresh); err != nil {
			return thehive.Alert{}, nil, err
		}
	}
	rest, err := r.attachRest(ctx, r.theHive.KeepAlertFile, s.Alert.ID, s, s.Alert.Revision)
	if err != nil {
		return thehive.Alert{}, nil, err
	}
	held, err = r.theHive.Alert(ctx, s.Alert.ID)
	return held, append(refused, rest...), err
}

// refresh brings an alert's text, tags and markings up to date. Tags are added,
// never taken away, but for a TLP and a verdict that are none any more; text,
// severity, score and verdict are left alone once an analyst has edited the text,
// and each of the others once one has changed it. TLP and PAP only rise: what
// a stricter source told is in the alert now, too.
func (r *Raiser) refresh(ctx context.Context, held thehive.Alert, s waggle.Story) error {
	var patch thehive.AlertPatch
	if text := Describe(s); unedited(held.Description) && text != held.Description {
		patch.Description, patch.Fields = &text, fieldsToSet(held, s)
		if severity := int(s.Severity); severity != held.Severity && held.Severity == severityIn(held.Description) {
			patch.Severity = &severity
		}
	}
	was := held.Tags
	if s.TLP > held.TLP {
		patch.TLP = &s.TLP
		was = withoutMarks(was)
	}
	if s.PAP > held.PAP {
		patch.PAP = &s.PAP
	}
	if merged := withVerdict(union(was, tags(s)), verdictFor(held, s)); !slices.Equal(merged, held.Tags) {
		patch.Tags = merged
	}
	return r.theHive.UpdateAlert(ctx, held.ID, patch)
}

// The custom fields that are filled in where TheHive has them, beside the
// verdict's: a whole number and texts.
const (
	ScoreField  = "waggle-score"
	StoryField  = "waggle-story"
	ThreatField = "waggle-threat" // the kind of threat, one of waggle.ThreatKinds
)

// maxTechniques bounds the techniques that are noted as procedures.
const maxTechniques = 30

// techniques are the ATT&CK techniques that the story's posts describe.
func techniques(s waggle.Story) []string {
	var out []string
	for _, i := range s.Indicators {
		if i.Kind == ioc.Technique && len(out) < maxTechniques {
			out = append(out, i.Value)
		}
	}
	return out
}

// title is a story's title as an alert has it, harmless and never empty.
func title(text string) string {
	return cmp.Or(harmless.Plain(text, 300), "(no title)")
}

// observables are the story's values as TheHive takes them, those that came
// in after the revision.
func observables(s waggle.Story, after int) []thehive.Observable {
	posts := make(map[string]waggle.Member, len(s.Posts))
	for _, p := range s.Posts {
		posts[p.Ref] = p
	}
	var out []thehive.Observable
	for _, i := range s.Indicators[:min(len(s.Indicators), MaxObservables)] {
		if i.Revision <= after {
			continue
		}
		out = append(out, thehive.Observable{
			DataType: i.Kind.TheHiveTypes(i.Value)[0],
			Data:     i.Value,
			Message:  message(i, posts),
			TLP:      s.TLP,
			Tags:     withVerdict(observableTags(i), i.Verdict),
			IOC:      waggle.Searchable(i.Kind) && (i.Verdict == nil || i.Verdict.Level != waggle.Safe),
		})
	}
	return out
}

// observableTags say of what kind a value is, and what belongs to it: TheHive
// keeps values alone.
func observableTags(i waggle.Indicator) []string {
	return append([]string{Type, ioc.KindTag(i.Kind)}, i.BesideTags()...)
}

// message says where a value was first read. It is the same for all values of
// a post, since TheHive takes only such ones in one request.
func message(i waggle.Indicator, posts map[string]waggle.Member) string {
	if len(i.Posts) == 0 {
		return ""
	}
	p := posts[i.Posts[0]]
	return "Read in “" + harmless.Plain(p.Title, 200) + "” (" + p.Source + ")"
}

// tags are the story's and those that tell the feeder's alerts apart.
func tags(s waggle.Story) []string {
	out := []string{Type, tlpTagOf(s)}
	for _, p := range s.Posts {
		out = append(out, Type+":source="+p.Source)
	}
	return union(union(nil, out), s.Tags)
}

// tlpTag begins the tag that names a TLP.
const tlpTag = "tlp:"

// tlpTagOf is the tag that names a story's TLP.
func tlpTagOf(s waggle.Story) string { return tlpTag + marking.TLP(s.TLP) }

// withoutMarks are the tags that name no TLP.
func withoutMarks(tags []string) []string { return slices.DeleteFunc(slices.Clone(tags), marks) }

// marks tells whether a tag names a TLP.
func marks(tag string) bool {
	name, ok := strings.CutPrefix(tag, tlpTag)
	return ok && marking.IsTLP(name)
}

// union is a and what of b it lacks.
func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, tag := range b {
		if !slices.Contains(out, tag) {
			out = append(out, tag)
		}
	}
	return out
}

// refusals says which values TheHive did not take.
func refusals(failures []thehive.Failure) string {
	if len(failures) == 0 {
		return ""
	}
	first := failures[0]
	return fmt.Sprintf("TheHive did not take %d of the values: the first is %s: %s",
		len(failures), ioc.Defang(harmless.Line(first.Observable.Data, 200)), harmless.Line(first.Reason, 300))
}
