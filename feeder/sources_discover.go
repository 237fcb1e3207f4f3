package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/discover"
	"github.com/waggle-cti/waggle/shared/fetch"
)

func sourcesDiscoverCommand(s *settings) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "discover URL",
		Short: "Find what of a site can be followed",
		Long:  "discover looks for the feeds of a site, the account an address belongs to, or a\nsitemap, tries each, and prints what can be followed as lines for the\nconfiguration.\n\nExit codes: 0 something was found; 1 nothing was; 2 the address does not answer.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			web, err := newReader(c, fetch.Options{})
			if err != nil {
				return err
			}
			found, err := discover.Look(cmd.Context(), web, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), append([]discover.Found{}, found...))
			} else {
				printFound(cmd.OutOrStdout(), found)
			}
			if err == nil && len(found) == 0 {
				err = errIncomplete
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// printFound prints lines to paste below sources: in the configuration.
func printFound(out io.Writer, found []discover.Found) {
	if len(found) == 0 {
		fmt.Fprintln(out, "Nothing was found that can be followed by itself: see kind web, which takes posts from pages.")
		return
	}
	for _, f := range found {
		fmt.Fprintf(out, "# %d posts, the newest of %s: %s\n", f.Posts, clock(f.Newest), plain(source.Cut(f.Sample, 100)))
		fmt.Fprintf(out, "- {name: %q, kind: %s, url: %q}\n", hostOf(f.URL), f.Kind, plain(f.URL))
	}
}

// hostOf names a source after its site, for want of better.
func hostOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	host, _, _ := strings.Cut(rest, "/")
	return strings.TrimPrefix(plain(host), "www.")
}
