package misp

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Warninglist is a warninglist as MISP keeps it.
type Warninglist struct {
	ID, Name   string
	Type       string // string, hostname, cidr, substring or regex
	Category   string // "false_positive" or "known"
	Version    int64
	Attributes []string // the attribute types that it is meant for; "ALL" is all of them
	Entries    []string
}

// Warninglists gives the enabled warninglists with their entries. One call to
// MISP for each is needed beside the first; the largest known one has a million
// entries, some 100 MB, so Options.HTTP.MaxBody bounds what can be had.
// https://www.misp-project.org/openapi/#tag/Warninglists
func (c *Client) Warninglists(ctx context.Context) ([]Warninglist, error) {
	index, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/warninglists/index"})
	if err != nil {
		return nil, err
	}
	all := index.JSON().Get("Warninglists")
	if !all.IsArray() {
		return nil, index.Strange("the answer has no warninglists")
	}
	var lists []Warninglist
	for _, one := range all.Array() {
		if !one.Get("Warninglist.enabled").Bool() {
			continue
		}
		list, err := c.warninglist(ctx, one.Get("Warninglist.id").Int())
		if err != nil {
			return nil, err
		}
		lists = append(lists, list)
	}
	return lists, nil
}

func (c *Client) warninglist(ctx context.Context, id int64) (Warninglist, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/warninglists/view/" + strconv.FormatInt(id, 10)})
	if err != nil {
		return Warninglist{}, err
	}
	r := answer.JSON().Get("Warninglist")
	if r.Get("name").String() == "" {
		return Warninglist{}, answer.Strange("the answer has no warninglist")
	}
	return Warninglist{
		ID: r.Get("id").String(), Name: r.Get("name").String(), Type: r.Get("type").String(),
		Category: r.Get("category").String(), Version: r.Get("version").Int(),
		Attributes: column(r.Get("WarninglistType"), "type"), Entries: column(r.Get("WarninglistEntry"), "value"),
	}, nil
}

// column gives one field of each object.
func column(objects gjson.Result, field string) []string {
	var out []string
	objects.ForEach(func(_, one gjson.Result) bool {
		out = append(out, strings.TrimSpace(one.Get(field).String()))
		return true
	})
	return out
}
