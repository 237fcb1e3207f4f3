package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/triage"
)

func onceCommand(s *settings) *cobra.Command {
	var asJSON bool
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "once",
		Short: "Ask every source now, work until nothing is left, and end",
		Long:  "once asks every source now and works until nothing is left to do.\n\nExit codes: 0 all is well; 1 a source failed, a post could not be read, or alerts\nstill wait for TheHive (they are kept for the next time); 2 it could not begin.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			c, err := s.load()
			if err != nil {
				return err
			}
			data, err := store.Open(cmd.Context(), c.Database)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, data.Close()) }()
			hive, err := theHive(c)
			if err != nil {
				return err
			}
			log := newLog(cmd.ErrOrStderr())
			learner := newLearner(c, data, hive, log)
			learnFirst(cmd.Context(), learner, log)
			feeder, err := assemble(c, data, hive, lists.Follow(listsPath(c), log), learner, pipeline.NewMetrics(), log)
			if err != nil {
				return err
			}
			summary, err := feeder.Once(cmd.Context(), wait)
			if cmd.Context().Err() != nil {
				fmt.Fprintln(cmd.ErrOrStderr(), "feeder: stopped before all was done: what is stored goes on at the next start")
				return errIncomplete
			}
			if err != nil {
				return err
			}
			if err := printSummary(cmd.OutOrStdout(), summary, asJSON); err != nil {
				return err
			}
			if !summary.Complete() {
				return errIncomplete
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the summary as JSON")
	cmd.Flags().DurationVar(&wait, "wait", 2*time.Minute, "how long to try while TheHive or Cortex takes nothing")
	return cmd
}

// learnFirst reads what analysts did since the last time. A TheHive that does
// not answer holds up the posts for moments only.
func learnFirst(ctx context.Context, learner *triage.Learner, log *slog.Logger) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := learner.Learn(ctx); err != nil {
		log.Warn("what analysts did could not be read; the next time it is", "error", err)
	}
}

func printSummary(out io.Writer, s pipeline.Summary, asJSON bool) error {
	if asJSON {
		return printJSON(out, s)
	}
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "SOURCE\tIN STORIES\tDROPPED\tQUIET\tFAILED\t")
	var sum pipeline.SourceSummary
	for _, one := range s.Sources {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%s\n", one.Name, one.Told, one.Dropped, one.Quiet, one.Failed, plain(one.Error))
		sum.Told += one.Told
		sum.Dropped += one.Dropped
		sum.Quiet += one.Quiet
		sum.Failed += one.Failed
	}
	fmt.Fprintf(table, "total of %d\t%d\t%d\t%d\t%d\t\n", len(s.Sources), sum.Told, sum.Dropped, sum.Quiet, sum.Failed)
	if err := table.Flush(); err != nil {
		return err
	}
	if s.Waiting > 0 {
		fmt.Fprintf(out, "%d stories wait for TheHive: %s\n", s.Waiting, plain(s.Error))
	}
	if s.Refused > 0 {
		fmt.Fprintf(out, "%d stories were refused by TheHive and are tried again later: %s\n", s.Refused, plain(s.Error))
	}
	if s.Analyses > 0 {
		fmt.Fprintf(out, "%d analyses wait for Cortex; `feeder check` tells how it is\n", s.Analyses)
	}
	return nil
}
