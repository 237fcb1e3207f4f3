package mispevent

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// restTag marks the file in which the feeder leaves a story's values that are
// too many for TheHive.
const restTag = "waggle:rest"

// withRest puts the values in the feeder's files in the place of those files. A
// file that cannot be read stays out, with a note; one that cannot be read now
// is an error.
func withRest(ctx context.Context, hive *thehive.Client, observables []thehive.Observable, f *full) ([]thehive.Observable, error) {
	var out []thehive.Observable
	for _, o := range observables {
		if o.Attachment == nil || !slices.Contains(o.Tags, restTag) {
			out = append(out, o)
			continue
		}
		content, err := hive.ReadFile(ctx, o)
		switch {
		case upstream.Temporary(err) || ctx.Err() != nil:
			return nil, err
		case err != nil:
			f.note("The further values in " + o.Attachment.Name + " are left out: " + err.Error())
		default:
			out = append(out, rest(o, content)...)
		}
	}
	return out, nil
}

// rest reads the values in a file of the feeder's, by its columns' names. What
// is no such file has none.
func rest(file thehive.Observable, content []byte) []thehive.Observable {
	table := csv.NewReader(bytes.NewReader(content))
	rows, err := table.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil
	}
	var out []thehive.Observable
	for _, row := range rows[1:] {
		cell := func(name string) string {
			if at := slices.Index(rows[0], name); at >= 0 {
				return strings.TrimPrefix(row[at], "'") // which keeps spreadsheets from taking it for a formula
			}
			return ""
		}
		o := thehive.Observable{DataType: cell("datatype"), Data: cell("value"), TLP: file.TLP, IOC: cell("ioc") == "true", Start: file.Start}
		if post := cell("post"); post != "" {
			o.Message = "Read in “" + post + "” (" + cell("source") + ")"
		}
		if o.Data != "" {
			out = append(out, o)
		}
	}
	return out
}
