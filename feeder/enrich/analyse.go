package enrich

import (
	"context"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Outcome is what became of an analysis.
type Outcome struct {
	State      waggle.AnalysisState // one that is over; "" = Cortex has lost the job
	Taxonomies []waggle.Taxonomy
	Artifacts  int
	Note       string // one sentence, without secrets; empty of one that is done
}

// Started is what came of starting an analysis. One of its fields is set, beside
// Direct.
type Started struct {
	Job   string        // Cortex has taken it
	Over  *Outcome      // it will never be run
	Hold  time.Duration // the analyzer's rate limit in Cortex is reached: nothing more for that long
	Again error         // Cortex works, and failed at this one
	Lost  error         // TheHive may have had it made: Recall tells

	Direct string // why it was Cortex itself that was asked, and not TheHive
}

// Start begins an analysis: on the observable of TheHive, if one is given, and by
// Cortex itself where TheHive will not. label finds a job of Cortex' own again,
// see Recall.
//
// An error concerns Cortex as a whole: it is away, or does not take the key.
// Whether it has taken the job, Recall tells.
func (e *Enricher) Start(ctx context.Context, a Ask, observable, label string) (Started, error) {
	worker, err := e.find(ctx, a.Analyzer)
	if err != nil {
		return Started{}, err
	}
	if worker == nil {
		return failed("Cortex has no analyzer %s any more: it was renamed, disabled, or came in a new version, which an administrator must enable", a.Analyzer), nil
	}
	if why := e.refuses(*worker); why != "" {
		return Started{Over: &Outcome{State: waggle.AnalysisSkipped, Note: "not run: " + why}}, nil
	}
	if observable == "" || e.hive == nil {
		return e.startHere(ctx, *worker, a, label)
	}
	started, fallback := e.startThere(ctx, *worker, observable)
	if fallback == "" {
		return started, nil
	}
	started, err = e.startHere(ctx, *worker, a, label)
	started.Direct = fallback
	return started, err
}

// startHere has Cortex itself begin an analysis.
func (e *Enricher) startHere(ctx context.Context, worker cortexapi.Worker, a Ask, label string) (Started, error) {
	job, err := e.cortex.Analyze(ctx, worker.ID, cortexapi.Input{
		DataType: a.DataType, Data: a.Value, TLP: a.TLP, PAP: a.PAP, Label: label, Message: "asked by the Waggle feeder",
	})
	switch reason := upstream.ReasonOf(err); {
	case err == nil:
		return Started{Job: job.ID}, nil
	case reason == upstream.RateLimited:
		return Started{Hold: hold(worker)}, nil
	case reason == upstream.NotFound:
		e.listAnew()
		if worker, listing := e.find(ctx, a.Analyzer); listing != nil || worker != nil {
			return Started{}, err // something else answers, or it is being changed
		}
		return failed("Cortex has no analyzer %s any more", a.Analyzer), nil
	case reason == upstream.BadInput:
		return failed("%s", harmless.Line(err.Error(), maxNote)), nil
	case reason == upstream.Failure && e.works(ctx):
		return Started{Again: err}, nil
	}
	return Started{}, err
}

func failed(format string, args ...any) Started {
	return Started{Over: &Outcome{State: waggle.AnalysisFailed, Note: fmt.Sprintf(format, args...)}}
}

// find gives an analyzer by its name, nil where Cortex has none of that name.
func (e *Enricher) find(ctx context.Context, name string) (*cortexapi.Worker, error) {
	all, err := e.enabled(ctx)
	for _, w := range all {
		if w.Name == name {
			return &w, nil
		}
	}
	return nil, err
}

// works tells whether Cortex answers another question. It takes Elasticsearch,
// without which Cortex fails at everything.
func (e *Enricher) works(ctx context.Context) bool {
	e.listAnew()
	_, err := e.enabled(ctx)
	return err == nil
}

// hold is how long nothing is asked of an analyzer whose rate limit is reached:
// its window, within which the limit counts. Those of a day or a month are tried
// each hour, as their window slides on.
func hold(w cortexapi.Worker) time.Duration {
	return min(max(w.Window, time.Minute), time.Hour)
}

// Recall gives the job that was made of an analysis since a moment: under a label
// in Cortex, or through TheHive on an observable, if one is given; "" where none
// was. known is false while TheHive, which may have had it made, cannot be asked.
func (e *Enricher) Recall(ctx context.Context, a Ask, observable, label string, since time.Time) (job string, known bool, err error) {
	known = true
	if observable != "" {
		if job, known = e.recallThere(ctx, a, observable, since); job != "" {
			return job, true, nil
		}
	}
	found, err := e.cortex.FindJobs(ctx, label)
	if err != nil || len(found) == 0 {
		return "", known, err
	}
	return found[0].ID, true, nil
}

// Collect gives what came of those of the jobs that are over. Where none is, it
// waits for the first at most so long. An error concerns Cortex as a whole.
func (e *Enricher) Collect(ctx context.Context, jobs []string, wait time.Duration) (map[string]Outcome, error) {
	statuses, err := e.cortex.Statuses(ctx, jobs)
	if err != nil {
		return nil, err
	}
	over := map[string]Outcome{}
	for _, id := range jobs {
		if !statuses[id].Over() {
			continue
		}
		if err := e.collect(ctx, id, time.Second, over); err != nil {
			return over, err
		}
	}
	if len(over) == 0 && len(jobs) > 0 {
		err = e.collect(ctx, jobs[0], wait, over)
	}
	return over, err
}

// collect adds a job that is over.
func (e *Enricher) collect(ctx context.Context, id string, wait time.Duration, over map[string]Outcome) error {
	job, err := e.cortex.WaitReport(ctx, id, wait)
	switch {
	case upstream.ReasonOf(err) == upstream.BadInput:
		over[id] = Outcome{State: waggle.AnalysisFailed, Note: harmless.Line(err.Error(), maxNote)}
	case upstream.ReasonOf(err) == upstream.NotFound:
		over[id] = Outcome{}
	case err != nil:
		return err
	case job.Status.Over():
		over[id] = outcome(job)
	}
	return nil
}

// Limits of what is kept of a report.
const (
	maxTaxonomies = 20
	maxText       = 200 // characters
	maxNote       = 300
)

func outcome(j cortexapi.Job) Outcome {
	switch j.Status {
	case cortexapi.Deleted:
		return Outcome{State: waggle.AnalysisFailed, Note: "somebody deleted the job in Cortex"}
	case cortexapi.Failure:
		said := harmless.Line(j.Report.Error, maxNote)
		if said == "" {
			said = "without saying why"
		}
		return Outcome{State: waggle.AnalysisFailed, Note: "the analyzer failed: " + said}
	}
	o := Outcome{State: waggle.AnalysisDone, Artifacts: len(j.Report.Artifacts)}
	for _, t := range j.Report.Taxonomies[:min(len(j.Report.Taxonomies), maxTaxonomies)] {
		o.Taxonomies = append(o.Taxonomies, waggle.Taxonomy{
			Level: level(t.Level), Namespace: harmless.Line(t.Namespace, maxText), Predicate: harmless.Line(t.Predicate, maxText), Value: harmless.Line(t.Value, maxText),
		})
	}
	return o
}

// level is an analyzer's, which may write what it likes.
func level(written string) waggle.Level {
	switch l := waggle.Level(written); l {
	case waggle.Malicious, waggle.Suspicious, waggle.Safe:
		return l
	}
	return waggle.Info
}
