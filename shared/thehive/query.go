package thehive

import (
	"context"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// step is one operation of a query: a selection, a filter, a sort, a page.
type step map[string]any

// query runs a query, whose answer is a list. name is for TheHive's log.
func (c *Client) query(ctx context.Context, name string, steps ...step) ([]gjson.Result, error) {
	answer, err := c.do(ctx, upstream.Request{
		Method:     http.MethodPost,
		Path:       "/api/v1/query",
		Query:      map[string][]string{"name": {"waggle-" + name}},
		JSON:       map[string]any{"query": steps},
		Repeatable: true,
	})
	if err != nil {
		return nil, err
	}
	list := answer.JSON()
	if !list.IsArray() {
		return nil, answer.Strange("the answer to a query is no list")
	}
	return list.Array(), nil
}

// page asks for the rows from and on, up to to.
func page(from, to int) step { return step{"_name": "page", "from": from, "to": to} }

// equals is a filter in the form of the version: TheHive 4.1's
// {"_field","_value"} stands alone, TheHive 5's within "_eq".
func equals(v Version, field string, value any) step {
	is := step{"_field": field, "_value": value}
	if v.Major >= 5 {
		return step{"_eq": is}
	}
	return is
}
