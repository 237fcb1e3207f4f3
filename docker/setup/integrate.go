package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/docker/setup/check"
	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/shared/harmless"
)

// integration is what the command was told.
type integration struct {
	env    string
	dry    bool
	check  bool
	feeder string
	wait   time.Duration
}

func integrateCommand() *cobra.Command {
	var i integration
	cmd := &cobra.Command{
		Use:   "integrate",
		Short: "Connect TheHive, Cortex, MISP and the feeder",
		Long: "integrate waits for TheHive 4.1 or 5, Cortex 4 and MISP 2.5, and makes what is lacking\n" +
			"in them: the organisation, users with their keys, analyzers and responders, taxonomies,\n" +
			"templates, dashboards, and the connections between them. What is there already stays,\n" +
			"so it can be run again at any time. The keys are kept in files (SETUP_KEYS).\n\n" +
			"Settings come from a .env file and the environment, which wins:\n\n" + settingsHelp() +
			"\nAn analyzer or responder that needs values of its own is enabled once they are set,\n" +
			"under the names that it has for a run from a terminal: WAGGLE_ABUSECH_KEY, …",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return i.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	flags := cmd.Flags()
	flags.StringVar(&i.env, "env", "", "`file` with the settings (default .env here, or in docker below it)")
	flags.BoolVar(&i.dry, "dry-run", false, "look, tell what would be done, and change nothing")
	flags.BoolVar(&i.check, "check", false, "make nothing: follow one made-up post from the feeder to MISP, and delete what came of it")
	flags.StringVar(&i.feeder, "feeder", beside("feeder"), "`program` that reads the post of --check")
	flags.DurationVar(&i.wait, "wait", 10*time.Minute, "how long to wait for each server")
	return cmd
}

// settingsHelp lists the settings.
func settingsHelp() string {
	var out strings.Builder
	for _, i := range config.Items() {
		text := i.About
		if i.Default != "" {
			text += " (" + i.Default + ")"
		}
		fmt.Fprintf(&out, "  %-23s %s\n", i.Name, text)
	}
	return out.String()
}

func (i integration) run(ctx context.Context, out io.Writer) error {
	s, err := config.Load(envPath(i.env), os.Environ())
	if err != nil {
		return err
	}
	ring := keyring.New(s.Keys, s.Secrets()...)
	t := table{out: out, hide: ring.Hide}
	t.head()
	if i.check {
		publisher := check.Publisher{Program: i.feeder, Settings: s, Ring: ring}
		follow(ctx, &check.Loop{Settings: s, Ring: ring, Publish: publisher.Publish}, i.wait, t.row)
	} else {
		groups, err := plan(s, ring, waiting{i.wait, t.line})
		if err != nil {
			return err
		}
		step.Run(ctx, groups, i.dry, t.row)
	}
	if err := t.end(); err != nil {
		return err
	}
	if t.count[step.Done] > 0 {
		fmt.Fprintf(out, "\nPasswords and keys that were made are in %s, for you alone: keep a copy where your passwords are.\nThe stack's feeder takes its keys with: docker compose up -d feeder\n", s.Keys)
	}
	if t.count[step.Could] > 0 {
		return errIncomplete
	}
	return nil
}

// follow goes the way of a post whose source is named like no other.
func follow(ctx context.Context, loop *check.Loop, wait time.Duration, tell func(step.Row)) {
	loop.Source, loop.Every, loop.AtMost = "setup-check-"+uuid.NewString()[:8], every, wait
	loop.Run(ctx, tell)
}

// beside is the path of a program in the folder of this one.
func beside(name string) string {
	self, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(self), name)
}

// envPath finds the .env file where none is named.
func envPath(named string) string {
	for _, path := range []string{named, ".env", filepath.Join("docker", ".env")} {
		if _, err := os.Stat(path); err == nil || path != "" && path == named {
			return path
		}
	}
	return ".env"
}

// table prints rows as they come, so that somebody who waits sees how far it is.
type table struct {
	out   io.Writer
	hide  func(string) string
	count map[step.State]int
	err   error
}

// maxText bounds what a row says, in characters.
const maxText = 600

func (t *table) head() {
	t.count = map[step.State]int{}
	t.line(step.Row{Server: "SERVER", State: "RESULT", Step: "STEP", Text: "FOUND"})
}

func (t *table) row(r step.Row) {
	t.count[r.State]++
	t.line(r)
}

func (t *table) line(r step.Row) {
	_, err := fmt.Fprintf(t.out, "%-8s %-9s  %-44s %s\n", r.Server, r.State, r.Step, harmless.Plain(t.hide(r.Text), maxText))
	t.err = cmp.Or(t.err, err)
}

// end sums up.
func (t *table) end() error {
	var parts []string
	for _, s := range []step.State{step.Well, step.Done, step.There, step.Would, step.Left, step.Could} {
		if n := t.count[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	_, err := fmt.Fprintf(t.out, "\n%s\n", strings.Join(parts, ", "))
	return cmp.Or(t.err, err)
}
