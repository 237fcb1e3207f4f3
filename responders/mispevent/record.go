package mispevent

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// The kinds of record that an event is made of.
const (
	kindCase  = "case"
	kindAlert = "alert"
)

// record is the case or alert that an event is made of.
type record struct {
	kind     string
	id       string
	title    string
	severity int
	tlp, pap int
	date     time.Time
	closed   bool
	tags     []string
}

// recordOf finds the record behind the job's object: the case of an observable
// and of an alert that was imported into one, else the object itself. Its
// marking is checked, since it may be higher than the object's.
func recordOf(ctx context.Context, job *cortex.Job, hive *thehive.Client) (record, error) {
	r := readRecord(job.Object, kindOf(job.DataType))
	switch owner := job.Object.Get("case"); {
	case owner.IsObject():
		r = readRecord(owner, kindCase)
	case r.kind == kindAlert && owner.String() != "":
		c, err := hive.Case(ctx, owner.String())
		if err != nil {
			return record{}, err
		}
		r = record{kind: kindCase, id: c.ID, title: c.Title, severity: c.Severity, tlp: c.TLP, pap: c.PAP,
			date: c.Created, closed: c.Status == "Resolved", tags: append(c.Tags, r.tags...)}
	}
	return r, job.Permit("the "+r.kind, r.tlp, r.pap)
}

func kindOf(dataType string) string {
	if dataType == "thehive:alert" {
		return kindAlert
	}
	return kindCase
}

// readRecord reads a case or alert as TheHive hands it to Cortex.
func readRecord(o gjson.Result, kind string) record {
	r := record{
		kind: kind, id: o.Get("_id").String(), title: o.Get("title").String(), severity: int(o.Get("severity").Int()),
		tlp: level(o.Get("tlp")), pap: level(o.Get("pap")), closed: o.Get("endDate").Int() > 0,
	}
	for _, tag := range o.Get("tags").Array() {
		r.tags = append(r.tags, tag.String())
	}
	for _, name := range []string{"startDate", "date", "createdAt", "_createdAt"} {
		if ms := o.Get(name).Int(); ms > 0 && r.date.IsZero() {
			r.date = time.UnixMilli(ms).UTC()
		}
	}
	return r
}

// level reads a TLP or PAP; TheHive's default is AMBER.
func level(r gjson.Result) int {
	if r.Type != gjson.Number {
		return cortex.DefaultMaxLevel
	}
	return int(r.Int())
}

// linkTag begins the tag that leads from a record to its event.
const linkTag = "misp:event="

// event gives the UUID of the record's event: the one made of its id, or else
// one that it is tagged with.
func (r record) event(where string) string {
	own := misp.EventUUID(where, r.kind, r.id)
	var linked []string
	for _, tag := range r.tags {
		if id, ok := strings.CutPrefix(tag, linkTag); ok && uuid.Validate(id) == nil {
			linked = append(linked, strings.ToLower(id))
		}
	}
	if len(linked) == 0 || slices.Contains(linked, own) {
		return own
	}
	return slices.Min(linked)
}

// observablesOf fetches the observables of a case or an alert, which the job
// does not bring; a job about an observable has just that.
func observablesOf(ctx context.Context, job *cortex.Job, hive *thehive.Client) ([]thehive.Observable, error) {
	id := job.Object.Get("_id").String()
	switch job.DataType {
	case "thehive:case":
		return hive.CaseObservables(ctx, id)
	case "thehive:alert":
		return hive.AlertObservables(ctx, id)
	}
	return []thehive.Observable{readObservable(job.Object)}, nil
}

func readObservable(o gjson.Result) thehive.Observable {
	out := thehive.Observable{
		ID: o.Get("_id").String(), DataType: o.Get("dataType").String(), Data: o.Get("data").String(),
		Message: o.Get("message").String(), TLP: level(o.Get("tlp")), IOC: o.Get("ioc").Bool(),
	}
	if file := o.Get("attachment"); file.IsObject() {
		out.Attachment = &thehive.Attachment{Name: file.Get("name").String()}
		for _, hash := range file.Get("hashes").Array() {
			out.Attachment.Hashes = append(out.Attachment.Hashes, hash.String())
		}
	}
	return out
}
