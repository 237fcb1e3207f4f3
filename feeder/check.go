package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/wording"
	"github.com/waggle-cti/waggle/shared/misp"
)

func checkCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, the data and the connections",
		Long:  "check reads the configuration and the profile, opens the data, the warninglists and\nthe threat data, and asks TheHive, Cortex and MISP, each if it is configured. It changes nothing.\n\nExit codes: 0 all is well; 1 something is not (the table says what); 2 the\nconfiguration is wrong.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			return printChecks(cmd.OutOrStdout(), examine(cmd.Context(), c))
		},
	}
}

// check is one thing that was looked at.
type check struct {
	name string
	said string // what was found
	err  error  // what is wrong with it
}

// patience is the longest that one system may take to answer.
const patience = 20 * time.Second

func examine(ctx context.Context, c *config.Config) []check {
	checks := []check{
		{name: "profile", said: c.Profile + ", " + wording.Number(len(c.Sources), "source", "sources")},
		checkSecrets(c),
		checkData(ctx, c.Database),
		checkLists(c, time.Now()),
		checkThreats(c, time.Now()),
		checkTriage(c),
		checkBlocks(c),
	}
	for _, server := range []struct {
		name string
		used bool
		ask  func(context.Context, *config.Config) (string, error)
	}{
		{"TheHive", c.TheHive.Used(), askTheHive},
		{"Cortex", c.Cortex.Used(), askCortex},
		{"MISP", c.MISP.Used(), askMISP},
		{"responders", c.TheHive.Used() && c.Cortex.Used(), askResponders},
	} {
		if !server.used {
			checks = append(checks, check{name: server.name, said: "not configured"})
			continue
		}
		asking, cancel := context.WithTimeout(ctx, patience)
		said, err := server.ask(asking, c)
		cancel()
		checks = append(checks, check{server.name, said, err})
	}
	return checks
}

func printChecks(out io.Writer, checks []check) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	wrong := false
	for _, c := range checks {
		state, text := "ok", c.said
		if c.err != nil {
			wrong = true
			state, text = "WRONG", c.err.Error()
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", c.name, state, plain(text))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if wrong {
		return errIncomplete
	}
	return nil
}

// checkSecrets finds files of secrets that others may read. It is no fault: in a
// container there are no others.
func checkSecrets(c *config.Config) check {
	open := c.Exposed()
	if len(open) == 0 {
		return check{name: "secrets", said: "no file of them is open to every user of this machine"}
	}
	return check{name: "secrets", said: "every user of this machine may read " + strings.Join(open, ", ") + ": chmod o-r, unless that is a container's alone"}
}

func checkData(ctx context.Context, database string) (c check) {
	c.name = "data"
	path := store.Name(database)
	data, err := store.OpenReader(ctx, database)
	if errors.Is(err, store.ErrNoData) {
		c.said, c.err = path+": begun by the first run", store.Creatable(database)
		return c
	}
	if err != nil {
		c.err = err
		return c
	}
	defer func() { c.err = errors.Join(c.err, data.Close()) }()
	left, err := data.Undelivered(ctx, time.Now())
	if err != nil {
		c.err = err
		return c
	}
	open, err := data.OpenAnalyses(ctx, time.Now())
	if err != nil {
		c.err = err
		return c
	}
	c.said = fmt.Sprintf("%s: %d stories wait for TheHive, %d stories and %d analyses for Cortex", path, left.Waiting, open.Stories, open.Waiting+open.Running+open.Held)
	if left.Refused > 0 {
		c.err = fmt.Errorf("%s: TheHive refused %d stories; they are tried again, the first at %s: %s", path, left.Refused, clock(left.Next), left.Error)
	}
	return c
}

// askTheHive looks for an alert: that takes the key, the organisation and the
// right to read alerts.
func askTheHive(ctx context.Context, c *config.Config) (string, error) {
	client, err := theHive(c)
	if err != nil {
		return "", err
	}
	v, err := client.Version(ctx)
	if err != nil {
		return "", err
	}
	if _, _, err := client.FindAlert(ctx, alert.Type, "check", "check"); err != nil {
		return "", err
	}
	return fmt.Sprintf("version %s, the key may read alerts", v.Text), nil
}

// askCortex asks who the key belongs to, and which analyzers run by themselves.
func askCortex(ctx context.Context, c *config.Config) (string, error) {
	client, err := newCortex(c)
	if err != nil {
		return "", err
	}
	version, err := client.Version(ctx)
	if err != nil {
		return "", err
	}
	user, err := client.User(ctx)
	if err != nil {
		return "", err
	}
	enricher, err := enrich.New(client, enrich.Options{Settings: c.Cortex.Settings})
	if err != nil {
		return "", err
	}
	standing, err := enricher.Standing(ctx)
	if err != nil {
		return "", err
	}
	said := fmt.Sprintf("version %s, the key is of %s; of %d analyzers %d run by themselves", version, user.Login,
		len(standing.Run)+len(standing.Rest), len(standing.Run))
	if len(standing.Run) > 0 {
		said += ": " + strings.Join(standing.Run, ", ")
	}
	if !slices.Contains(user.Roles, "analyze") {
		return "", fmt.Errorf("%s, but its user lacks the role analyze: give it in Cortex", said)
	}
	return said, nil
}

func askMISP(ctx context.Context, c *config.Config) (string, error) {
	client, err := misp.New(misp.Options{URL: c.MISP.URL, Key: c.MISP.Key.Reveal()})
	if err != nil {
		return "", err
	}
	version, err := client.Version(ctx)
	if err != nil {
		return "", err
	}
	return "version " + version, nil
}
