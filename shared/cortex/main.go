package cortex

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Exit codes. Cortex looks at none of them.
const (
	exitOK    = 0 // a report was written, be it of success or of failure
	exitError = 1 // no report could be written; of lookup: nobody answered; of doctor: something is wrong
	exitUsage = 2 // the command line is wrong
)

// Main is the whole of a program that holds workers: each worker's name is a
// command, beside lookup, doctor, list, catalog, templates, docs and what extra brings.
// It ends the process.
func Main(program string, workers []*Worker, extra ...*cobra.Command) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// Beyond a limit on file sizes the system would end the process; this way the
	// write fails, and what failed can be told.
	signal.Ignore(syscall.SIGXFSZ)
	args := os.Args[1:]
	// A link that is named like a worker is that worker: Cortex' process runner
	// gives a command the job folder and nothing else.
	if w := find(workers, filepath.Base(os.Args[0])); w != nil && w.Command() != program {
		args = append([]string{w.Command()}, args...)
	}
	code := execute(ctx, program, workers, args, streams{os.Stdin, os.Stdout, os.Stderr}, extra...)
	stop()
	os.Exit(code)
}

// streams are a process' standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// failed ends the program with a code, after its message was printed.
type failed struct {
	code int
	err  error
}

func (f failed) Error() string { return f.err.Error() }

// execute runs one command line and gives the exit code.
func execute(ctx context.Context, program string, workers []*Worker, args []string, s streams, extra ...*cobra.Command) int {
	root := &cobra.Command{
		Use:           program,
		Short:         "Waggle's Cortex " + program,
		Version:       upstream.Version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.AddGroup(&cobra.Group{ID: "workers", Title: "Workers:"})
	for _, w := range asked(workers, args) {
		root.AddCommand(workerCommand(w))
	}
	root.AddCommand(lookupCommand(workers), doctorCommand(workers), listCommand(workers), catalogCommand(program, workers),
		templatesCommand(workers), docsCommand(workers), versionCommand(program))
	root.AddCommand(extra...)

	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(s.err, "%s: %s\n", program, text)
	}
	if f, ok := errors.AsType[failed](err); ok {
		return f.code
	}
	return exitUsage
}

// asked are the workers whose commands a command line needs: the one that it
// names, as a job's does, else all.
func asked(workers []*Worker, args []string) []*Worker {
	if len(args) > 0 {
		if w := find(workers, args[0]); w != nil {
			return []*Worker{w}
		}
	}
	return workers
}

// find gives the worker of a name: as a command, or as Cortex knows it.
func find(workers []*Worker, name string) *Worker {
	for _, w := range workers {
		if strings.EqualFold(name, w.Command()) || strings.EqualFold(name, w.Name) {
			return w
		}
	}
	return nil
}

// workerCommand runs a worker on a job folder, or on a job from the standard
// input.
func workerCommand(w *Worker) *cobra.Command {
	return &cobra.Command{
		Use:     w.Command() + " [job folder]",
		GroupID: "workers",
		Short:   w.Description,
		Long:    w.help(),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s := Surroundings{Stderr: c.ErrOrStderr()}
			folder := chooseFolder(args)
			var err error
			if folder != "" {
				err = w.Run(c.Context(), folder, s)
			} else {
				err = w.runStream(c.Context(), c.InOrStdin(), c.OutOrStdout(), s)
			}
			if err != nil {
				return failed{exitError, err}
			}
			return nil
		},
	}
}

// chooseFolder finds the job's folder: the argument, CORTEX_JOB_FOLDER, or
// /job where there is one; "" if the job comes on the standard input.
func chooseFolder(args []string) Folder {
	if len(args) > 0 {
		return Folder(args[0])
	}
	if f := os.Getenv("CORTEX_JOB_FOLDER"); f != "" {
		return Folder(f)
	}
	if info, err := os.Stat(string(DefaultFolder)); err == nil && info.IsDir() {
		return DefaultFolder
	}
	return ""
}

// runStream does a job that comes as JSON on a stream and writes the report to
// another, as Cortex 2 did.
func (w *Worker) runStream(ctx context.Context, from io.Reader, to io.Writer, s Surroundings) error {
	if f, ok := from.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return errors.New("no job: give the job's folder, or the job as JSON on the standard input; see --help")
		}
	}
	in, err := await(ctx, 0, func() (input, error) { return readInput(from) })
	out, err := w.inScratch(ctx, in, err, nil, s)
	if err != nil {
		return err
	}
	if _, err := to.Write(out); err != nil {
		return fmt.Errorf("%s: the report can't be written: %w", w.Name, reason(err))
	}
	return nil
}

// inScratch does a job that has no folder in a temporary one. prepare may put
// files into it.
func (w *Worker) inScratch(ctx context.Context, in input, err error, prepare func(Folder) error, s Surroundings) ([]byte, error) {
	dir, tempErr := os.MkdirTemp("", "waggle-job-")
	if tempErr != nil {
		return nil, fmt.Errorf("no temporary folder can be made: %w", tempErr)
	}
	defer os.RemoveAll(dir)
	folder := Folder(dir)
	for _, sub := range []string{folder.input(""), folder.output("")} {
		if err := os.Mkdir(sub, 0o700); err != nil {
			return nil, fmt.Errorf("no temporary folder can be made: %w", err)
		}
	}
	if prepare != nil {
		if err := prepare(folder); err != nil {
			return nil, err
		}
	}
	return w.answer(ctx, in, err, folder, s.withDefaults()), nil
}

func versionCommand(program string) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "print the program's version", Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), program, upstream.Version()) },
	}
}
