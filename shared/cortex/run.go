package cortex

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

// Surroundings are what a run takes from outside the job. The zero value is
// the process' own.
type Surroundings struct {
	Stderr    io.Writer           // where a panic's stack goes; default os.Stderr
	Getenv    func(string) string // default os.Getenv
	Transport http.RoundTripper   // replaces the network, for tests

	failed func(error) // hears why a job failed; what is reported is its text alone
}

func (s Surroundings) withDefaults() Surroundings {
	if s.Stderr == nil {
		s.Stderr = os.Stderr
	}
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	if s.failed == nil {
		s.failed = func(error) {}
	}
	return s
}

// Run does the job in a folder, as Cortex has it done, and leaves the report in
// output/output.json, be it of success or of failure. The error says that no
// report could be written, and why; nothing was done then.
func (w *Worker) Run(ctx context.Context, folder Folder, s Surroundings) error {
	in, err := await(ctx, 0, folder.read)
	// A report is there from the start, so that a worker that is killed or runs
	// out of memory has one as well, and so that no service is asked when the
	// answer could not be told.
	if err := folder.write(w.unfinished()); err != nil {
		return w.unwritable(folder, err)
	}
	out := w.answer(ctx, in, err, folder, s.withDefaults())
	err = folder.write(out)
	if err == nil {
		return nil
	}
	// What can't hold the report may still hold the reason.
	small := encodeFailure(w.explain(fmt.Errorf("its report of %s can't be written: %w", megabytes(int64(len(out))), reason(err))), nil, nil)
	if folder.write(small) != nil {
		return w.unwritable(folder, err)
	}
	return nil
}

// unfinished is the report that stays if the worker never comes to writing one.
func (w *Worker) unfinished() []byte {
	return encodeFailure(w.Name+": ended before its report was written: it was killed, ran out of memory or crashed; "+
		"see the job's log, and give the container more memory if that was it", nil, nil)
}

func (w *Worker) unwritable(folder Folder, err error) error {
	return fmt.Errorf("%s: no report can be written to %s: %w; check that the job folder is there, writable and on a disk with free space",
		w.Name, folder.output("output.json"), reason(err))
}

// write leaves the report under its name at once or not at all: Cortex never
// ends a job whose report is half there. The file is not synced to the disk:
// a job does not outlive its host, and the wait would be longer than the work.
func (f Folder) write(report []byte) error {
	file, err := os.CreateTemp(f.output(""), ".output-*.json")
	if err != nil {
		return err
	}
	_, err = file.Write(report)
	err = errors.Join(err, file.Chmod(0o644), file.Close()) // Cortex may read it as another user
	if err == nil {
		err = os.Rename(file.Name(), f.output("output.json"))
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
