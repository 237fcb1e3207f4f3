// Package blocking is what the responders blocklist and unblock have in common:
// they send the values of an observable, a case or an alert to the block lists
// that the feeder keeps, and report what became of each.
package blocking

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// DataTypes are the objects that both work on.
func DataTypes() []string {
	return []string{"thehive:case_artifact", "thehive:case", "thehive:alert"}
}

// Account is the part of their configuration that both share.
type Account struct {
	FeederURL    string `cortex:"feeder_url" required:"true" description:"the feeder's address: http://feeder:8787"`
	FeederToken  string `cortex:"feeder_token" required:"true" secret:"true" description:"the feeder's WAGGLE_BLOCKS_TOKEN"`
	TheHiveURL   string `cortex:"thehive_url" required:"true" description:"TheHive's address, as a browser has it"`
	TheHiveKey   string `cortex:"thehive_key" required:"true" secret:"true" description:"API key of a user of TheHive who may read the cases and alerts"`
	Organisation string `cortex:"thehive_organisation" description:"that user's organisation in TheHive, if there are several"`
	VerifyTLS    bool   `cortex:"verify_tls" default:"true" description:"check the certificates of both; better than false: name their authority in cacerts"`
}

// Work says what to do with the values.
type Work struct {
	Method string                        // of the feeder's API: POST blocks, DELETE unblocks
	Wants  func(thehive.Observable) bool // which observables of a case or an alert; nil = all
	Days   int                           // how long a block lasts; 0 = as usual
}

// path is the feeder's API, atOnce how many values it gets in one call.
const (
	path   = "/api/v1/blocks"
	atOnce = 500
)

// Run does the work for a job's object.
func (a Account) Run(ctx context.Context, job *cortex.Job, w Work) (cortex.Report, error) {
	http := upstream.Options{InsecureSkipVerify: !a.VerifyTLS}
	hive, err := cortex.Connect(job, thehive.Over, thehive.Options{URL: a.TheHiveURL, Key: a.TheHiveKey, Organisation: a.Organisation, HTTP: http})
	if err != nil {
		return cortex.Report{}, err
	}
	http.Service, http.BaseURL, http.Secrets = "feeder", a.FeederURL, []string{a.FeederToken}
	http.Header = map[string][]string{"Authorization": {"Bearer " + a.FeederToken}}
	feeder, err := job.Upstream(http)
	if err != nil {
		return cortex.Report{}, err
	}
	record, observables, err := hive.Handed(ctx, job.DataType, job.Object)
	if err != nil {
		return cortex.Report{}, err
	}
	if err := job.Permit("the "+record.Kind, record.TLP, record.PAP); err != nil {
		return cortex.Report{}, err
	}
	f := newFull(a)
	var values []string
	for _, o := range observables {
		if job.DataType != "thehive:case_artifact" && w.Wants != nil && !w.Wants(o) {
			f.LeftOut++
			continue
		}
		values = append(values, valuesOf(o)...)
	}
	order := map[string]any{"reason": record.Title, "record": name(job, record), "by": job.Parameters.Get("user").String(), "days": w.Days}
	for some := range slices.Chunk(values, atOnce) {
		order["values"] = some
		if err := f.send(ctx, feeder, w.Method, order, len(some)); err != nil {
			return cortex.Report{}, err
		}
	}
	f.Message = f.sentence()
	return cortex.Report{Full: f}, nil
}

// valuesOf gives an observable's value; a file's are its hashes.
func valuesOf(o thehive.Observable) []string {
	if o.Attachment != nil {
		return o.Attachment.Hashes
	}
	if strings.TrimSpace(o.Data) == "" {
		return nil
	}
	return []string{o.Data}
}

// name is how people call the record: "case 3".
func name(job *cortex.Job, r thehive.Record) string {
	for _, at := range []string{"caseId", "case.caseId"} {
		if number := job.Object.Get(at).String(); number != "" && r.Kind == thehive.KindCase {
			return "case " + number
		}
	}
	return r.Kind + " " + r.ID
}

// send gives the feeder some values, and notes its answer. A second sending
// changes nothing, so it may be tried again.
func (f *Full) send(ctx context.Context, feeder *upstream.Client, method string, order map[string]any, count int) error {
	answer, err := feeder.Do(ctx, upstream.Request{Method: method, Path: path, JSON: order, Accept: []int{http.StatusUnauthorized}, Repeatable: true})
	if err != nil {
		return err
	}
	if answer.Status == http.StatusUnauthorized {
		return &upstream.Error{Service: "feeder", Reason: upstream.Auth, Status: answer.Status, Message: "it does not take the token",
			Next: "set feeder_token to the feeder's WAGGLE_BLOCKS_TOKEN; without one nobody may block"}
	}
	changes := answer.JSON().Get("changes").Array()
	if len(changes) != count {
		return answer.Strange(fmt.Sprintf("the answer tells of %d values, and %d were sent", len(changes), count))
	}
	for _, c := range changes {
		until, _ := time.Parse(time.RFC3339, c.Get("until").String()) // zero where there is none
		f.add(Row{Value: c.Get("value").String(), Type: c.Get("type").String(), State: c.Get("state").String(), Why: c.Get("why").String(), Until: until})
	}
	return nil
}
