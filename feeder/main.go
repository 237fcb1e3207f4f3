// Command feeder follows sources, keeps what matters to one business and
// raises it as alerts of TheHive. `feeder help` lists what it can do.
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
	exitIncomplete = 1 // something still waits, or a source or a connection failed; the text says which
	exitWrong      = 2 // the command could not be done: configuration, arguments, data
)

// errIncomplete is the error of a command that did its work and found that
// not all is well; it has told so already.
var errIncomplete = errors.New("not all is well")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := feeder(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// feeder runs one command and gives the exit code.
func feeder(ctx context.Context, args []string, out, log io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(log)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitWell
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	}
	fmt.Fprintln(log, "feeder:", err)
	return exitWrong
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "feeder",
		Short:         "Follow threat reports, keep what matters here, alert TheHive",
		Long:          "feeder follows feeds, pages and accounts that report threats, reads the indicators\nin them, keeps what matters to your business and raises it as alerts of TheHive.\n\nExit codes: 0 all is well; 1 something still waits, or a source or a connection\nfailed (the text says which); 2 the command could not be done.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	s := &settings{}
	flags := root.PersistentFlags()
	flags.StringVar(&s.config, "config", "", "configuration `file` (default waggle.yaml, if it is there)")
	flags.StringVar(&s.database, "database", "", "`file` of the data, whatever the configuration says")
	flags.StringVar(&s.listen, "listen", "", "`address` of the page, whatever the configuration says")
	root.AddCommand(
		runCommand(s), onceCommand(s), demoCommand(s), reportCommand(s),
		storiesCommand(s), postsCommand(s), explainCommand(s), sourcesCommand(s), listsCommand(s), judgeCommand(s), profileCommand(),
		backupCommand(s), restoreCommand(s), checkCommand(s), healthyCommand(s), versionCommand(),
	)
	return root
}
