package cortex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// doctorCommand tries every worker's configuration and connection.
func doctorCommand(workers []*Worker) *cobra.Command {
	var d doctor
	c := &cobra.Command{
		Use:   "doctor [worker...]",
		Short: "check configuration, connections and keys",
		Long: "doctor reads each worker's configuration from the environment, as lookup does, and\n" +
			"tries it: whether the services are reached, through the proxy and with the certificates\n" +
			"configured, and whether they take the key where they can be asked that without\n" +
			"spending anything of what the account has. Nothing is looked up, changed or sent.\n\n" +
			"Without names it checks all, and a worker that lacks a key is only not set up; one that\n" +
			"is named must be.\n\n" +
			"Exit codes: 0 nothing is wrong; 1 something is, and the table says what to do; 2 the\n" +
			"command line is wrong.",
		RunE: func(c *cobra.Command, args []string) error { return d.run(c, workers, args) },
	}
	c.Flags().BoolVar(&d.json, "json", false, "print a JSON array")
	c.Flags().DurationVar(&d.limit, "limit", time.Minute, "how long all may take together")
	return c
}

// doctor holds the command's flags.
type doctor struct {
	json  bool
	limit time.Duration
}

// finding is what came of one worker, as `doctor --json` prints it.
type finding struct {
	Worker  string  `json:"worker"`
	Name    string  `json:"name"`
	State   health  `json:"state"`
	Said    string  `json:"said"` // what was found, or what is wrong and what to do
	Seconds float64 `json:"seconds"`

	worker *Worker
}

// health is a worker's state.
type health string

const (
	well     health = "ok"
	notSetUp health = "not set up"
	wrong    health = "wrong"
)

func (d doctor) run(c *cobra.Command, workers []*Worker, names []string) error {
	findings := []finding{}
	for _, w := range workers {
		findings = append(findings, finding{Worker: w.Command(), Name: w.Name, worker: w})
	}
	if len(names) > 0 {
		findings = findings[:0]
		for _, name := range names {
			w := find(workers, name)
			if w == nil {
				return fmt.Errorf("there is no worker %q; `list` shows them", name)
			}
			findings = append(findings, finding{Worker: w.Command(), Name: w.Name, worker: w})
		}
	}
	ctx, cancel := context.WithTimeoutCause(c.Context(), d.limit, stopped(fmt.Sprintf("no answer within the limit of %v (--limit)", d.limit)))
	defer cancel()
	d.examine(ctx, findings, Surroundings{Stderr: c.ErrOrStderr()}.withDefaults())
	for i := range findings {
		if len(names) > 0 && findings[i].State == notSetUp {
			findings[i].State = wrong
		}
	}
	if d.json {
		if err := writeJSON(c.OutOrStdout(), findings); err != nil {
			return err
		}
	} else {
		printFindings(c.OutOrStdout(), screenOf(c.OutOrStdout(), os.Getenv), findings)
	}
	if slices.ContainsFunc(findings, func(f finding) bool { return f.State == wrong }) {
		return failed{exitError, errors.New("")}
	}
	return nil
}

// examine looks at all workers at once.
func (d doctor) examine(ctx context.Context, findings []finding, s Surroundings) {
	var names []string
	for _, f := range findings {
		names = append(names, f.Worker)
	}
	progress := newProgress(s.Stderr, names)
	defer progress.stop()
	Together(len(findings), func(i int) {
		f := &findings[i]
		begin := time.Now()
		f.State, f.Said = f.worker.examine(ctx, s)
		f.Seconds = time.Since(begin).Round(time.Millisecond).Seconds()
		progress.done(f.Worker)
	})
}

// examine looks at one worker.
func (w *Worker) examine(ctx context.Context, s Surroundings) (health, string) {
	config, err := w.environment(s.Getenv)
	if err != nil {
		return wrong, err.Error()
	}
	if missing := w.missing(config); len(missing) > 0 {
		return notSetUp, "set " + strings.Join(missing, " and ")
	}
	said, err := w.Probe(ctx, config, s)
	if err != nil {
		return wrong, err.Error()
	}
	return well, said
}

