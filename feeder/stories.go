package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func storiesCommand(s *settings) *cobra.Command {
	var asJSON bool
	query := waggle.StoryQuery{}
	cmd := &cobra.Command{
		Use:   "stories",
		Short: "List the stories, the highest score first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.reading(cmd.Context(), func(data *store.Store) error {
				stories, total, err := data.Stories(cmd.Context(), query)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), append([]waggle.Story{}, stories...))
				}
				return printStories(cmd.OutOrStdout(), stories, total)
			})
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, "print whole stories as JSON")
	flags.StringVar(&query.Source, "source", "", "only with a post of the source of this `name`")
	flags.StringVar(&query.Text, "text", "", "only with this `text` in a title or a post")
	flags.StringVar(&query.Indicator, "indicator", "", "only with this `value`, defanged or not")
	flags.IntVar(&query.Limit, "limit", 1000, "at most this `number`")
	return cmd
}

func printStories(out io.Writer, stories []waggle.Story, total int) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "SCORE\tSEVERITY\tVERDICT\tLAST\tPOSTS\tINDICATORS\tALERT\tTITLE")
	for _, s := range stories {
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d\t%d\t%s\t%s\n", s.Score, s.Severity, verdictOf(s), clock(s.Last), len(s.Posts), s.Marks(), alertState(s), plain(s.Title))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%d of %d stories\n", len(stories), total)
	return err
}

// verdictOf is a story's verdict in a list.
func verdictOf(s waggle.Story) string {
	if s.Verdict == nil {
		return "-"
	}
	return string(s.Verdict.Level)
}

// alertState says how far a story's alert has come.
func alertState(s waggle.Story) string {
	switch {
	case s.Alert.Revision == s.Revision:
		return s.Alert.ID
	case s.Alert.Error != "":
		return "failing"
	case s.Alert.ID != "":
		return s.Alert.ID + ", growing"
	}
	return "waits"
}
