// Command setup makes the stack's settings and joins its servers. `setup help`
// lists what it can do.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitWell       = 0
	exitIncomplete = 1 // something is to be done by hand; the text says what
	exitWrong      = 2 // the command could not be done: arguments, files
)

// errIncomplete is the error of a command that has told what is to be done by
// hand already.
var errIncomplete = errors.New("not all is well")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := setup(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// setup runs one command and gives the exit code.
func setup(ctx context.Context, args []string, in io.Reader, out, log io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(log)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitWell
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	}
	fmt.Fprintln(log, "setup:", err)
	return exitWrong
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "setup",
		Short:         "Make the stack's settings and join its servers",
		Long:          "setup makes the stack's settings and joins its servers.\n\nExit codes: 0 all is well; 1 something is to be done by hand (the text says\nwhat); 2 the command could not be done.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(initCommand(), integrateCommand())
	return root
}
