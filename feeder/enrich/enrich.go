// Package enrich asks Cortex' analyzers about the values of stories: it chooses
// which analyzers are asked about which values, and carries one analysis
// through Cortex. What is asked when, and what came of it, its caller keeps.
//
// Nothing leaves that the story's marking, the configuration or the costs of an
// analyzer speak against: see [Settings].
package enrich

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/marking"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// Cortex is the part of *cortexapi.Client that analysing needs.
type Cortex interface {
	Analyzers(ctx context.Context) ([]cortexapi.Worker, error)
	Analyze(ctx context.Context, worker string, in cortexapi.Input) (cortexapi.Job, error)
	FindJobs(ctx context.Context, label string) ([]cortexapi.Job, error)
	Statuses(ctx context.Context, ids []string) (map[string]cortexapi.Status, error)
	WaitReport(ctx context.Context, id string, atMost time.Duration) (cortexapi.Job, error)
}

// Options are what an Enricher works with beside Cortex.
type Options struct {
	Settings
	TheHive TheHive // nil = Cortex is always asked itself
	// Known says whether a value is known to be benign, and by which list. Nil
	// means the built-in list.
	Known func(kind, value string) (list string, ok bool)
	Now   func() time.Time // nil = time.Now
}

// Enricher asks one Cortex. It is safe for concurrent use.
type Enricher struct {
	cortex   Cortex
	hive     TheHive // nil = none
	settings Settings
	known    func(kind, value string) (string, bool)
	now      func() time.Time
	catalog  catalog

	mu      sync.Mutex // guards what follows
	workers []cortexapi.Worker
	listed  time.Time // when Cortex told of them; zero = to be asked again

	held     map[string]held // alerts by TheHive's id
	offers   []thehive.Analyzer
	offersAt time.Time // when TheHive told of them; zero = to be asked again
	hushed   time.Time // until when TheHive is left alone
	hushedBy string    // and why
}

