package alert

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"strconv"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// restTag marks the file with the values that are no observables, so that no
// analyst's file is ever taken for it.
const restTag = Type + ":rest"

// restName is the name of that file.
func restName(s waggle.Story) string { return Type + "-" + s.ID[:min(len(s.ID), 8)] + ".csv" }

// attachRest has the values beyond MaxObservables kept as one CSV file, with an
// alert or a case, if any of them is newer than the revision that TheHive holds. The file
// is written anew as the story grows, and takes the place of the one before.
//
// A TheHive that takes no files (no room, no storage set up for them) has said
// so for good: that is told with the story, and does not hold it up.
func (r *Raiser) attachRest(ctx context.Context, keep func(context.Context, string, thehive.File) error, id string, s waggle.Story, after int) ([]thehive.Failure, error) {
	if len(s.Indicators) <= MaxObservables {
		return nil, nil
	}
	rest := s.Indicators[MaxObservables:]
	if !newer(rest, after) {
		return nil, nil
	}
	content, err := restCSV(s, rest)
	if err != nil {
		return nil, err
	}
	err = keep(ctx, id, thehive.File{
		Name: restName(s), ContentType: "text/csv", Data: content, TLP: s.TLP, Tags: []string{Type, restTag},
		Message: strconv.Itoa(len(rest)) + " further values of this story, not defanged; those that are observables here are not among them",
	})
	switch reason := upstream.ReasonOf(err); {
	case err == nil:
		return nil, nil
	case reason == upstream.NotFound || reason == upstream.Auth || upstream.Temporary(err) || ctx.Err() != nil:
		return nil, err
	}
	return []thehive.Failure{{Observable: thehive.Observable{DataType: "file", Data: restName(s)}, Reason: err.Error()}}, nil
}

func newer(all []waggle.Indicator, revision int) bool {
	for _, i := range all {
		if i.Revision > revision {
			return true
		}
	}
	return false
}

// restCSV writes values as RFC 4180 has it, one a line, as they were read:
// whoever loads the file into a tool needs them live. It depends on the story
// alone, so writing it again gives the same bytes.
func restCSV(s waggle.Story, rest []waggle.Indicator) ([]byte, error) {
	posts := make(map[string]waggle.Member, len(s.Posts))
	for _, p := range s.Posts {
		posts[p.Ref] = p
	}
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	failure := out.Write([]string{"type", "value", "datatype", "confidence", "ioc", "source", "post"})
	for _, i := range rest {
		var first waggle.Member
		if len(i.Posts) > 0 {
			first = posts[i.Posts[0]]
		}
		failure = errors.Join(failure, out.Write([]string{
			string(i.Kind), harmless.Cell(i.Value), i.Kind.TheHive(i.Value), strconv.Itoa(i.Confidence),
			strconv.FormatBool(waggle.Searchable(i.Kind)), harmless.Cell(first.Source), harmless.Cell(harmless.Plain(first.Title, 200)),
		}))
	}
	out.Flush()
	return text.Bytes(), errors.Join(failure, out.Error())
}
