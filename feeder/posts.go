package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
)

func postsCommand(s *settings) *cobra.Command {
	var asJSON bool
	var fate string
	var dead bool
	query := waggle.PostQuery{Limit: -1}
	cmd := &cobra.Command{
		Use:   "posts",
		Short: "List every post with what became of it and why",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			query.Fate = waggle.Fate(fate)
			switch query.Fate {
			case "", waggle.Pending, waggle.Told, waggle.Dropped, waggle.Quiet, waggle.Failed:
			default:
				return fmt.Errorf("--fate: %q is not known: use pending, story, dropped, quiet or failed", fate)
			}
			if dead {
				query.Fate = waggle.Failed
			}
			return s.reading(cmd.Context(), func(data *store.Store) error {
				records, _, err := data.Posts(cmd.Context(), query)
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), lines(records))
				}
				return printPosts(cmd.OutOrStdout(), records)
			})
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	flags.StringVar(&fate, "fate", "", "only of this `fate`: pending, story, dropped, quiet or failed")
	flags.BoolVar(&dead, "dead", false, "only those that were given up: the same as --fate failed")
	flags.StringVar(&query.Source, "source", "", "only of the source of this `name`")
	flags.StringVar(&query.Text, "text", "", "only with this `text` in title or text")
	return cmd
}

// line is a post in the JSON list.
type line struct {
	Ref       string      `json:"ref"`
	Source    string      `json:"source"`
	ID        string      `json:"id"`
	URL       string      `json:"url"`
	Title     string      `json:"title"`
	Published time.Time   `json:"published,omitzero"`
	Fate      waggle.Fate `json:"fate"`
	Reason    string      `json:"reason"`
	Score     int         `json:"score"`
	Story     string      `json:"story"`
}

func lines(records []waggle.Record) []line {
	list := make([]line, len(records))
	for i, r := range records {
		list[i] = line{r.Ref, r.Source, r.ID, r.URL, r.Title, r.Published, r.Fate, r.Reason, r.Score, r.Story}
	}
	return list
}

// titleWidth keeps a title from pushing the reason out of sight, in characters.
const titleWidth = 60

func printPosts(out io.Writer, records []waggle.Record) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "POST\tTIME\tSOURCE\tFATE\tSCORE\tTITLE\tWHY")
	for _, r := range records {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", r.Ref, clock(r.When()), r.Source, r.Fate, r.Score, harmless.Line(r.Title, titleWidth), plain(r.Reason))
	}
	return table.Flush()
}
