package thehive

import (
	"context"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// AlertObservables reads all observables of an alert. An alert that is not
// there has none.
func (c *Client) AlertObservables(ctx context.Context, id string) ([]Observable, error) {
	return c.observables(ctx, "getAlert", id)
}

// CaseObservables reads all observables of a case, in the order in which they
// were made. A case that is not there has none.
func (c *Client) CaseObservables(ctx context.Context, id string) ([]Observable, error) {
	return c.observables(ctx, "getCase", id)
}

// observables reads page after page. Observables of one moment may change
// places between two pages, so what came twice counts once; more than
// maxObserved is an error, not a part.
func (c *Client) observables(ctx context.Context, get, id string) ([]Observable, error) {
	var out []Observable
	seen := map[string]bool{}
	for from := 0; from < maxObserved; from += observePage {
		rows, err := c.query(ctx, "observables", step{"_name": get, "idOrName": id}, step{"_name": "observables"},
			step{"_name": "sort", "_fields": []step{{"_createdAt": "asc"}}}, page(from, from+observePage))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if o := readObservable(r); !seen[o.ID] {
				seen[o.ID] = true
				out = append(out, o)
			}
		}
		if len(rows) < observePage {
			return out, nil
		}
	}
	return nil, &upstream.Error{Service: service, Reason: upstream.BadInput, Message: "more than 100,000 observables", Next: "divide the case"}
}

// readObservable reads an observable of the API's version 0 or 1.
func readObservable(r gjson.Result) Observable {
	o := Observable{
		ID:       r.Get("_id").String(),
		DataType: r.Get("dataType").String(),
		Data:     r.Get("data").String(),
		Message:  r.Get("message").String(),
		TLP:      int(r.Get("tlp").Int()),
		Tags:     texts(r.Get("tags")),
		IOC:      r.Get("ioc").Bool(),
		Sighted:  r.Get("sighted").Bool(),
		Findings: readFindings(r.Get("reports")),
	}
	for _, name := range []string{"startDate", "createdAt", "_createdAt"} {
		if o.Start.IsZero() {
			o.Start = moment(r.Get(name))
		}
	}
	if file := r.Get("attachment"); file.IsObject() {
		o.Attachment = &Attachment{ID: file.Get("id").String(), Name: file.Get("name").String(), Hashes: texts(file.Get("hashes"))}
	}
	return o
}

// readFindings reads the short reports {"Analyzer_1_0":{"taxonomies":[…]}}.
func readFindings(reports gjson.Result) []Finding {
	var out []Finding
	reports.ForEach(func(_, report gjson.Result) bool {
		for _, t := range report.Get("taxonomies").Array() {
			out = append(out, Finding{Level: t.Get("level").String(), Namespace: t.Get("namespace").String(),
				Predicate: t.Get("predicate").String(), Value: t.Get("value").String()})
		}
		return true
	})
	return out
}
