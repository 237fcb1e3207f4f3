package thehive

import (
	"context"
	"net/url"
)

// holder is what has observables: an alert or a case.
type holder struct {
	id     string
	find   string // the query's step that finds it
	path   string // where observables are added to it
	remove string // where those of its are deleted, with a final slash
	order  string // by which writes to it go one after another
}

// alertHolder is an alert; id may be a natural key on TheHive 4.1.
func alertHolder(v Version, id string) holder {
	h := holder{id: id, find: "getAlert", order: "alert " + id, path: alertPath(v, id) + "/artifact", remove: "/api/alert/artifact/"}
	if v.Major >= 5 {
		h.path, h.remove = alertPath(v, id)+"/observable", "/api/v1/observable/"
	}
	return h
}

// caseHolder is a case.
//
// Sources: TheHive 5's OpenAPI (operation "Create Observable in Case"); of 4.1
// the routes of its version 0.
func caseHolder(v Version, id string) holder {
	h := holder{id: id, find: "getCase", order: "case " + id, path: "/api/case/" + url.PathEscape(id) + "/artifact", remove: "/api/case/artifact/"}
	if v.Major >= 5 {
		h.path, h.remove = "/api/v1/case/"+url.PathEscape(id)+"/observable", "/api/v1/observable/"
	}
	return h
}

// there is the error of reading the holder, nil if it is there.
func (c *Client) there(ctx context.Context, h holder) error {
	var err error
	if h.find == "getCase" {
		_, err = c.Case(ctx, h.id)
	} else {
		_, err = c.Alert(ctx, h.id)
	}
	return err
}