// Probe tries the worker with a configuration, by the function that NewAnalyzer
// was given for that or by connecting to its service, and says in words what it
// found. No text of it holds a secret.
func (w *Worker) Probe(ctx context.Context, config map[string]json.RawMessage, s Surroundings) (string, error) {
	s = s.withDefaults()
	t, err := w.undertake(config, s)
	if err != nil {
		return "", errors.New(w.explain(err))
	}
	try := func() (string, error) { return w.reach(ctx, t) }
	if w.probe != nil {
		try = func() (string, error) { return w.probe(ctx, t.job, t.config) }
	}
	said, err := await(ctx, grace, guarded(t, s.Stderr, try))
	if err != nil {
		return "", errors.New(upstream.Redact(w.explain(err), t.job.hidden()...))
	}
	return upstream.Redact(said, t.job.hidden()...), nil
}

// undertake makes a task without an observable.
func (w *Worker) undertake(config map[string]json.RawMessage, s Surroundings) (t task, err error) {
	if err := w.faults(); err != nil {
		return t, fmt.Errorf("its definition is not valid, which is a fault of the worker: %w", err)
	}
	t.config, t.job = config, &Job{worker: w}
	if t.standard, err = w.standardConfig(config); err != nil {
		return t, err
	}
	raw, err := json.Marshal(config)
	if err != nil {
		return t, err
	}
	t.furnish(input{"config": raw}, "", s)
	return t, nil
}

// reach connects to every host that the worker's service has.
func (w *Worker) reach(ctx context.Context, t task) (string, error) {
	if err := w.readable(t.config); err != nil {
		return "", err
	}
	hosts := slices.DeleteFunc(slices.Clone(w.Service.Hosts), func(h string) bool { return !strings.Contains(h, ".") || strings.ContainsAny(h, " *") })
	if len(hosts) == 0 {
		return "needs nobody outside", nil
	}
	errs := make([]error, len(hosts))
	Together(len(hosts), func(i int) {
		errs[i] = Reach(ctx, t.job, upstream.Options{Service: hosts[i], BaseURL: "https://" + hosts[i]})
	})
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) > 0 {
		return "", joinLine(errs)
	}
	said := "reached " + strings.Join(hosts, ", ")
	for _, f := range w.itsFields() {
		if f.Secret && !unset(t.config[f.Name]) {
			said += "; " + f.Name + " is set and was not tried: no question that costs nothing is known"
		}
	}
	return said, nil
}

// readable tells what is wrong with the worker's own items.
func (w *Worker) readable(config map[string]json.RawMessage) error {
	if err := decode(reflect.New(w.form).Elem(), w.itsFields(), config); err != nil {
		return w.badConfig(err)
	}
	return nil
}

// Reach asks a service whether it answers at all, for probes: any status is an
// answer.
func Reach(ctx context.Context, job *Job, o upstream.Options) error {
	o.Retries = -1
	client, err := job.Upstream(o)
	if err != nil {
		return err
	}
	_, err = client.Do(ctx, upstream.Request{Method: http.MethodHead})
	if e, ok := errors.AsType[*upstream.Error](err); ok && e.Status != 0 {
		return nil
	}
	return err
}

// printFindings shows what was found for people.
func printFindings(to io.Writer, on screen, findings []finding) {
	lines := []line{{bold, "STATE", "WORKER", "TIME", "FOUND"}}
	for _, f := range findings {
		l := line{verdict: string(f.State), worker: f.Worker, text: f.Said, took: fmt.Sprintf("%.1f s", f.Seconds)}
		l.colour = map[health]string{well: green, wrong: red, notSetUp: faint}[f.State]
		lines = append(lines, l)
	}
	printLines(to, on, lines)
}
