package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func listsCommand(s *settings) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lists",
		Short: "Say which warninglists are in use",
		Long:  "lists says which warninglists were compiled, how many entries each has, and\nwhether it makes a value harmless or only flags it by name. The built-in list\nis always there.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			loaded, err := openLists(c)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if asJSON {
				err = printJSON(out, append([]knownbenign.List{}, loaded.Loaded()...))
			} else {
				err = printLists(out, loaded)
			}
			return errors.Join(err, loaded.Close())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	cmd.AddCommand(updateListsCommand(s))
	return cmd
}

func updateListsCommand(s *settings) *cobra.Command {
	var o lists.Options
	var threats string
	cmd := &cobra.Command{
		Use:   "update [--from PLACE] [--threats PLACE]",
		Short: "Fetch and compile warninglists and threat data for the feeder",
		Long: "update compiles warninglists and threat data into the data folder, in the place of\n" +
			"those that are there. A running feeder uses them within seconds.\n\n" +
			"Threat data are CISA's known exploited vulnerabilities, FIRST's EPSS, NVD's CVSS, and\n" +
			"the names in MITRE ATT&CK and MISP's galaxies. With --threats web they come from\n" +
			"their publishers; for a network without way out, name a folder that holds the files,\n" +
			"called as at their publishers. What cannot be had stays as it was, and is told.\n\n" +
			"Without flags both come from the web, the warninglists from MISP's project.\n\n" +
			"A place is a folder or an archive (.zip, .tar.gz) of lists as\nhttps://github.com/MISP/misp-warninglists has them, a single list.json, the\n" +
			"address of an archive, or misp: the lists that are enabled in the configured MISP.",
		Example: "  feeder lists update\n" +
			"  feeder lists update --from misp\n" +
			"  feeder lists update --from misp-warninglists --from ours/list.json --benign \"Our own servers\"",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(o.From) == 0 && threats == "" {
				o.From, threats = []string{projectLists}, fromWeb
			}
			c, err := s.load()
			if err != nil {
				return err
			}
			// Either may fail, and must not hold up the other.
			var errLists, errThreats error
			if len(o.From) > 0 {
				errLists = updateLists(cmd.Context(), cmd.OutOrStdout(), c, o)
			}
			if threats != "" {
				errThreats = updateThreats(cmd.Context(), cmd.OutOrStdout(), c, threats)
			}
			return cmp.Or(errLists, errThreats)
		},
	}
	cmd.Flags().StringArrayVar(&o.From, "from", nil, "`place` to take lists from; may be repeated")
	cmd.Flags().StringVar(&threats, "threats", "", "`place` to take threat data from: web, or a folder")
	cmd.Flags().StringArrayVar(&o.Benign, "benign", nil, "`name` of a list of your own whose entries are harmless; may be repeated")
	return cmd
}

// projectLists is where the warninglists' own project hands them out.
const projectLists = "https://github.com/MISP/misp-warninglists/archive/refs/heads/main.tar.gz"

func updateLists(ctx context.Context, out io.Writer, c *config.Config, o lists.Options) error {
	if err := connect(&o, c); err != nil {
		return err
	}
	compiled, left, err := lists.Update(ctx, listsPath(c), o)
	if err != nil {
		return err
	}
	return printUpdate(out, listsPath(c), compiled, left)
}

// connect makes what fetches lists from elsewhere.
func connect(o *lists.Options, c *config.Config) error {
	web, err := newReader(c, fetch.Options{MaxBody: lists.MaxArchive, Timeout: 10 * time.Minute})
	if err != nil {
		return err
	}
	o.Getter = web
	if !c.MISP.Used() {
		return nil
	}
	server, err := misp.New(misp.Options{URL: c.MISP.URL, Key: c.MISP.Key.Reveal(), HTTP: upstream.Options{MaxBody: lists.MaxArchive}})
	if err != nil {
		return err
	}
	o.MISP = server
	return nil
}

// listsPath is where the compiled lists are: beside the data.
func listsPath(c *config.Config) string { return filepath.Join(c.Folder(), lists.File) }

// openLists opens the compiled lists. Without a file they are nil, which is the
// built-in list.
func openLists(c *config.Config) (*knownbenign.Lists, error) {
	l, err := knownbenign.Open(listsPath(c))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return l, err
}

// listsAge is when compiled lists are old: the project changes them every few
// weeks.
const listsAge = 90 * 24 * time.Hour

// checkLists says what the compiled lists are, and whether they are whole.
func checkLists(c *config.Config, now time.Time) check {
	said, err := describeLists(c, now)
	if err != nil {
		err = fmt.Errorf("%w; until then only the built-in list is used: run feeder lists update", err)
	}
	return check{name: "warninglists", said: said, err: err}
}

func describeLists(c *config.Config, now time.Time) (said string, err error) {
	loaded, err := openLists(c)
	if err != nil {
		return "", err
	}
	if loaded == nil {
		return listsPath(c) + " is not there: only the built-in list is used; feeder lists update compiles MISP's", nil
	}
	defer func() { err = errors.Join(err, loaded.Close()) }()
	entries := 0
	for _, l := range loaded.Loaded() {
		entries += l.Entries
	}
	when, _ := loaded.Built()
	age := now.Sub(when)
	said = fmt.Sprintf("%s: %d lists, %d entries, compiled %s, %d days ago", listsPath(c), len(loaded.Loaded()), entries, clock(when), age/(24*time.Hour))
	if age > listsAge {
		said += ": run feeder lists update for newer ones"
	}
	return said, loaded.Verify()
}

func printLists(out io.Writer, loaded *knownbenign.Lists) error {
	if len(loaded.Loaded()) == 0 {
		_, err := fmt.Fprintln(out, "The built-in list alone: no warninglists are compiled. See feeder lists update --help.")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "LIST\tVERSION\tMATCH\tASKED FOR\tHARMLESS\tENTRIES\tREFUSED")
	entries := 0
	for _, l := range loaded.Loaded() {
		entries += l.Entries
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%d\t%d\n", plain(l.Name), l.Version, l.Match, l.Kinds, l.Benign, l.Entries, l.Refused)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	when, from := loaded.Built()
	_, err := fmt.Fprintf(out, "\n%d lists, %d entries, compiled %s from %s; the built-in list beside them.\n", len(loaded.Loaded()), entries, clock(when), plain(from))
	return err
}

func printUpdate(out io.Writer, path string, compiled []knownbenign.List, left []lists.LeftOut) error {
	entries := 0
	for _, l := range compiled {
		entries += l.Entries
		if l.Refused > 0 {
			fmt.Fprintf(out, "%s: %d entries cannot be used; the first: %s\n", plain(l.Name), l.Refused, plain(l.Refusal))
		}
	}
	for _, l := range left {
		fmt.Fprintf(out, "%s: left out: %s\n", plain(l.Name), plain(l.Why.Error()))
	}
	_, err := fmt.Fprintf(out, "%d lists with %d entries are in %s. A feeder that runs uses them within seconds.\n", len(compiled), entries, path)
	return err
}
