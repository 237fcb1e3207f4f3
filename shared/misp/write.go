package misp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// event reads an event by its UUID, with the UUIDs of what was deleted in it and
// without the contents of files. One that is not there, or not for this user,
// is an error with reason upstream.NotFound.
func (c *Client) event(ctx context.Context, id string) (Event, error) {
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: "/events/view/" + url.PathEscape(id) + "/deleted:1/includeAttachments:0"})
	if err != nil {
		return Event{}, err
	}
	return eventOf(answer)
}

// writeEvent adds or edits an event, and gives it as MISP holds it afterwards:
// attributes that MISP does not accept are missing in it. An edit unpublishes.
func (c *Client) writeEvent(ctx context.Context, path string, body eventBody) (Event, error) {
	answer, err := c.post(ctx, path, body)
	if err != nil {
		return Event{}, err
	}
	return eventOf(answer)
}

func eventOf(answer *upstream.Response) (Event, error) {
	r := answer.JSON().Get("Event")
	if r.Get("uuid").String() == "" {
		return Event{}, answer.Strange("the answer holds no event")
	}
	return readEvent(r), nil
}

// addAttributes adds attributes to an event, and gives the reasons of those
// that MISP refused, by their place. It answers 200 if one was saved, else 403,
// and with either {"errors":{"attribute_N":{"value":["…"]}}}; breakOnDuplicate
// set to 0 gives those that are there instead of refusing them.
func (c *Client) addAttributes(ctx context.Context, event string, attributes []Attribute) (refused map[int]string, err error) {
	answer, err := c.http.Do(ctx, upstream.Request{
		Method: http.MethodPost,
		Path:   "/attributes/add/" + url.PathEscape(event) + "/breakOnDuplicate:0",
		JSON:   attributeBodies(attributes),
		Accept: []int{http.StatusForbidden},
	})
	if err != nil {
		return nil, explain(err)
	}
	body := answer.JSON()
	if answer.Status == http.StatusForbidden && problems(body.Get("errors")) == "" {
		return nil, explain(upstream.FromStatus(service, answer.Status, answer.Header, answer.Body, c.key))
	}
	refused = map[int]string{}
	told := body.Get("errors").Map()
	for i := range attributes {
		if own, ok := told[place(i)]; ok {
			refused[i] = c.because(own)
		} else if answer.Status == http.StatusForbidden {
			refused[i] = c.because(body.Get("errors"))
		}
	}
	return refused, nil
}

// place is how MISP names the attributes of a list in its errors.
func place(i int) string { return "attribute_" + strconv.Itoa(i) }

// because makes MISP's errors of one attribute a sentence for people.
func (c *Client) because(errors gjson.Result) string {
	text := c.quote(problems(errors))
	if errors.Get("uuid").Exists() {
		text += " (an attribute with this UUID was deleted, or is in another event)"
	}
	return text
}
