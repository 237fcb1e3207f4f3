package misp

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Context is what MISP tells of an event besides what is in it.
type Context struct {
	Clusters []Cluster // of the galaxies it is tagged with
	Related  []Related // events that have a value of it, too: MISP's correlations
}

// Cluster is an entry of a galaxy: an actor, a malware, a technique.
// https://www.misp-project.org/galaxy.html
type Cluster struct {
	Galaxy string // "Threat Actor"
	Value  string // "APT29"
	Tag    string // misp-galaxy:threat-actor="APT29"
}

// Related is an event that correlates with another.
type Related struct {
	ID, UUID, Info, Org string
	Date                time.Time // the day
}

// Contexts asks for the contexts of events, by their numbers; those the user
// may not see are missing. The events' attributes are not read.
// https://www.misp-project.org/openapi/#tag/Events/operation/restSearchEvents
func (c *Client) Contexts(ctx context.Context, events []string) (map[string]Context, error) {
	found := map[string]Context{}
	for some := range slices.Chunk(events, searchPage) {
		answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: "/events/restSearch", Repeatable: true,
			JSON: map[string]any{"returnFormat": "json", "eventid": some, "metadata": true, "limit": len(some), "page": 1}})
		if err != nil {
			return nil, err
		}
		rows := answer.JSON().Get("response")
		if !rows.IsArray() {
			return nil, answer.Strange("the answer to a search holds no events")
		}
		for _, row := range rows.Array() {
			found[row.Get("Event.id").String()] = readContext(row.Get("Event"))
		}
	}
	return found, nil
}

func readContext(event gjson.Result) Context {
	var c Context
	for _, galaxy := range event.Get("Galaxy").Array() {
		for _, cluster := range galaxy.Get("GalaxyCluster").Array() {
			c.Clusters = append(c.Clusters, Cluster{galaxy.Get("name").String(), cluster.Get("value").String(), cluster.Get("tag_name").String()})
		}
	}
	for _, one := range event.Get("RelatedEvent").Array() {
		r := one.Get("Event")
		c.Related = append(c.Related, Related{ID: r.Get("id").String(), UUID: r.Get("uuid").String(), Info: r.Get("info").String(),
			Org: r.Get("Orgc.name").String(), Date: day(r.Get("date").String())})
	}
	return c
}

// Object asks for an object with its attributes, by its number.
// https://www.misp-project.org/openapi/#tag/Objects/operation/getObjectById
func (c *Client) Object(ctx context.Context, id string) (Object, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/objects/view/" + url.PathEscape(id)})
	if err != nil {
		return Object{}, err
	}
	r := answer.JSON().Get("Object")
	if r.Get("name").String() == "" {
		return Object{}, answer.Strange("the answer holds no object")
	}
	object := readObject(r)
	for _, a := range r.Get("Attribute").Array() {
		if !a.Get("deleted").Bool() {
			object.Attributes = append(object.Attributes, readAttribute(a))
		}
	}
	return object, nil
}
