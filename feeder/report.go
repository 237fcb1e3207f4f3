package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/report"
	"github.com/waggle-cti/waggle/feeder/store"
)

func reportCommand(s *settings) *cobra.Command {
	var since, format string
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Tell an owner what threatens the business, and what to do",
		Long: "report lists what is current for the profile, the most urgent first: what it is,\n" +
			"whether it touches the business and why that is believed, what to do and by when,\n" +
			"and who tells it. The page shows the same at /threats.",
		Example: "  feeder report\n  feeder report --since 30d --format html > threats.html",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			span, err := spanOf(since)
			if err != nil {
				return err
			}
			if !slices.Contains(report.Formats(), format) {
				return fmt.Errorf("--format: %q is not known: use %s", format, strings.Join(report.Formats(), ", "))
			}
			c, err := s.load()
			if err != nil {
				return err
			}
			return s.reading(cmd.Context(), func(data *store.Store) error {
				r, err := report.Make(cmd.Context(), data, c.Needs.Name, span, time.Now())
				if err != nil {
					return err
				}
				return r.Write(cmd.OutOrStdout(), format, "")
			})
		},
	}
	cmd.Flags().StringVar(&since, "since", "7d", "how far back: a `span` such as 7d or 36h")
	cmd.Flags().StringVar(&format, "format", "text", "`form`: "+strings.Join(report.Formats(), ", "))
	return cmd
}

// spanOf reads a span of hours or days.
func spanOf(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var n uint64
		n, err = strconv.ParseUint(days, 10, 16)
		d = time.Duration(n) * 24 * time.Hour
	}
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("--since: expected a span such as 7d or 36h, got %q", text)
	}
	return d, nil
}
