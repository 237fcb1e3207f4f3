package thehive

import (
	"context"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// readFields reads the custom fields of an alert or a case: {"name":{"integer":1}} in
// version 0 of the API, [{"name","value"}] in version 1.
func readFields(r gjson.Result) map[string]any {
	var out map[string]any
	read := func(name string, value gjson.Result) {
		if value.Type == gjson.Null {
			return
		}
		if out == nil {
			out = map[string]any{}
		}
		out[name] = fieldValue(value)
	}
	fields := r.Get("customFields")
	fields.ForEach(func(name, value gjson.Result) bool {
		if fields.IsArray() {
			read(value.Get("name").String(), value.Get("value"))
			return true
		}
		value.ForEach(func(_, typed gjson.Result) bool {
			read(name.String(), typed)
			return false
		})
		return true
	})
	return out
}

func fieldValue(value gjson.Result) any {
	if n := value.Num; value.Type == gjson.Number && n == math.Trunc(n) {
		return int(value.Int())
	}
	return value.Value()
}

// dotted adds custom fields to a change as TheHive 4.1 takes each by itself.
func dotted(fields, body map[string]any) {
	for name, value := range fields {
		body["customFields."+name] = value
	}
}

// putFields adds custom fields to a change of an alert so that those it does
// not name stay. TheHive 4.1 takes each under a name of its own. What TheHive 5
// does to the fields that a change leaves out its documentation does not say:
// so the ones that the alert holds are sent along.
func (c *Client) putFields(ctx context.Context, v Version, id string, fields, body map[string]any) error {
	if len(fields) == 0 {
		return nil
	}
	if v.Major < 5 {
		dotted(fields, body)
		return nil
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: alertPath(v, id)})
	if err != nil {
		return err
	}
	list := []fieldBody{}
	for _, held := range answer.JSON().Get("customFields").Array() {
		name, value := held.Get("name").String(), held.Get("value")
		if _, changes := fields[name]; !changes && value.Type != gjson.Null {
			list = append(list, fieldBody{name, json.RawMessage(value.Raw)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		list = append(list, fieldBody{name, fields[name]})
	}
	body["customFields"] = list
	return nil
}
