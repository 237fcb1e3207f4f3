package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/triage"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func judgeCommand(s *settings) *cobra.Command {
	var train, test string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "judge [--train FILE] [--test FILE]",
		Short: "Measure on labelled posts how well is chosen",
		Long: "judge measures how well posts are told apart that matter and that do not. A file\n" +
			"holds one labelled post a line, {\"text\": \"…\", \"label\": 1}; 1 is a post that matters.\n\n" +
			"With both files, the classifier that learns from triage is trained on the one and\n" +
			"measured on the other. With --train alone it is trained on four fifths of the file\n" +
			"and measured on the last, five times over. With --test alone the profile judges.",
		Example: "  feeder judge --train labelled.jsonl --test held-out.jsonl\n  feeder judge --test labelled.jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := s.measure(train, test)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), m)
			}
			return m.print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&train, "train", "", "`file` of labelled posts to learn from")
	cmd.Flags().StringVar(&test, "test", "", "`file` of labelled posts to be measured on")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// measured is what `judge` tells.
type measured struct {
	Judge     string  `json:"judge"` // who judged
	Train     int     `json:"train"` // posts
	Test      int     `json:"test"`
	Accuracy  float64 `json:"accuracy"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
	triage.Measure
}

func (m measured) print(out io.Writer) error {
	learnt := ""
	if m.Train > 0 {
		learnt = fmt.Sprintf(", learnt from %d posts", m.Train)
	}
	_, err := fmt.Fprintf(out, "%s%s, measured on %d\naccuracy  %.3f\nprecision %.3f  %d of %d called wanted were\nrecall    %.3f  %d of %d wanted were found\nF1        %.3f\n",
		m.Judge, learnt, m.Test, m.Accuracy, m.Precision, m.Hits, m.Hits+m.Alarms, m.Recall, m.Hits, m.Hits+m.Misses, m.F1)
	return err
}

func (s *settings) measure(train, test string) (measured, error) {
	learn, err := examples("train", train)
	if err != nil {
		return measured{}, err
	}
	held, err := examples("test", test)
	if err != nil {
		return measured{}, err
	}
	out := measured{Judge: "the classifier", Train: len(learn), Test: len(held)}
	switch reader := (triage.Reader{Signs: relevance.Subjects}); {
	case train != "" && test != "":
		out.Measure = triage.Train(reader, learn).Test(held)
	case train != "":
		out.Judge, out.Test = "the classifier, five-fold", len(learn)
		out.Measure = triage.CrossValidate(reader, learn, 1)
	case test != "":
		c, err := s.load()
		if err != nil {
			return measured{}, err
		}
		out.Judge = "the profile " + c.Needs.Name
		out.Measure = judgeAll(c.Needs, held)
	default:
		return measured{}, errors.New("give --train, --test or both: files with a labelled post a line, see feeder judge --help")
	}
	out.Accuracy, out.Precision, out.Recall, out.F1 = out.Measure.Accuracy(), out.Measure.Precision(), out.Measure.Recall(), out.Measure.F1()
	return out, nil
}

// judgeAll lets a profile judge texts as posts of today.
func judgeAll(profile *relevance.Profile, held []triage.Example) triage.Measure {
	var m triage.Measure
	now := time.Now()
	for _, e := range held {
		post := waggle.Post{Title: e.Text, Published: now}
		finding := waggle.Finding{Text: e.Text, Indicators: ioc.Find(e.Text, ioc.Options{})}
		m.Count(profile.Judge(post, finding, 0, now).Keep, e.Wanted)
	}
	return m
}

func examples(flag, path string) ([]triage.Example, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	defer f.Close()
	out, err := triage.ReadExamples(f)
	if err == nil && len(out) == 0 {
		err = errors.New("no labelled post in it")
	}
	if err != nil {
		return nil, fmt.Errorf("--%s %s: %w", flag, path, err)
	}
	return out, nil
}
