package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// atOnce is how many sources are tried at the same time.
const atOnce = 8

// trial is what one source gave when it was tried.
type trial struct {
	Name   string    `json:"name"`
	Kind   string    `json:"kind"`
	URL    string    `json:"url"` // without secrets
	Posts  int       `json:"posts"`
	Newest time.Time `json:"newest,omitzero"`
	Sample string    `json:"sample,omitempty"`
	Note   string    `json:"note,omitempty"`
	Error  string    `json:"error,omitempty"`
}

func sourcesTestCommand(s *settings) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "test [NAME...]",
		Short: "Try sources from here and say what each gives",
		Long:  "test asks the named sources, or all, as their first poll would, and says what\neach gives: how many posts, the newest's date and title, or what went wrong and\nwhat to do. It stores nothing. A source of kind x costs what a first poll costs.\n\nExit codes: 0 every source answered; 1 one did not; 2 the command could not be done.",
		RunE: func(cmd *cobra.Command, names []string) error {
			c, err := s.load()
			if err != nil {
				return err
			}
			specs, err := chosen(c.Sources, names)
			if err != nil {
				return err
			}
			web, err := newReader(c, fetch.Options{})
			if err != nil {
				return err
			}
			trials := try(cmd.Context(), specs, web)
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), trials)
			} else {
				err = printTrials(cmd.OutOrStdout(), trials)
			}
			if err == nil && slices.ContainsFunc(trials, func(t trial) bool { return t.Error != "" }) {
				err = errIncomplete
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// chosen gives the sources of some names, all for none.
func chosen(all []source.Spec, names []string) ([]source.Spec, error) {
	if len(names) == 0 {
		return all, nil
	}
	var out []source.Spec
	for _, name := range names {
		at := slices.IndexFunc(all, func(s source.Spec) bool { return strings.EqualFold(s.Name, name) })
		if at < 0 {
			return nil, fmt.Errorf("no source is called %q: `feeder sources` lists them", name)
		}
		out = append(out, all[at])
	}
	return out, nil
}

// try asks sources, some at a time, and keeps their order.
func try(ctx context.Context, specs []source.Spec, web source.Getter) []trial {
	trials := make([]trial, len(specs))
	places := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i, spec := range specs {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			trials[i] = tryOne(ctx, spec, web)
		})
	}
	all.Wait()
	return trials
}

func tryOne(ctx context.Context, spec source.Spec, web source.Getter) trial {
	t := trial{Name: spec.Name, Kind: spec.Kind, URL: spec.Shown()}
	made, err := kinds.New(spec, web)
	if err == nil {
		var batch source.Batch
		if batch, err = made.Poll(ctx, nil); err == nil {
			posts, _ := source.Newest(batch.Posts, len(batch.Posts))
			t.Posts, t.Note = len(posts), batch.Note
			if len(posts) > 0 {
				t.Newest, t.Sample = posts[0].Published, cmp.Or(posts[0].Title, posts[0].URL)
			}
		}
	}
	if err != nil {
		t.Error = err.Error()
	}
	return t
}

func printTrials(out io.Writer, trials []trial) error {
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "SOURCE\tKIND\tPOSTS\tNEWEST\tWHAT")
	failed := 0
	for _, t := range trials {
		what, posts := source.Cut(t.Sample, 100), fmt.Sprint(t.Posts)
		if t.Note != "" {
			what += " (" + t.Note + ")"
		}
		if t.Error != "" {
			failed++
			what, posts = "FAILED: "+t.Error, "–"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", t.Name, t.Kind, posts, clock(t.Newest), plain(what))
	}
	fmt.Fprintf(table, "total of %d\t\t\t\t%d failed\n", len(trials), failed)
	return table.Flush()
}
