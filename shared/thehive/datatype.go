package thehive

import (
	"context"
	"net/http"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Other is the data type for what TheHive has no type for.
const Other = "other"

// defaultTypes are the data types that TheHive 4.1 is installed with.
func defaultTypes() []string {
	return []string{"autonomous-system", "domain", "file", "filename", "fqdn", "hash", "hostname", "ip", "mail",
		"mail-subject", Other, "regexp", "registry", "uri_path", "url", "user-agent"}
}

// addedType tells a data type that TheHive has only where somebody made it.
func addedType(name string) bool { return !slices.Contains(defaultTypes(), name) }

// dataTypes gives the names of the data types that this TheHive knows: its own
// and those that its administrator added, such as "cve". It asks once; later
// calls give the first answer, until TheHive refuses a type that was in it. A
// user who may not read the list gets the types that every TheHive has.
func (c *Client) dataTypes(ctx context.Context) (map[string]bool, error) {
	c.mu.Lock()
	types := c.types
	c.mu.Unlock()
	if types != nil {
		return types, nil
	}
	types, err := c.askTypes(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.types = types
	c.mu.Unlock()
	return types, nil
}

func (c *Client) forgetTypes() {
	c.mu.Lock()
	c.types = nil
	c.mu.Unlock()
}

func (c *Client) askTypes(ctx context.Context) (map[string]bool, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return nil, err
	}
	list, err := c.listTypes(ctx, v)
	if reason := upstream.ReasonOf(err); err != nil && reason != upstream.Auth && reason != upstream.NotFound {
		return nil, err
	}
	types := map[string]bool{Other: true}
	for _, t := range list {
		name := t.Get("name").String()
		if name == "" {
			return nil, &upstream.Error{Service: service, Reason: upstream.Failure, Message: "the list of data types has one without a name", Next: "check the URL: is TheHive what answers there?"}
		}
		types[name] = true
	}
	if len(list) == 0 {
		for _, t := range defaultTypes() {
			types[t] = true
		}
	}
	return types, nil
}

func (c *Client) listTypes(ctx context.Context, v Version) ([]gjson.Result, error) {
	if v.Major >= 5 {
		return c.query(ctx, "observable-types", step{"_name": "listObservableType"}, page(0, observePage))
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/api/observable/type",
		Query: map[string][]string{"range": {"all"}}})
	if err != nil {
		return nil, err
	}
	if !answer.JSON().IsArray() {
		return nil, answer.Strange("the answer is no list of data types")
	}
	return answer.JSON().Array(), nil
}
