package thehive

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Observable is an observable of an alert or a case, to be written or as
// TheHive holds it.
type Observable struct {
	DataType string // "ip", "url", …; one that TheHive does not know becomes "other"
	Data     string // the value; empty for a file
	Message  string // what it is about
	TLP      int    // as an alert's
	Tags     []string
	IOC      bool
	Sighted  bool

	// What TheHive adds.
	ID         string
	Start      time.Time   // when it was seen first, else made
	Attachment *Attachment // of a file
	Findings   []Finding   // of analyzers; of observables of cases alone
}

// Attachment is the file of an observable.
type Attachment struct {
	ID     string
	Name   string
	Hashes []string // SHA-256, SHA-1, MD5, lower-case hexadecimal
}

// Finding is one taxonomy of an analyzer's short report.
type Finding struct {
	Level     string // info, safe, suspicious or malicious
	Namespace string
	Predicate string
	Value     string
}

// Failure is an observable that TheHive does not hold, and why.
type Failure struct {
	Observable Observable
	Reason     string
}

// observableBody is a new observable as the API takes it; Data is one string
// or a list of them.
type observableBody struct {
	DataType string   `json:"dataType"`
	Data     any      `json:"data,omitempty"` // none with a file
	Message  string   `json:"message,omitempty"`
	TLP      int      `json:"tlp"`
	Tags     []string `json:"tags,omitempty"`
	IOC      bool     `json:"ioc"`
	Sighted  bool     `json:"sighted"`
}

func (o Observable) body(v Version) observableBody {
	body := observableBody{DataType: o.DataType, Message: o.Message, TLP: tlp(v, o.TLP), Tags: o.Tags, IOC: o.IOC, Sighted: o.Sighted}
	if o.Data != "" {
		body.Data = o.Data
	}
	return body
}

// key tells observables of one alert apart, as TheHive does.
func (o Observable) key() string { return o.DataType + "\x00" + o.Data }

// looseKey is the key without the types that administrators add, such as "cve":
// their values are "other" where, or as long as, TheHive has no such type.
func (o Observable) looseKey() string {
	if addedType(o.DataType) {
		o.DataType = Other
	}
	return o.key()
}

// AddAlertObservables adds observables to an alert: how many are new, how many
// were there already, and which TheHive refused, with its reason. After an
// error some may have been added; calling again adds the others. A value that
// the alert holds as "other" is not added under a type that was made since.
//
// An alert that is not there, or not for this user, is an error with reason
// upstream.NotFound (TheHive 4.1 says 403 to either).
func (c *Client) AddAlertObservables(ctx context.Context, alertID string, observables []Observable) (added, existed int, failures []Failure, err error) {
	v, err := c.Version(ctx)
	if err != nil {
		return 0, 0, nil, err
	}
	look := slices.ContainsFunc(observables, func(o Observable) bool { return addedType(o.DataType) })
	return c.addTo(ctx, v, alertHolder(v, alertID), observables, look)
}

// AddCaseObservables adds to a case those of the observables that it lacks, as
// AddAlertObservables does to an alert: what it holds keeps the tags, the flags
// and the message that it has. The key's user needs the permission
// manageObservable.
//
// 4.1: POST /api/case/~1/artifact; 5: POST /api/v1/case/~1/observable
func (c *Client) AddCaseObservables(ctx context.Context, caseID string, observables []Observable) (added, existed int, failures []Failure, err error) {
	v, err := c.Version(ctx)
	if err != nil {
		return 0, 0, nil, err
	}
	return c.addTo(ctx, v, caseHolder(v, caseID), observables, true)
}

// addTo adds observables; look says whether to ask first which are there.
func (c *Client) addTo(ctx context.Context, v Version, to holder, observables []Observable, look bool) (added, existed int, failures []Failure, err error) {
	unlock, err := c.order.Lock(ctx, to.order)
	if err != nil {
		return 0, 0, nil, err
	}
	defer unlock()
	ready, failures, err := c.prepare(ctx, v, observables)
	if err != nil {
		return 0, 0, nil, err
	}
	fresh := ready
	if look {
		if fresh, err = c.missing(ctx, to, ready); err != nil {
			return 0, 0, nil, err
		}
	}
	added, existed, refused, err := c.add(ctx, v, to, fresh)
	return added, existed + len(ready) - len(fresh), append(failures, refused...), err
}

// ObservablePatch says what to change of an observable; nil leaves as it is.
type ObservablePatch struct {
	Tags []string // in the place of all that it has: read it first and send the union
	IOC  *bool
}

// UpdateObservable changes an observable of an alert or a case. One that is not
// there is an error with reason upstream.NotFound.
//
// PATCH /api/v1/observable/~1, on TheHive 4.1 as on 5
func (c *Client) UpdateObservable(ctx context.Context, id string, p ObservablePatch) error {
	body := map[string]any{}
	if p.Tags != nil {
		body["tags"] = tags(p.Tags)
	}
	if p.IOC != nil {
		body["ioc"] = *p.IOC
	}
	if len(body) == 0 {
		return nil
	}
	_, err := c.do(ctx, upstream.Request{Method: http.MethodPatch, Path: "/api/v1/observable/" + url.PathEscape(id), JSON: body, Repeatable: true})
	return err
}

// prepare cleans observables, gives them types that this TheHive knows, and
// leaves out repeated ones. The unusable are failures.
func (c *Client) prepare(ctx context.Context, v Version, in []Observable) (ready []Observable, failures []Failure, err error) {
	if len(in) == 0 {
		return nil, nil, nil
	}
	types, err := c.dataTypes(ctx)
	if err != nil {
		return nil, nil, err
	}
	seen := make(map[string]bool, len(in))
	for _, o := range in {
		given := o
		o.Data = strings.TrimSpace(strings.ToValidUTF8(o.Data, "\uFFFD"))
		o.Message = clean(o.Message, maxMessage, true)
		o.Tags = tags(o.Tags)
		if !types[o.DataType] {
			o.DataType = Other
		}
		switch reason := unfit(o); {
		case reason != "":
			failures = append(failures, Failure{Observable: given, Reason: reason})
		case !seen[o.key()]:
			seen[o.key()] = true
			ready = append(ready, o)
		}
	}
	return ready, failures, nil
}

// unfit says why an observable must not be sent; TheHive 4.1 would take it.
func unfit(o Observable) string {
	switch {
	case o.DataType == fileType:
		return "files are not sent as values"
	case o.Data == "":
		return "no value"
	case len(o.Data) > MaxData:
		return "value too long for TheHive's index"
	case o.TLP < 0 || o.TLP > 4:
		return "TLP off its scale"
	}
	return ""
}
