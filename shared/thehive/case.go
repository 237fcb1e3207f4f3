package thehive

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Case is a case as TheHive holds it.
type Case struct {
	ID          string // "~2449640"
	Number      int    // what people call it by
	Title       string
	Description string // Markdown
	Severity    int    // 1–4
	TLP         int    // 0–3 on TheHive 4.1, 0–4 on 5
	PAP         int    // 0–3
	Status      string // 4.1: Open, Resolved, Deleted; 5: as configured
	Closed      bool   // resolved, or deleted
	Tags        []string
	Fields      map[string]any // custom fields, as an alert's
	Created     time.Time
}

// Case reads a case by its id or number. One that is not there, or not for
// this user, is an error with reason upstream.NotFound.
func (c *Client) Case(ctx context.Context, id string) (Case, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/api/v1/case/" + url.PathEscape(id)})
	if err != nil {
		return Case{}, err
	}
	r, err := entity(answer)
	return readCase(r), err
}

// Promote makes a case of an alert, with the template of that name if it is not
// empty, and gives its id. An alert that is in a case already gives that one, so
// it may be called again; whoever had it made.
//
// 4.1: POST /api/alert/~1/createCase {caseTemplate}; 5: POST /api/v1/alert/~1/case
func (c *Client) Promote(ctx context.Context, alertID, template string) (caseID string, err error) {
	v, err := c.Version(ctx)
	if err != nil {
		return "", err
	}
	unlock, err := c.order.Lock(ctx, "alert "+alertID)
	if err != nil {
		return "", err
	}
	defer unlock()
	held, err := c.Alert(ctx, alertID)
	if err != nil || held.Case != "" {
		return held.Case, err
	}
	body, path := map[string]any{}, alertPath(v, alertID)+"/createCase"
	if v.Major >= 5 {
		path = alertPath(v, alertID) + "/case"
	}
	if template != "" {
		body["caseTemplate"] = template
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: path, JSON: body})
	if err != nil {
		return "", err
	}
	made, err := entity(answer)
	return made.Get("_id").String(), err
}

// CasePatch says what to change of a case; nil leaves as it is.
type CasePatch struct {
	Tags   []string       // in the place of all that it has: read it first and send the union
	Fields map[string]any // custom fields to set; the others stay, and those of which TheHive has none are left out
}

// UpdateCase changes a case. A patch that changes nothing is not sent.
//
// PATCH /api/v1/case/~1. TheHive 4.1 takes each custom field under a name of its
// own, {"customFields.x":"y"}; 5 as {"customFields":{"x":"y"}}, which its OpenAPI
// calls "adding values to the existing list".
func (c *Client) UpdateCase(ctx context.Context, id string, p CasePatch) error {
	v, err := c.Version(ctx)
	if err != nil {
		return err
	}
	optional := c.optionalOf(v, Alert{Fields: p.Fields})
	for {
		body := map[string]any{}
		if p.Tags != nil {
			body["tags"] = tags(p.Tags)
		}
		switch {
		case len(optional.fields) == 0:
		case v.Major >= 5:
			body["customFields"] = optional.fields
		default:
			dotted(optional.fields, body)
		}
		if len(body) == 0 {
			return nil
		}
		_, err := c.do(ctx, upstream.Request{Method: http.MethodPatch, Path: "/api/v1/case/" + url.PathEscape(id), JSON: body, Repeatable: true})
		if err == nil || !c.without(&optional, err) {
			return err
		}
	}
}

func readCase(r gjson.Result) Case {
	return Case{
		ID:          r.Get("_id").String(),
		Number:      int(r.Get("number").Int()),
		Title:       r.Get("title").String(),
		Description: r.Get("description").String(),
		Severity:    int(r.Get("severity").Int()),
		TLP:         int(r.Get("tlp").Int()),
		PAP:         int(r.Get("pap").Int()),
		Status:      r.Get("status").String(),
		Closed:      caseOutcome(r) != Undecided || r.Get("status").String() == "Deleted",
		Tags:        texts(r.Get("tags")),
		Fields:      readFields(r),
		Created:     moment(r.Get("_createdAt")),
	}
}

// texts reads a list of strings.
func texts(r gjson.Result) []string {
	var out []string
	for _, t := range r.Array() {
		out = append(out, t.String())
	}
	return out
}

// moment reads a time in milliseconds; absent is the zero time.
func moment(r gjson.Result) time.Time {
	if r.Int() == 0 {
		return time.Time{}
	}
	return time.UnixMilli(r.Int()).UTC()
}
