package enrich

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// TheHive is the part of *thehive.Client that running analyzers on its
// observables needs.
type TheHive interface {
	Version(ctx context.Context) (thehive.Version, error)
	Alert(ctx context.Context, id string) (thehive.Alert, error)
	Case(ctx context.Context, id string) (thehive.Case, error)
	AlertObservables(ctx context.Context, id string) ([]thehive.Observable, error)
	CaseObservables(ctx context.Context, id string) ([]thehive.Observable, error)
	Analyzers(ctx context.Context) ([]thehive.Analyzer, error)
	StartJob(ctx context.Context, a thehive.Analyzer, cortex, observable string) (thehive.Job, error)
	Jobs(ctx context.Context, observable string) ([]thehive.Job, error)
}

// Alert is where TheHive has a value: in the alert of a story that names it.
type Alert struct {
	ID       string // TheHive's; empty = there is none
	Revision int    // of the story that TheHive holds
	Holds    bool   // that revision has the value
	Failing  bool   // TheHive did not take the last one
}

// Place is where an analysis is run.
type Place struct {
	Observable string // TheHive's id of the observable that gets the report; "" = by Cortex itself
	Direct     string // why by Cortex itself, where TheHive might have the report; else ""
	Later      bool   // TheHive has the value in a moment, and the report can sit on it then
	Refused    string // why it is not run at all
}

// held is an alert, or the case that it is in, with its observables.
type held struct {
	of          Alert
	at          time.Time
	analysable  bool // TheHive can have its observables analysed
	pap         int
	observables []thehive.Observable
}

// lasts is how long an alert is taken to be as it was. One that may become a case
// any moment is looked at again before anybody hears that it has.
func (h held) lasts() time.Duration {
	if h.analysable {
		return time.Minute
	}
	return 10 * time.Second
}

// Limits of what is remembered of TheHive.
const (
	mostHeld = 64          // alerts
	quiet    = time.Minute // how long a TheHive that failed is not asked
)

// Place says where an analysis is to be run: on an observable of TheHive, where
// that can have its own analysed, so that the report sits on it. That is so of a
// case's, and of an alert's on TheHive 5. Whatever is in the way of it is no
// error: Cortex is then asked itself.
//
// The marking that goes along is TheHive's. Where it is laxer than the story's,
// Cortex is asked itself; where somebody has set a stricter one that forbids it,
// nobody is.
func (e *Enricher) Place(ctx context.Context, a Ask, alerts []Alert) Place {
	if e.hive == nil || len(alerts) == 0 {
		return Place{}
	}
	if why := e.silent(); why != "" {
		return Place{Direct: why}
	}
	place, err := e.place(ctx, a, alerts)
	if err != nil {
		place = Place{Direct: e.hush(err)}
	}
	return place
}

func (e *Enricher) place(ctx context.Context, a Ask, alerts []Alert) (Place, error) {
	version, err := e.hive.Version(ctx)
	if err != nil {
		return Place{}, err
	}
	var place Place
	found := false
	for _, alert := range alerts {
		if !alert.Holds {
			place.Later = place.Later || version.Major >= 5 && !alert.Failing && !found
			continue
		}
		if alert.ID == "" {
			continue
		}
		in, err := e.look(ctx, version, alert)
		if upstream.ReasonOf(err) == upstream.NotFound { // deleted
			continue
		}
		if err != nil {
			return Place{}, err
		}
		if !in.analysable {
			continue
		}
		on, err := e.on(ctx, a, in)
		if err != nil || on.Refused != "" {
			return on, err
		}
		if !found && !place.Later {
			place, found = on, true
		}
	}
	return place, nil
}

// on is the place of an analysis whose value is in an alert or a case whose
// observables can be analysed.
func (e *Enricher) on(ctx context.Context, a Ask, in held) (Place, error) {
	at := slices.IndexFunc(in.observables, func(o thehive.Observable) bool { return o.Data == a.Value && o.DataType == a.DataType })
	if at < 0 {
		return Place{Direct: "TheHive holds no observable " + a.DataType + " of this value"}, nil
	}
	o := in.observables[at]
	if o.TLP > a.TLP || in.pap > a.PAP {
		if e.settings.forbids(max(o.TLP, a.TLP), max(in.pap, a.PAP)) != "" {
			return Place{Refused: fmt.Sprintf("not run: it is marked TLP:%s and PAP:%s in TheHive", marking.TLP(o.TLP), marking.PAP(in.pap))}, nil
		}
	}
	if o.TLP < a.TLP || in.pap < a.PAP {
		return Place{Direct: "TheHive marks it less strictly than the story is"}, nil
	}
	_, why, err := e.connected(ctx, a.Analyzer)
	if err != nil || why != "" {
		return Place{Direct: why}, err
	}
	return Place{Observable: o.ID}, nil
}

