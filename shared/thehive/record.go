package thehive

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/marking"
)

// The kinds of record.
const (
	KindCase  = "case"
	KindAlert = "alert"
)

// Record is what a case and an alert have in common: what work is about.
type Record struct {
	Kind     string // KindCase or KindAlert
	ID       string
	Title    string
	Text     string // its description, Markdown
	Severity int    // 1–4
	TLP, PAP int
	Date     time.Time // when it began
	Closed   bool
	Tags     []string
}

// Handed gives the record behind an object that TheHive hands to Cortex for a
// responder, and the observables to work on. dataType is the job's,
// "thehive:case".
//
// The record is the case of an observable and of an alert that was imported into
// one, with the tags of both, else the object itself; its marking may be higher
// than the object's. The observables of a case or an alert are fetched, since
// the object does not bring them; an observable comes alone. The objects are
// those of the API's version 0, on TheHive 5 too.
func (c *Client) Handed(ctx context.Context, dataType string, object gjson.Result) (Record, []Observable, error) {
	id, kind := object.Get("_id").String(), KindCase
	var observables []Observable
	var err error
	switch dataType {
	case "thehive:case":
		observables, err = c.CaseObservables(ctx, id)
	case "thehive:alert":
		kind = KindAlert
		observables, err = c.AlertObservables(ctx, id)
	default:
		o := readObservable(object)
		o.TLP = level(object.Get("tlp"))
		observables = []Observable{o}
	}
	if err != nil {
		return Record{}, nil, err
	}
	r, err := c.owner(ctx, readRecord(object, kind), object.Get("case"))
	return r, observables, err
}

// owner gives the case that an object names or brings, else the record itself.
func (c *Client) owner(ctx context.Context, r Record, in gjson.Result) (Record, error) {
	if in.IsObject() {
		return readRecord(in, KindCase), nil
	}
	if r.Kind != KindAlert || in.String() == "" {
		return r, nil
	}
	found, err := c.Case(ctx, in.String())
	if err != nil {
		return Record{}, err
	}
	return Record{
		Kind: KindCase, ID: found.ID, Title: found.Title, Text: found.Description, Severity: found.Severity, TLP: found.TLP, PAP: found.PAP,
		Date: found.Created, Closed: found.Status == "Resolved", Tags: append(found.Tags, r.Tags...),
	}, nil
}

func readRecord(o gjson.Result, kind string) Record {
	r := Record{
		Kind: kind, ID: o.Get("_id").String(), Title: o.Get("title").String(), Text: o.Get("description").String(), Severity: int(o.Get("severity").Int()),
		TLP: level(o.Get("tlp")), PAP: level(o.Get("pap")), Closed: o.Get("endDate").Int() > 0, Tags: texts(o.Get("tags")),
	}
	for _, name := range []string{"startDate", "date", "createdAt", "_createdAt"} {
		if r.Date.IsZero() && o.Get(name).Int() > 0 {
			r.Date = moment(o.Get(name))
		}
	}
	return r
}

// level reads a TLP or PAP; TheHive's default is AMBER.
func level(r gjson.Result) int {
	if r.Type != gjson.Number {
		return 2
	}
	return int(r.Int())
}

// Page is the address of the record's page in the TheHive at base; "" if there
// is none: TheHive 4 shows alerts in a window of their list.
func (r Record) Page(base string, v Version) string {
	base = strings.TrimRight(base, "/")
	switch {
	case v.Major >= 5:
		return base + "/" + r.Kind + "s/" + url.PathEscape(r.ID) + "/details"
	case r.Kind == KindCase:
		return base + "/index.html#!/case/" + url.PathEscape(r.ID) + "/details"
	}
	return ""
}

// TLPName names the record's TLP, see package marking: 3 was RED before
// TheHive 5.2 and is AMBER+STRICT since.
func (r Record) TLPName(v Version) string {
	if r.TLP == 3 && v.Major < 5 {
		return marking.TLP(marking.MaxTLP)
	}
	return marking.TLP(r.TLP)
}
