package mispevent

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// restTag marks the file in which the feeder leaves a story's values that are
// too many for TheHive.
const restTag = "waggle:rest"

// withRest puts the values in the feeder's files in the place of those files. A
// file that cannot be had, or is none of the feeder's, stays out, with a note;
// one that cannot be had now is an error.
func withRest(ctx context.Context, hive *thehive.Client, observables []thehive.Observable, f *full) ([]thehive.Observable, error) {
	var out []thehive.Observable
	for _, o := range observables {
		if o.Attachment == nil || !slices.Contains(o.Tags, restTag) {
			out = append(out, o)
			continue
		}
		content, err := hive.ReadFile(ctx, o)
		if upstream.Temporary(err) || ctx.Err() != nil {
			return nil, err
		}
		var further []thehive.Observable
		if err == nil {
			further, err = rest(o, content)
		}
		if err != nil {
			f.note("The further values in " + o.Attachment.Name + " are left out: " + err.Error())
		}
		out = append(out, further...)
	}
	return out, nil
}

// rest reads the values in a file of the feeder's, by its columns' names.
func rest(file thehive.Observable, content []byte) ([]thehive.Observable, error) {
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("it is no CSV: %w", err)
	}
	if len(rows) == 0 || !slices.Contains(rows[0], "value") || !slices.Contains(rows[0], "datatype") {
		return nil, errors.New("it is no file of the feeder's, which has columns named value and datatype")
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
		if kind := cell("type"); kind != "" {
			o.Tags = []string{ioc.KindTag(ioc.Kind(kind))}
		}
		if post := cell("post"); post != "" {
			o.Message = "Read in “" + post + "” (" + cell("source") + ")"
		}
		if o.Data != "" {
			out = append(out, o)
		}
	}
	return out, nil
}
