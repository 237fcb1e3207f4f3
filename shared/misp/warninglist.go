package misp

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Hit is a warninglist that a value is on: a list of values that are seldom
// worth an alarm. https://github.com/MISP/misp-warninglists
type Hit struct {
	List     string // its name
	Match    string // the entry that matched
	Category string // "false_positive" or "known"; only in searches
}

// CheckWarninglists asks which of MISP's enabled warninglists the values are
// on. Values without a hit are missing in the answer.
func (c *Client) CheckWarninglists(ctx context.Context, values []string) (map[string][]Hit, error) {
	var asked []string
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(asked, v) {
			asked = append(asked, v)
		}
	}
	hits := map[string][]Hit{}
	for chunk := range slices.Chunk(asked, maxChunk) {
		answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: "/warninglists/checkValue", JSON: chunk, Repeatable: true})
		if err != nil {
			return nil, err
		}
		if answer.JSON().IsArray() { // [] when nothing hits
			continue
		}
		answer.JSON().ForEach(func(value, lists gjson.Result) bool {
			for _, l := range lists.Array() {
				hits[value.String()] = append(hits[value.String()], Hit{List: l.Get("name").String(), Match: l.Get("matched").String()})
			}
			return true
		})
	}
	return hits, nil
}