// New makes an Enricher. The error is one of [Settings.Check].
func New(c Cortex, o Options) (*Enricher, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if o.Known == nil {
		o.Known = knownbenign.Lookup
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	e := &Enricher{cortex: c, settings: o.Settings, known: o.Known, now: o.Now, catalog: newCatalog(), held: map[string]held{}}
	if o.ThroughTheHive {
		e.hive = o.TheHive
	}
	return e, nil
}

// Settings are those that it works by.
func (e *Enricher) Settings() Settings { return e.settings }

// Ask is one value that one analyzer is to be asked about.
type Ask struct {
	Kind     ioc.Kind
	Value    string
	Analyzer string // its name
	DataType string // the value's, as the analyzer takes it
	TLP, PAP int    // of the story; see package marking
}

// Choice is what is asked about a story.
type Choice struct {
	Asks []Ask
	Note string // what is not asked, and why; empty where all is
}

// Choose says what is to be asked about a story: every analyzer that may run
// about every value that it takes, those values first that are surest. An error
// is Cortex', which could not be asked for its analyzers.
func (e *Enricher) Choose(ctx context.Context, s waggle.Story) (Choice, error) {
	if why := e.settings.forbids(s.TLP, s.PAP); why != "" {
		return Choice{Note: why}, nil
	}
	workers, err := e.permitted(ctx)
	if err != nil {
		return Choice{}, err
	}
	if len(workers) == 0 {
		return Choice{Note: "Cortex has enabled none of the analyzers that may run by themselves: see analyzers and cost under cortex in the configuration."}, nil
	}
	surest := slices.Clone(s.Indicators)
	slices.SortStableFunc(surest, func(a, b waggle.Indicator) int { return cmp.Compare(b.Confidence, a.Confidence) })
	var c Choice
	asked, left := 0, 0
	for _, i := range surest {
		asks := e.asks(i, s, workers)
		switch {
		case len(asks) == 0:
		case asked == e.settings.MaxObservables:
			left++
		default:
			asked++
			c.Asks = append(c.Asks, asks...)
		}
	}
	if left > 0 {
		c.Note = fmt.Sprintf("The %d surest values are analysed; %d more are not (max_observables).", asked, left)
	}
	return c, nil
}

// asks gives the analyzers that a value is sent to.
func (e *Enricher) asks(i waggle.Indicator, s waggle.Story, workers []cortexapi.Worker) []Ask {
	if i.Role == ioc.Benign {
		return nil
	}
	if _, benign := e.known(string(i.Kind), i.Value); benign {
		return nil
	}
	var out []Ask
	for _, w := range workers {
		for _, t := range i.Kind.TheHiveTypes(i.Value) {
			if e.settings.sends(t) && slices.Contains(w.DataTypes, t) && e.catalog.of(w).asks(t) {
				out = append(out, Ask{i.Kind, i.Value, w.Name, t, s.TLP, s.PAP})
				break
			}
		}
	}
	return out
}

// permitted gives the enabled analyzers that may run by themselves.
func (e *Enricher) permitted(ctx context.Context) ([]cortexapi.Worker, error) {
	all, err := e.enabled(ctx)
	if err != nil {
		return nil, err
	}
	var out []cortexapi.Worker
	for _, w := range all {
		if e.refuses(w) == "" {
			out = append(out, w)
		}
	}
	return out, nil
}

// refuses says why an analyzer may not run by itself; "" where it may.
func (e *Enricher) refuses(w cortexapi.Worker) string {
	if why := e.catalog.of(w).never(w.DataTypes); why != "" {
		return "by hand alone: " + why
	}
	if !matches(e.settings.Analyzers, w) {
		return "it is none of the analyzers that the configuration allows"
	}
	if cost := e.cost(w); cost.above(e.settings.Cost) {
		return fmt.Sprintf("it costs %q, and the configuration allows %q", cost, e.settings.Cost)
	}
	return ""
}

// listAgain is how long Cortex' list of analyzers is taken to be as it was.
const listAgain = time.Minute

// enabled gives the analyzers that Cortex has enabled.
func (e *Enricher) enabled(ctx context.Context) ([]cortexapi.Worker, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.listed.IsZero() && e.now().Sub(e.listed) < listAgain {
		return e.workers, nil
	}
	workers, err := e.cortex.Analyzers(ctx)
	if err != nil {
		e.listed = time.Time{}
		return nil, err
	}
	slices.SortFunc(workers, func(a, b cortexapi.Worker) int { return cmp.Compare(a.Name, b.Name) })
	e.workers, e.listed = workers, e.now()
	return workers, nil
}

// listAnew makes the next look ask Cortex.
func (e *Enricher) listAnew() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.listed = time.Time{}
}

// Standing is how Cortex looks from here.
type Standing struct {
	Run  []string // names of the analyzers that run by themselves
	Rest []string // of the others that Cortex has enabled, each with the reason
}

// Standing asks Cortex which analyzers it has, and says which of them run.
func (e *Enricher) Standing(ctx context.Context) (Standing, error) {
	all, err := e.enabled(ctx)
	var s Standing
	for _, w := range all {
		if why := e.refuses(w); why != "" {
			s.Rest = append(s.Rest, w.Name+": "+why)
		} else {
			s.Run = append(s.Run, w.Name)
		}
	}
	return s, err
}

// forbids says why nothing that is marked so is sent to anybody; "" where it
// is. What is TLP:RED never is, whatever is configured: it is for its readers.
func (s Settings) forbids(tlp, pap int) string {
	switch {
	case tlp > s.MaxTLP || tlp >= marking.MaxTLP || tlp < 0:
		return fmt.Sprintf("Nothing is sent to analyzers: the story is TLP:%s, and max_tlp allows up to TLP:%s.", marking.TLP(tlp), marking.TLP(s.MaxTLP))
	case pap > s.MaxPAP || pap < 0:
		return fmt.Sprintf("Nothing is sent to analyzers: the story is PAP:%s, and max_pap allows up to PAP:%s.", marking.PAP(pap), marking.PAP(s.MaxPAP))
	}
	return ""
}
