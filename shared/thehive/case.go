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
	Tags        []string
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

// SetCaseTags gives a case these tags in the place of all that it has: read it
// first and send the union.
func (c *Client) SetCaseTags(ctx context.Context, id string, names []string) error {
	_, err := c.do(ctx, upstream.Request{Method: http.MethodPatch, Path: "/api/v1/case/" + url.PathEscape(id),
		JSON: map[string]any{"tags": tags(names)}, Repeatable: true})
	return err
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
		Tags:        texts(r.Get("tags")),
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
