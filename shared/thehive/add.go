package thehive

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// add sends prepared observables to a standing alert or case, in requests that
// TheHive takes.
func (c *Client) add(ctx context.Context, v Version, to holder, observables []Observable) (added, existed int, failures []Failure, err error) {
	for _, batch := range batches(v, observables) {
		fresh, old, refused, err := c.addBatch(ctx, v, to, batch)
		switch {
		case isUnknownType(err):
			c.forgetTypes()
			fresh, old, refused, err = c.addBatch(ctx, v, to, as(Other, batch))
		case isDuplicate(err): // of one of several, which undid the others
			fresh, old, refused, err = c.addEach(ctx, v, to, batch)
		}
		added, existed, failures = added+fresh, existed+old, append(failures, refused...)
		if err != nil {
			return added, existed, failures, err
		}
	}
	return added, existed, failures, nil
}

// addEach sends observables one by one.
func (c *Client) addEach(ctx context.Context, v Version, to holder, batch []Observable) (added, existed int, failures []Failure, err error) {
	for _, o := range batch {
		fresh, old, refused, err := c.addBatch(ctx, v, to, []Observable{o})
		if err != nil {
			return added, existed, failures, err
		}
		added, existed, failures = added+fresh, existed+old, append(failures, refused...)
	}
	return added, existed, failures, nil
}

// as gives the observables another data type.
func as(dataType string, batch []Observable) []Observable {
	out := make([]Observable, len(batch))
	for i, o := range batch {
		o.DataType = dataType
		out[i] = o
	}
	return out
}

// look is all of an observable but its value. TheHive takes a list of values
// that have one look in one request.
type look struct {
	dataType, message, tags string
	tlp                     int
	ioc, sighted            bool
}

func (o Observable) look() look {
	return look{o.DataType, o.Message, strings.Join(o.Tags, "\x00"), o.TLP, o.IOC, o.Sighted}
}

// batches divides observables into such requests, of maxAdd values at most.
func batches(v Version, observables []Observable) [][]Observable {
	room := maxBody5
	if v.Major < 5 {
		room = maxBody4
	}
	var out [][]Observable
	open := map[look]int{} // place in out of the batch that still takes some
	used := map[look]int{} // bytes in it
	for _, o := range observables {
		k := o.look()
		at, ok := open[k]
		bytes := size(o.body(v))
		alone := utf8.RuneCountInString(o.Data) > maxListData
		switch {
		case alone:
			out = append(out, []Observable{o})
			continue
		case !ok || len(out[at]) == maxAdd || used[k]+bytes > room:
			open[k], used[k] = len(out), bytes
			out = append(out, []Observable{o})
		default:
			used[k] += bytes
			out[at] = append(out[at], o)
		}
	}
	return out
}

// addBatch sends one such request. Answers: 201 with the list of the new, or
// 207 {"success":[…],"failure":[{"type","message","object":{"data"}}]} if there
// was any refusal, duplicates included.
func (c *Client) addBatch(ctx context.Context, v Version, to holder, batch []Observable) (added, existed int, failures []Failure, err error) {
	body := batch[0].body(v)
	if len(batch) > 1 {
		values := make([]string, len(batch))
		for i, o := range batch {
			values[i] = o.Data
		}
		body.Data = values
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: to.path, JSON: body})
	if upstream.ReasonOf(err) == upstream.Auth {
		return 0, 0, nil, c.whyForbidden(ctx, to, err)
	}
	if isDuplicate(err) && len(batch) == 1 {
		return 0, 1, nil, nil
	}
	if err != nil {
		return 0, 0, nil, err
	}
	list := answer.JSON()
	if answer.Status == http.StatusMultiStatus {
		existed, failures = c.refused(list.Get("failure"), batch)
		list = list.Get("success")
	}
	added, ok := made(list)
	if !ok {
		return 0, 0, nil, answer.Strange("the answer holds no list of observables")
	}
	return added, existed, failures, nil
}

// refused divides what TheHive refused into what it had and what it did not
// like, in its own words, without the key should it be in them.
func (c *Client) refused(list gjson.Result, batch []Observable) (existed int, failures []Failure) {
	for _, f := range list.Array() {
		message := f.Get("message").String()
		if strings.Contains(message, "already exist") {
			existed++
			continue
		}
		failure := Failure{Observable: batch[0], Reason: cut(upstream.Redact(message, c.key), 500)}
		for _, o := range batch {
			if o.Data == f.Get("object.data").String() {
				failure.Observable = o
			}
		}
		failures = append(failures, failure)
	}
	return existed, failures
}

// whyForbidden tells an alert or a case that is not there from a missing right:
// TheHive 4.1 answers 403 to an addition either way.
func (c *Client) whyForbidden(ctx context.Context, to holder, forbidden error) error {
	if err := c.there(ctx, to); upstream.ReasonOf(err) == upstream.NotFound {
		return err
	}
	return forbidden
}

// missing gives those of the observables that the holder lacks. What it
// holds as "other" it holds, though the value's own type may have been made since.
func (c *Client) missing(ctx context.Context, from holder, observables []Observable) ([]Observable, error) {
	if len(observables) == 0 {
		return nil, nil
	}
	held, err := c.observables(ctx, from.find, from.id)
	if err != nil {
		return nil, err
	}
	has := make(map[string]bool, len(held))
	for _, o := range held {
		has[o.looseKey()] = true
	}
	return slices.DeleteFunc(slices.Clone(observables), func(o Observable) bool { return has[o.looseKey()] }), nil
}
