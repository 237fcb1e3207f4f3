package main

import (
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/verdict"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func explainCommand(s *settings) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain POST",
		Short: "Say what was read in a post, and why it met its fate",
		Long:  "explain tells all that is known of one post. POST is its short name, as `feeder posts` lists it.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.reading(cmd.Context(), func(data *store.Store) error {
				record, err := data.Post(cmd.Context(), args[0])
				if errors.Is(err, waggle.ErrNotFound) {
					return fmt.Errorf("%w: `feeder posts` lists the posts with their names", err)
				}
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), record)
				}
				if err := explain(cmd.OutOrStdout(), record); err != nil || record.Story == "" {
					return err
				}
				told, err := data.Story(cmd.Context(), record.Story)
				if err != nil {
					return err
				}
				return explainVerdict(cmd.OutOrStdout(), told)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func explain(out io.Writer, r waggle.Record) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "Post\t%s\n", r.Ref)
	fmt.Fprintf(table, "Title\t%s\n", plain(r.Title))
	fmt.Fprintf(table, "Source\t%s\n", r.Source)
	fmt.Fprintf(table, "Address\t%s\n", plain(r.URL))
	fmt.Fprintf(table, "Published\t%s\n", clock(r.Published))
	fmt.Fprintf(table, "Fetched\t%s\n", clock(r.Fetched))
	fmt.Fprintf(table, "Fate\t%s\n", r.Fate)
	fmt.Fprintf(table, "Why\t%s\n", plain(r.Reason))
	if r.Story != "" {
		fmt.Fprintf(table, "Story\t%s\n", r.Story)
	}
	if j := r.Judgement; j != nil {
		fmt.Fprintf(table, "Score\t%d of 100\n", j.Score)
		for _, reason := range j.Reasons {
			if reason.Text != "" {
				fmt.Fprintf(table, "\t%+d  %s\n", reason.Points, plain(reason.Text))
			}
			if reason.Do != "" {
				fmt.Fprintf(table, "\tdo: %s\n", plain(advice(reason)))
			}
		}
	}
	if f := r.Finding; f != nil {
		explainFinding(table, *f)
	}
	return table.Flush()
}

// advice is what a reason says to do, with the page that says how.
func advice(r waggle.Reason) string {
	if r.Link == "" {
		return r.Do
	}
	return r.Do + " " + r.Link
}

func explainFinding(table io.Writer, f waggle.Finding) {
	if f.Article != "" {
		fmt.Fprintf(table, "Article\t%s\n", plain(f.Article))
	}
	if f.Note != "" {
		fmt.Fprintf(table, "Note\t%s\n", plain(f.Note))
	}
	fmt.Fprintf(table, "Text\t%d bytes\n", len(f.Text))
	fmt.Fprintf(table, "Values\t%d\n", len(f.Indicators))
	for _, i := range f.Indicators {
		fmt.Fprintf(table, "\t%s  %s  %s (%d %%)  %s\n", i.Kind, plain(ioc.Defang(i.Value)), i.Role, i.Confidence, plain(i.Why))
	}
}

// explainVerdict says what analyzers said of a story's values, and what was done
// because of it.
func explainVerdict(out io.Writer, s waggle.Story) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	if s.Verdict != nil {
		fmt.Fprintf(table, "Verdict\t%s: %s\n", s.Verdict.Level, plain(s.Verdict.Why))
	}
	for _, i := range s.Indicators {
		if i.Verdict != nil {
			fmt.Fprintf(table, "\t%s  %s: %s\n", plain(ioc.Defang(i.Value)), i.Verdict.Level, plain(i.Verdict.Why))
		}
		for _, a := range i.Analyses {
			fmt.Fprintf(table, "\t  %s\n", analysed(a))
		}
	}
	for _, a := range s.Actions {
		fmt.Fprintf(table, "Done\t%s\n", done(a))
	}
	return table.Flush()
}

// analysed is an analysis on one line.
func analysed(a waggle.Analysis) string {
	text := plain(verdict.Name(a.Analyzer)) + ": "
	if len(a.Taxonomies) == 0 {
		text += string(a.State)
	}
	for n, t := range a.Taxonomies {
		if n > 0 {
			text += ", "
		}
		text += plain(string(t.Level)) + " (" + plain(verdict.Label(t)) + ")"
	}
	if a.Note != "" {
		text += "  " + plain(a.Note)
	}
	if a.Observable != "" {
		text += "  (on the observable in TheHive)"
	}
	if a.Direct != "" {
		text += "  (by Cortex itself: " + plain(a.Direct) + ")"
	}
	return text
}

// done is an action on one line.
func done(a waggle.Action) string {
	text := fmt.Sprintf("%s: %s, rule: %s", a.Name, a.State, plain(a.Rule))
	for _, more := range []string{a.Note, a.Error} {
		if more != "" {
			text += "; " + plain(more)
		}
	}
	if a.Updates() {
		text += "; the story has grown since"
	}
	return text
}
