package cortex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Surroundings are what a run takes from outside the job. The zero value is
// the process' own.
type Surroundings struct {
	Stderr    io.Writer           // where what can't be reported goes; default os.Stderr
	Getenv    func(string) string // default os.Getenv
	Transport http.RoundTripper   // replaces the network, for tests
}

func (s Surroundings) withDefaults() Surroundings {
	if s.Stderr == nil {
		s.Stderr = os.Stderr
	}
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	return s
}

// Run does the job in a folder, as Cortex has it done, and leaves the report in
// output/output.json: of success or of failure. The error says that none could
// be written, and why.
func (w *Worker) Run(ctx context.Context, folder Folder, s Surroundings) error {
	s = s.withDefaults()
	in, err := folder.read()
	out := w.answer(ctx, in, err, folder, s)
	if err := folder.write(out); err != nil {
		return fmt.Errorf("%s: the report can't be written to %s: %w", w.Name, folder.output("output.json"), reason(err))
	}
	return nil
}

// write leaves the report under its name at once or not at all: Cortex never
// ends a job whose report is half there.
func (f Folder) write(report []byte) error {
	return renameio.WriteFile(f.output("output.json"), report, 0o644,
		renameio.WithTempDir(f.output("")), renameio.WithStaticPermissions(0o644))
}

// answer does the job and gives output.json, whatever happens.
func (w *Worker) answer(ctx context.Context, in input, err error, folder Folder, s Surroundings) []byte {
	var job *Job
	var config map[string]json.RawMessage
	if err == nil {
		config, err = in.object("config")
	}
	secrets := secretsOf(in, config, w.fields)
	var limits standard
	if err == nil {
		limits, err = w.standardConfig(config)
	}
	if err == nil {
		job, err = in.job(w)
	}
	if err == nil {
		job.folder, job.AutoExtract = folder, limits.AutoExtract
		job.network = newNetwork(limits, folder, s.Transport, s.Getenv)
		for _, secret := range append(secrets, job.network.passwords()...) {
			job.Hide(secret)
		}
		err = errors.Join(job.locate())
	}
	if err == nil {
		err = checkMarking(job.TLP, job.PAP, limits)
	}
	if err != nil {
		return encodeFailure(w.explain(err), in, secrets)
	}

	report, err := w.attempt(ctx, job, config, limits, s.Stderr)
	secrets = job.hidden()
	if err != nil {
		return encodeFailure(w.explain(err), in, secrets)
	}
	out, err := report.encode(job)
	if err != nil {
		return encodeFailure(w.explain(fmt.Errorf("its report is not valid, which is a fault of the worker: %w", err)), in, secrets)
	}
	return out
}

// secretsOf are the values that must not be seen: of the items that are
// declared secret, and of everything in the job whose name says so.
func secretsOf(in input, config map[string]json.RawMessage, fields []field) []string {
	var secrets []string
	add := func(raw json.RawMessage) {
		var v any
		if json.Unmarshal(raw, &v) == nil {
			secrets = append(secrets, texts(v)...)
		}
	}
	for _, f := range fields {
		if f.Secret {
			add(config[f.Name])
		}
	}
	var walk func(name string, raw json.RawMessage)
	walk = func(name string, raw json.RawMessage) {
		if secretName(name) {
			add(raw)
			return
		}
		var nested map[string]json.RawMessage
		if jsonKind(raw) == "an object" && json.Unmarshal(raw, &nested) == nil {
			for k, r := range nested {
				walk(k, r)
			}
		}
	}
	for _, name := range []string{"config", "parameters"} {
		walk(name, in[name])
	}
	return secrets
}

// texts are the strings in a value that are long enough to be looked for, as
// they are and without white space around.
func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		for _, s := range []string{v, strings.TrimSpace(v)} {
			if len(s) >= minSecret {
				out = append(out, s)
			}
		}
	case []any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	case map[string]any:
		for _, e := range v {
			out = append(out, texts(e)...)
		}
	}
	return out
}

// grace is how long a worker that was told to stop may take to come to an end.
const grace = time.Second

// attempt runs the worker's function within the job's time.
func (w *Worker) attempt(ctx context.Context, job *Job, config map[string]json.RawMessage, s standard, stderr io.Writer) (Report, error) {
	limit := s.limit()
	timeout := fmt.Errorf("gave up after %v, shortly before the job's limit of %v (jobTimeout in Cortex)", limit, s.timeout())
	ctx, cancel := context.WithTimeoutCause(ctx, limit, timeout)
	defer cancel()

	type result struct {
		report Report
		err    error
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				fmt.Fprintf(stderr, "%s: panic: %s\n", w.Name, upstream.Redact(fmt.Sprintf("%v\n%s", p, debug.Stack()), job.hidden()...))
				done <- result{err: fmt.Errorf("internal error (panic: %v); please report it with the log of the job", p)}
			}
		}()
		report, err := w.run(ctx, job, config)
		done <- result{report, err}
	}()

	var r result
	select {
	case r = <-done:
	case <-ctx.Done():
		select {
		case r = <-done:
		case <-time.After(grace):
			return Report{}, context.Cause(ctx)
		}
	}
	if r.err != nil && ctx.Err() != nil {
		return Report{}, fmt.Errorf("%w; last: %v", context.Cause(ctx), r.err)
	}
	return r.report, r.err
}
