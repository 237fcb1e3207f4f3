package thehive

import (
	"context"
	"slices"
	"time"

	"github.com/tidwall/gjson"
)

// Outcome is what analysts made of an alert or of a case.
type Outcome string

// The outcomes.
const (
	Undecided     Outcome = ""               // nobody has decided, or it is no longer told
	Ignored       Outcome = "ignored"        // read, and not taken into a case
	Imported      Outcome = "imported"       // taken into a case of its own or merged into one
	TruePositive  Outcome = "true-positive"  // so was its case closed
	FalsePositive Outcome = "false-positive" // so was its case closed
	Closed        Outcome = "closed"         // its case was closed as something else: indeterminate, duplicated, other
)

// Triaged is an alert or a case with what was made of it.
type Triaged struct {
	ID      string
	Source  string // of an alert
	Ref     string // of an alert: its SourceRef
	Case    string // id of the case that an alert is in
	Outcome Outcome
	Updated time.Time // when it last changed
}

// Limits of one look.
const (
	triagePage = 200
	maxTriaged = 10_000
)

// TriagedAlerts gives the alerts of a type that have changed since then, the
// latest first; at most 10,000. Alerts that nobody has touched are left out.
func (c *Client) TriagedAlerts(ctx context.Context, typ string, since time.Time) ([]Triaged, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return nil, err
	}
	filter := equals(v, "type", typ)
	filter["_name"] = "filter"
	return c.changed(ctx, "triaged-alerts", since, func(r gjson.Result) Triaged {
		t := readTriaged(r)
		t.Source, t.Ref, t.Case = r.Get("source").String(), r.Get("sourceRef").String(), r.Get("caseId").String()
		t.Outcome = alertOutcome(r)
		return t
	}, step{"_name": "listAlert"}, filter)
}

// TriagedCases gives the cases that have changed since then, as
// [Client.TriagedAlerts] does alerts.
func (c *Client) TriagedCases(ctx context.Context, since time.Time) ([]Triaged, error) {
	return c.changed(ctx, "triaged-cases", since, func(r gjson.Result) Triaged {
		t := readTriaged(r)
		t.Outcome = caseOutcome(r)
		return t
	}, step{"_name": "listCase"})
}

// changed reads page after page, the latest change first, until one from
// before since. Rows that change meanwhile move to the front, so none is
// missed; one that comes twice counts once.
func (c *Client) changed(ctx context.Context, name string, since time.Time, read func(gjson.Result) Triaged, steps ...step) ([]Triaged, error) {
	steps = append(steps, step{"_name": "sort", "_fields": []step{{"_updatedAt": "desc"}}})
	var out []Triaged
	seen := map[string]bool{}
	for from := 0; from < maxTriaged; from += triagePage {
		rows, err := c.query(ctx, name, append(slices.Clone(steps), page(from, from+triagePage))...)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			t := read(r)
			// What nobody has changed has no time of change, and comes last.
			if t.Updated.IsZero() || t.Updated.Before(since) {
				return out, nil
			}
			if !seen[t.ID] {
				seen[t.ID] = true
				out = append(out, t)
			}
		}
		if len(rows) < triagePage {
			break
		}
	}
	return out, nil
}

func readTriaged(r gjson.Result) Triaged {
	return Triaged{ID: r.Get("_id").String(), Updated: moment(r.Get("_updatedAt"))}
}

// alertOutcome reads version 1 of the API: TheHive 4.1 tells whether an alert
// was read, TheHive 5 its stage and status, whose names can be configured.
func alertOutcome(r gjson.Result) Outcome {
	stage, status := r.Get("stage").String(), r.Get("status").String()
	switch {
	case r.Get("caseId").String() != "" || stage == "Imported" || status == "Imported":
		return Imported
	case r.Get("read").Bool() || stage == "Closed" || status == "Ignored":
		return Ignored
	}
	return Undecided
}

// caseOutcome reads version 1 of the API: TheHive 4.1 has resolutionStatus,
// TheHive 5 the resolution as status.
func caseOutcome(r gjson.Result) Outcome {
	status := r.Get("status").String()
	if r.Get("stage").String() != "Closed" && status != "Resolved" {
		return Undecided
	}
	if resolution := r.Get("resolutionStatus").String(); resolution != "" {
		status = resolution
	}
	switch status {
	case "TruePositive":
		return TruePositive
	case "FalsePositive":
		return FalsePositive
	}
	return Closed
}

// CountAlerts counts the alerts of a type that were made since then, up to
// most.
func (c *Client) CountAlerts(ctx context.Context, typ string, since time.Time, most int) (int, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return 0, err
	}
	filter := equals(v, "type", typ)
	filter["_name"] = "filter"
	rows, err := c.query(ctx, "count-alerts", step{"_name": "listAlert"}, filter,
		step{"_name": "sort", "_fields": []step{{"_createdAt": "desc"}}}, page(0, most))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, r := range rows {
		if !moment(r.Get("_createdAt")).Before(since) {
			n++
		}
	}
	return n, nil
}
