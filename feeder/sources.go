package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func sourcesCommand(s *settings) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "sources",
		Short: "Say how each source is doing",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.reading(cmd.Context(), func(data *store.Store) error {
				health, err := data.Sources(cmd.Context())
				if err != nil {
					return err
				}
				if asJSON {
					return printJSON(cmd.OutOrStdout(), append([]waggle.Health{}, health...))
				}
				return printSources(cmd.OutOrStdout(), health)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	cmd.AddCommand(sourcesTestCommand(s), sourcesDiscoverCommand(s))
	return cmd
}

func printSources(out io.Writer, health []waggle.Health) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "SOURCE\tSTATE\tLAST ANSWER\tNEXT\tPOSTS\tIN STORIES\tDROPPED\tURL")
	for _, h := range health {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s\n", h.Name, state(h), clock(h.Answered), clock(h.Next), h.Posts, h.Told, h.Dropped, plain(h.URL))
	}
	return table.Flush()
}

func state(h waggle.Health) string {
	switch {
	case h.Polled.IsZero():
		return "not asked yet"
	case h.Failures > 0:
		return fmt.Sprintf("failed %d times: %s", h.Failures, plain(h.Error))
	}
	if h.Note != "" {
		return "well: " + plain(h.Note)
	}
	return "well"
}
