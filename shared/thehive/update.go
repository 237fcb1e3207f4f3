package thehive

import (
	"context"
	"maps"
	"net/http"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// AlertPatch says what to change of an alert; nil leaves as it is.
type AlertPatch struct {
	Title       *string
	Description *string // Markdown
	Severity    *int    // 1–4
	TLP         *int    // 0–4
	PAP         *int    // 0–3

	// Tags take the place of all tags that the alert has, analysts' tags too:
	// read the alert first and send the union.
	Tags []string

	// Fields are custom fields to set; the alert's others stay, and those of
	// which TheHive has none are left out.
	Fields map[string]any
}

// UpdateAlert changes an alert, also one that was imported into a case. What
// is too long is cut, what is off its scale an error with reason
// upstream.BadInput, an alert that is not there one with upstream.NotFound. A
// patch that changes nothing is not sent.
func (c *Client) UpdateAlert(ctx context.Context, id string, p AlertPatch) error {
	v, err := c.Version(ctx)
	if err != nil {
		return err
	}
	change, err := p.change(v)
	if err != nil {
		return err
	}
	unlock, err := c.order.Lock(ctx, "alert "+id)
	if err != nil {
		return err
	}
	defer unlock()
	optional := c.optionalOf(v, Alert{Fields: p.Fields})
	for {
		body := maps.Clone(change)
		if err := c.putFields(ctx, v, id, optional.fields, body); err != nil || len(body) == 0 {
			return err
		}
		answer, err := c.do(ctx, upstream.Request{Method: http.MethodPatch, Path: alertPath(v, id), JSON: body, Repeatable: true})
		if err == nil && len(answer.Body) > 0 { // 4.1 answers with the alert, 5 with nothing
			_, err = entity(answer)
		}
		if err == nil || !c.without(&optional, err) {
			return err
		}
	}
}

// change is the patch as the API takes it, without the custom fields.
func (p AlertPatch) change(v Version) (map[string]any, error) {
	fields := map[string]any{}
	if p.Title != nil {
		if fields["title"] = clean(*p.Title, maxTitle, false); fields["title"] == "" {
			return nil, invalid("the alert would have no title", "give it one")
		}
	}
	if p.Description != nil {
		text := clean(*p.Description, maxDescription, true)
		if v.Major < 5 {
			text = cutBytes(alertBody{Description: text}, maxBase4)
		}
		fields["description"] = text
	}
	severity, level, pap := 1, 0, 0
	if p.Severity != nil {
		severity = *p.Severity
		fields["severity"] = severity
	}
	if p.TLP != nil {
		level = *p.TLP
		fields["tlp"] = tlp(v, level)
	}
	if p.PAP != nil {
		pap = *p.PAP
		fields["pap"] = pap
	}
	if p.Tags != nil {
		fields["tags"] = tags(p.Tags)
	}
	return fields, scales(severity, level, pap)
}

// DeleteAlert deletes an alert with its observables. TheHive 5 wants the
// permission manageAlert/delete for it.
//
// 4.1: DELETE /api/alert/~1; 5: DELETE /api/v1/alert/~1
func (c *Client) DeleteAlert(ctx context.Context, id string) error {
	v, err := c.Version(ctx)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, upstream.Request{Method: http.MethodDelete, Path: alertPath(v, id)})
	return err
}
