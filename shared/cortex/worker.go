// Package cortex is the kit that Waggle's Cortex workers are built with. A
// worker is a definition, a struct of configuration items and a function:
//
//	var Analyzer = cortex.NewAnalyzer(cortex.Definition{
//		Name: "Waggle_URLhaus", Version: "1.0",
//		Description: "Looks a URL, host or hash up in URLhaus.",
//		DataTypes:   []string{"url", "domain", "ip"},
//	}, run)
//
//	type Config struct {
//		Key string `cortex:"key" required:"true" secret:"true" description:"abuse.ch Auth-Key"`
//	}
//
//	func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error)
//
// The kit reads the job, checks data type, TLP and PAP, watches the deadline
// and signals, validates the report as Cortex and TheHive will read it, and
// leaves one valid output.json whatever happens. Main gives a list of workers
// their command line.
//
// The contract is that of Cortex 4: https://docs.strangebee.com/cortex/api/how-to-create-an-analyzer/
package cortex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// Kind tells analyzers from responders.
type Kind string

// The kinds of worker.
const (
	Analyzer  Kind = "analyzer"
	Responder Kind = "responder"
)

// Worker is an analyzer or a responder. NewAnalyzer and NewResponder make one.
type Worker struct {
	Definition
	Kind Kind

	form   reflect.Type            // the struct of the worker's own configuration
	fields func() ([]field, error) // of it, read at first need: a job needs those of one worker; or why it can't be used
	run    func(ctx context.Context, job *Job, config map[string]json.RawMessage) (Report, error)
	probe  func(ctx context.Context, job *Job, config map[string]json.RawMessage) (string, error) // nil: there is none
}

// NewAnalyzer makes an analyzer of a definition and a function that analyses
// one observable. C is a struct whose fields are the configuration items; see
// Item for the tags. What is wrong with either is told by Validate.
//
// A probe, at most one, is what the command doctor tries: it asks the service
// something that costs nothing of what the account has, by which it shows that
// it is reached and takes the key, and says in a few words what it found. Its
// job has neither observable nor file. Without a probe doctor connects to
// Service.Hosts and leaves the key untried.
func NewAnalyzer[C any](d Definition, run func(context.Context, *Job, C) (Report, error), probe ...func(context.Context, *Job, C) (string, error)) *Worker {
	return newWorker(Analyzer, d, run, probe)
}

// NewResponder makes a responder of a definition and a function that acts on
// one object of TheHive. Its probe changes nothing.
func NewResponder[C any](d Definition, run func(context.Context, *Job, C) (Report, error), probe ...func(context.Context, *Job, C) (string, error)) *Worker {
	return newWorker(Responder, d, run, probe)
}

func newWorker[C any](kind Kind, d Definition, run func(context.Context, *Job, C) (Report, error), probe []func(context.Context, *Job, C) (string, error)) *Worker {
	w := &Worker{Definition: d.withDefaults(), Kind: kind, form: reflect.TypeFor[C]()}
	w.fields = sync.OnceValues(func() ([]field, error) { return fieldsOf(w.form) })
	w.run = configured(w, run)
	if len(probe) > 0 {
		w.probe = configured(w, probe[0])
	}
	return w
}

// configured gives a function of the worker its configuration as a struct.
func configured[C, R any](w *Worker, f func(context.Context, *Job, C) (R, error)) func(context.Context, *Job, map[string]json.RawMessage) (R, error) {
	return func(ctx context.Context, job *Job, config map[string]json.RawMessage) (result R, err error) {
		var c C
		if err := decode(reflect.ValueOf(&c).Elem(), w.itsFields(), config); err != nil {
			return result, w.badConfig(err)
		}
		return f(ctx, job, c)
	}
}

// Validate tells what is wrong with the definition, the configuration struct
// and the template; nil if nothing is.
func (w *Worker) Validate() error {
	if err := w.faults(); err != nil {
		return fmt.Errorf("%s: %w", w.Name, err)
	}
	return nil
}

func (w *Worker) faults() error {
	fields, _ := w.fields()
	return errors.Join(w.unusable(), validateItems(fields), checkTemplate(w.LongTemplate))
}

// unusable tells why the worker can't do a job: what is wrong with it but for
// what only a catalog or TheHive would stumble over.
func (w *Worker) unusable() error {
	_, err := w.fields()
	return errors.Join(w.validate(w.Kind), err)
}

// itsFields are what can be used of the configuration struct; faults tells what can't.
func (w *Worker) itsFields() []field {
	fields, _ := w.fields()
	return fields
}

// Items are the worker's own configuration items, in the order of the struct.
// Those every worker has (check_tlp, proxy_http…) are added by Cortex itself.
func (w *Worker) Items() []Item {
	fields := w.itsFields()
	items := make([]Item, len(fields))
	for i, f := range fields {
		items[i] = f.Item
	}
	return items
}

// NeedsKey tells whether the worker can do nothing without a secret that the
// admin has to set.
func (w *Worker) NeedsKey() bool {
	for _, f := range w.itsFields() {
		if f.Required && f.Secret {
			return true
		}
	}
	return false
}