// look reads an alert with its observables, or those of the case that it is in.
func (e *Enricher) look(ctx context.Context, version thehive.Version, a Alert) (held, error) {
	e.mu.Lock()
	in, known := e.held[a.ID]
	e.mu.Unlock()
	if known && in.of == a && e.now().Sub(in.at) < in.lasts() {
		return in, nil
	}
	in = held{of: a, at: e.now(), analysable: true}
	alert, err := e.hive.Alert(ctx, a.ID)
	switch {
	case err != nil:
		return held{}, err
	case alert.Case != "":
		var c thehive.Case
		if c, err = e.hive.Case(ctx, alert.Case); err == nil {
			in.pap = c.PAP
			in.observables, err = e.hive.CaseObservables(ctx, alert.Case)
		}
	case version.Major >= 5:
		in.pap = alert.PAP
		in.observables, err = e.hive.AlertObservables(ctx, a.ID)
	default:
		in.analysable = false
	}
	if err != nil {
		return held{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.held) >= mostHeld {
		clear(e.held)
	}
	e.held[a.ID] = in
	return in, nil
}

// connected gives an analyzer as TheHive has it, or says why it cannot be used:
// what TheHive has run can be seen here only if it is the same one.
func (e *Enricher) connected(ctx context.Context, name string) (a thehive.Analyzer, why string, err error) {
	worker, err := e.find(ctx, name)
	if err != nil || worker == nil {
		return a, "", nil // Start says what of it
	}
	offered, err := e.offered(ctx)
	if upstream.ReasonOf(err) == upstream.NotFound {
		return a, "TheHive has no connector to Cortex", nil
	}
	if err != nil {
		return a, "", err
	}
	at := slices.IndexFunc(offered, func(o thehive.Analyzer) bool { return o.Name == name })
	switch {
	case len(offered) == 0:
		return a, "TheHive's connector reaches no Cortex that has analyzers", nil
	case at < 0:
		return a, "TheHive's connector offers no " + name, nil
	case offered[at].ID != worker.ID || len(offered[at].Cortexes) == 0:
		return a, "TheHive is connected to another Cortex, or to another organisation of it", nil
	}
	return offered[at], "", nil
}

// offered gives the analyzers behind TheHive.
func (e *Enricher) offered(ctx context.Context) ([]thehive.Analyzer, error) {
	e.mu.Lock()
	offers, fresh := e.offers, !e.offersAt.IsZero() && e.now().Sub(e.offersAt) < listAgain
	e.mu.Unlock()
	if fresh {
		return offers, nil
	}
	offers, err := e.hive.Analyzers(ctx)
	if err == nil {
		e.mu.Lock()
		e.offers, e.offersAt = offers, e.now()
		e.mu.Unlock()
	}
	return offers, err
}

// startThere has TheHive have an analyzer run on an observable. fallback says why
// Cortex is to be asked itself.
func (e *Enricher) startThere(ctx context.Context, worker cortexapi.Worker, observable string) (s Started, fallback string) {
	analyzer, why, err := e.connected(ctx, worker.Name)
	if err != nil {
		return Started{}, e.hush(err)
	}
	if why != "" || len(analyzer.Cortexes) == 0 {
		return Started{}, why
	}
	job, err := e.hive.StartJob(ctx, analyzer, analyzer.Cortexes[0], observable)
	if err == nil {
		return Started{Job: job.CortexJob}, ""
	}
	switch upstream.ReasonOf(err) {
	case upstream.RateLimited:
		return Started{Hold: hold(worker)}, ""
	case upstream.NotFound, upstream.Auth, upstream.BadInput:
		e.forget()
		return Started{}, harmless.Line(err.Error(), maxNote)
	}
	return Started{Lost: err}, ""
}

// forget makes the next look ask TheHive.
func (e *Enricher) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	clear(e.held)
	e.offersAt = time.Time{}
}

// skew is how far the clocks of the feeder and of Cortex may be apart. A report
// that is older by no more is as good.
const skew = 5 * time.Minute

// recallThere looks for a job that TheHive may have had made since a moment.
// known is false while TheHive cannot be asked.
func (e *Enricher) recallThere(ctx context.Context, a Ask, observable string, since time.Time) (job string, known bool) {
	if e.hive == nil {
		return "", true // it was taken out of the configuration
	}
	if e.silent() != "" {
		return "", false
	}
	jobs, err := e.hive.Jobs(ctx, observable)
	if err != nil && upstream.ReasonOf(err) != upstream.NotFound {
		e.hush(err)
		return "", false
	}
	for _, j := range jobs {
		if j.Analyzer == a.Analyzer && !j.Started.Before(since.Add(-skew)) {
			return j.CortexJob, true
		}
	}
	return "", true
}

// hush leaves TheHive alone for a while after it failed, and gives the reason.
func (e *Enricher) hush(failure error) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.hushed, e.hushedBy = e.now().Add(quiet), harmless.Line(failure.Error(), maxNote)
	return e.hushedBy
}

// silent says why TheHive is left alone; "" where it is not.
func (e *Enricher) silent() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.now().Before(e.hushed) {
		return e.hushedBy
	}
	return ""
}
