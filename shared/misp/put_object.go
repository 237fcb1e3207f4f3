package misp

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// maxAsked is for how many attributes of objects MISP is asked why it refuses
// them; each is a request.
const maxAsked = 100

// takeObjects gives the objects that fit in, at least one, and the room left.
func takeObjects(objects []Object, room int) ([]Object, int) {
	for i, o := range objects {
		if i > 0 && room < len(o.Attributes) {
			return objects[:i], 0
		}
		room -= len(o.Attributes)
	}
	return objects, max(room, 0)
}

// missingObjects are the objects that the event does not hold, and those of
// which it lacks attributes that MISP would take; they carry only those. Of
// attributes that it does not take it keeps the reason.
func (p *put) missingObjects(ctx context.Context) ([]Object, error) {
	var out []Object
	for _, o := range p.want.Objects {
		_, missing := p.compare(o)
		switch held := p.holds(o); {
		case len(missing) == 0 || p.gone[o.UUID]:
			continue
		case held:
			var err error
			if missing, err = p.acceptable(ctx, o, missing); err != nil {
				return nil, err
			}
		}
		if len(missing) > 0 {
			o.Attributes = missing
			out = append(out, o)
		}
	}
	return out, nil
}

// acceptable are those of an object's missing attributes that are worth sending:
// none of a new event, which were sent, and of a standing one those that MISP
// finds no fault with.
func (p *put) acceptable(ctx context.Context, o Object, missing []Attribute) (out []Attribute, err error) {
	for _, a := range missing {
		if p.gone[a.UUID] {
			continue
		}
		reason := ""
		if len(p.reasons) < maxAsked {
			if reason, err = p.client.objectFault(ctx, p.want.UUID, o, a); err != nil {
				return nil, err
			}
		}
		switch {
		case reason != "":
			p.reasons[a.UUID] = reason
		case !p.result.Created:
			out = append(out, a)
		}
	}
	return out, nil
}

// objectFault asks MISP what is wrong with an attribute of an object that the
// event holds; "" if nothing is. It does so by adding the object once more,
// which MISP never does: its UUID is in use. But before that MISP looks at the
// attributes, and tells a fault.
func (c *Client) objectFault(ctx context.Context, event string, o Object, a Attribute) (string, error) {
	o.Attributes = []Attribute{a}
	answer, err := c.http.Do(ctx, upstream.Request{
		Method: http.MethodPost, Path: "/objects/add/" + url.PathEscape(event), JSON: o.body(), Accept: []int{http.StatusForbidden},
	})
	if err != nil {
		return "", explain(err)
	}
	told := answer.JSON().Get("errors").String()
	_, fault, found := strings.Cut(told, "at least one attribute has failed validation (")
	_, fault, _ = strings.Cut(fault, "). ")
	if !found || !gjson.Valid(fault) {
		return "", nil
	}
	return c.because(gjson.Parse(fault)), nil
}

// holds tells whether the event has the object.
func (p *put) holds(o Object) bool {
	_, ok := p.object(o.UUID)
	return ok
}

func (p *put) object(uuid string) (Object, bool) {
	for _, h := range p.held.Objects {
		if strings.EqualFold(h.UUID, uuid) {
			return h, true
		}
	}
	return Object{}, false
}

// compare divides an object's attributes into those that MISP holds and those
// that it does not.
func (p *put) compare(o Object) (held, missing []Attribute) {
	there, _ := p.object(o.UUID)
	return index(there.Attributes).divide(o.Attributes)
}

// countObjects reports what became of the objects.
func (p *put) countObjects() {
	for _, o := range p.want.Objects {
		held, missing := p.compare(o)
		p.result.Saved += len(held)
		if p.deleted(o.UUID, missing...) {
			continue
		}
		for _, a := range missing {
			if p.deleted(a.UUID, a) {
				continue
			}
			reason := p.reasons[a.UUID]
			if reason == "" {
				reason = "dropped without a reason, in an object " + o.Name
			}
			p.refuse(a, reason)
		}
	}
}
