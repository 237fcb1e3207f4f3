package cortex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// answer does the job and gives output.json, whatever happens. err is why
// there is no input.
func (w *Worker) answer(ctx context.Context, in input, err error, folder Folder, s Surroundings) []byte {
	var t task
	if err == nil {
		t, err = w.prepare(in, folder, s)
	}
	if err != nil {
		s.failed(err)
		return encodeFailure(w.explain(err), in, in.secrets())
	}
	report, err := w.attempt(ctx, t, s.Stderr)
	secrets := t.job.hidden()
	if err != nil {
		s.failed(err)
		return encodeFailure(w.explain(err), in, secrets)
	}
	out, err := report.encode(t.job)
	if err != nil {
		return encodeFailure(w.explain(fmt.Errorf("its report is not valid, which is a fault of the worker: %w", err)), in, secrets)
	}
	return out
}

// task is a job that may be done.
type task struct {
	job      *Job
	config   map[string]json.RawMessage
	standard standard
}

// prepare makes a task of the input, or tells why nothing may be done.
func (w *Worker) prepare(in input, folder Folder, s Surroundings) (t task, err error) {
	if err := w.unusable(); err != nil {
		return t, fmt.Errorf("its definition is not valid, which is a fault of the worker: %w", err)
	}
	if t.config, err = in.object("config"); err != nil {
		return t, err
	}
	if t.standard, err = w.standardConfig(t.config); err != nil {
		return t, err
	}
	if t.job, err = in.job(w); err != nil {
		return t, err
	}
	if err := t.standard.permit("the job", t.job.TLP, t.job.PAP); err != nil {
		return t, err
	}
	t.furnish(in, folder, s)
	return t, t.job.locate()
}

// furnish gives the job what surrounds it.
func (t *task) furnish(in input, folder Folder, s Surroundings) {
	t.job.folder, t.job.limits, t.job.AutoExtract = folder, t.standard, t.standard.AutoExtract
	t.job.network = newNetwork(t.standard, folder, s)
	for _, secret := range append(in.secrets(), t.job.network.passwords()...) {
		t.job.Hide(secret)
	}
}

// grace is how long a worker that was told to stop may take to come to an end.
const grace = time.Second

// attempt runs the worker's function within the job's time.
func (w *Worker) attempt(ctx context.Context, t task, stderr io.Writer) (Report, error) {
	limit := t.standard.limit()
	ctx, cancel := context.WithTimeoutCause(ctx, limit,
		stopped(fmt.Sprintf("gave up after %v, shortly before the job's limit of %v (jobTimeout in Cortex)", limit, t.standard.timeout())))
	defer cancel()
	return await(ctx, grace, guarded(t, stderr, func() (Report, error) { return w.run(ctx, t.job, t.config) }))
}

// guarded makes a panic of a worker's function an error, and leaves its stack,
// without secrets, on stderr.
func guarded[T any](t task, stderr io.Writer, f func() (T, error)) func() (T, error) {
	return func() (result T, err error) {
		defer func() {
			if p := recover(); p != nil {
				trace := fmt.Sprintf("%v\n%s", p, debug.Stack())
				fmt.Fprintf(stderr, "%s: panic: %s\n", t.job.worker.Name, upstream.Redact(trace, t.job.hidden()...))
				err = fmt.Errorf("internal error (panic: %v): please report it with the log of the job", p)
			}
		}()
		return f()
	}
}

// stopped is why a job was ended from outside.
type stopped string

func (s stopped) Error() string { return string(s) }

// await waits for f until the context ends, and a little longer for what f
// makes of that. A context that has ended starts nothing.
func await[T any](ctx context.Context, grace time.Duration, f func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, because(ctx, context.Cause(ctx))
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := f()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, because(ctx, r.err)
	case <-ctx.Done():
	}
	select {
	case r := <-done:
		return r.value, because(ctx, r.err)
	case <-time.After(grace):
		return none, because(ctx, context.Cause(ctx))
	}
}

// because puts why the context ended in front of what that led to.
func because(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	cause := context.Cause(ctx)
	if _, ok := errors.AsType[stopped](cause); !ok {
		cause = stopped(fmt.Sprintf("was told to stop before it was done (%v)", cause))
	}
	if errors.Is(err, ctx.Err()) && upstream.ReasonOf(err) == "" || errors.Is(err, context.Cause(ctx)) {
		return cause
	}
	return fmt.Errorf("%w: %v", cause, err)
}
