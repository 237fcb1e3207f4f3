package cortexapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Status is how far a job has come.
type Status string

// The statuses. A job whose worker wrote what is no report, and one that ran
// while Cortex was restarted, stays InProgress for ever.
const (
	Waiting    Status = "Waiting"
	InProgress Status = "InProgress"
	Success    Status = "Success"
	Failure    Status = "Failure"
	Deleted    Status = "Deleted"  // by somebody, in Cortex
	Unknown    Status = "NotFound" // of [Client.Statuses]: Cortex has no such job, or not for this key
)

// Over tells whether nothing more will come of a job in this status.
func (s Status) Over() bool { return s == Success || s == Failure || s == Deleted || s == Unknown }

// Job is one worker's work on one value.
type Job struct {
	ID     string // "P_GcB6IB1RgD4tHrzzp6"
	Worker string // the worker's name
	Status Status
	Label  string    // as Input had it; of a cached job, that of who asked first
	Cached bool      // an earlier job with the same input; its report is that one's
	Made   time.Time // when Cortex took it

	Report Report // of [Client.WaitReport], once the Status is Success or Failure
}

// Report is what came of a job.
type Report struct {
	Error      string // of a Failure, in the worker's words, which may be none
	Taxonomies []Taxonomy
	Artifacts  []Artifact
	Full       json.RawMessage // the report itself; nil of a Failure
}

// Taxonomy is one label of a report's short view.
type Taxonomy struct {
	Level     string // info, safe, suspicious, malicious; workers may write others
	Namespace string
	Predicate string
	Value     string // what is no text is written as JSON
}

// Artifact is a value that the worker found.
type Artifact struct {
	DataType string
	Data     string // empty of a file
	Tags     []string
}

// Input is what an analyzer is to work on.
type Input struct {
	DataType string // ip, domain, url…
	Data     string
	TLP, PAP int    // 0–3; Cortex knows no other
	Message  string // shown in Cortex
	Label    string // for FindJobs; Cortex makes nothing of it
}

// Analyze has an analyzer work on a value, and gives the job that Cortex made
// of it, or an earlier one with the same input.
//
// The error's reason is upstream.RateLimited where the analyzer's rate limit in
// Cortex is reached, and upstream.NotFound where the organisation has not
// enabled such an analyzer. Where it is upstream.Network, or the server failed,
// the job may have been made: FindJobs tells.
func (c *Client) Analyze(ctx context.Context, worker string, in Input) (Job, error) {
	if in.TLP < 0 || in.TLP > 3 || in.PAP < 0 || in.PAP > 3 {
		return Job{}, invalid(fmt.Sprintf("a job of TLP %d and PAP %d", in.TLP, in.PAP), "send no value that is marked above 3, which is RED to Cortex")
	}
	return c.run(ctx, "analyzer", worker, map[string]any{
		"dataType": in.DataType, "data": in.Data, "tlp": in.TLP, "pap": in.PAP, "message": in.Message, "label": in.Label,
	})
}

// Respond has a responder work on an object of TheHive, of a data type such as
// "thehive:case". Errors are as Analyze has them; there is no cache.
func (c *Client) Respond(ctx context.Context, worker, dataType string, object json.RawMessage, label string) (Job, error) {
	return c.run(ctx, "responder", worker, map[string]any{"dataType": dataType, "data": object, "label": label})
}

func (c *Client) run(ctx context.Context, kind, worker string, body map[string]any) (Job, error) {
	answer, err := c.do(ctx, upstream.Request{
		Method: http.MethodPost, Path: "/api/" + kind + "/" + url.PathEscape(worker) + "/run", JSON: body,
	})
	if err != nil {
		return Job{}, err
	}
	j := readJob(answer.JSON())
	if j.ID == "" {
		return Job{}, answer.Strange("the answer to a new job names none")
	}
	return j, nil
}

// Limits of one call.
const (
	longestWait = time.Minute // Cortex cuts connections at 75 seconds
	mostFound   = 100
)

// WaitReport waits for a job's end, at most so long and at most a minute, and
// gives the job with its report. A job that is not over by then is no error.
// One that Cortex does not know is one of reason upstream.NotFound.
func (c *Client) WaitReport(ctx context.Context, id string, atMost time.Duration) (Job, error) {
	atMost = min(max(atMost, time.Second), longestWait)
	answer, err := c.do(ctx, upstream.Request{
		Path:    "/api/job/" + url.PathEscape(id) + "/waitreport",
		Query:   url.Values{"atMost": {fmt.Sprintf("%dseconds", int(atMost.Seconds()))}},
		Timeout: atMost + 30*time.Second,
	})
	if err != nil {
		return Job{}, err
	}
	r := answer.JSON()
	j := readJob(r)
	if j.ID == "" {
		return Job{}, answer.Strange("the answer is no job")
	}
	j.Report = readReport(r.Get("report")) // a text while there is none
	return j, nil
}

// Statuses tells how far jobs have come, by their ids.
func (c *Client) Statuses(ctx context.Context, ids []string) (map[string]Status, error) {
	answer, err := c.do(ctx, upstream.Request{
		Method: http.MethodPost, Path: "/api/job/status", JSON: map[string]any{"jobIds": ids}, Repeatable: true,
	})
	if err != nil {
		return nil, err
	}
	if !answer.JSON().IsObject() {
		return nil, answer.Strange("the answer tells of no jobs")
	}
	out := make(map[string]Status, len(ids))
	answer.JSON().ForEach(func(id, status gjson.Result) bool {
		out[id.String()] = Status(status.String())
		return true
	})
	return out, nil
}

// FindJobs gives the jobs with a label, the newest first, without their
// reports. Jobs are found about a second after they were made.
func (c *Client) FindJobs(ctx context.Context, label string) ([]Job, error) {
	rows, err := c.list(ctx, upstream.Request{
		Method: http.MethodPost, Path: "/api/job/_search", Repeatable: true,
		Query: url.Values{"range": {fmt.Sprintf("0-%d", mostFound)}, "sort": {"-createdAt"}},
		JSON:  map[string]any{"query": map[string]any{"_field": "label", "_value": label}},
	})
	if err != nil {
		return nil, err
	}
	var out []Job
	for _, r := range rows {
		if j := readJob(r); j.ID != "" && j.Label == label {
			out = append(out, j)
		}
	}
	return out, nil
}

func readJob(r gjson.Result) Job {
	j := Job{
		ID:     cmp.Or(r.Get("id").String(), r.Get("_id").String()),
		Worker: cmp.Or(r.Get("workerName").String(), r.Get("analyzerName").String()),
		Status: Status(r.Get("status").String()),
		Label:  r.Get("label").String(),
		Cached: r.Get("fromCache").Bool(),
	}
	if made := r.Get("createdAt").Int(); made > 0 {
		j.Made = time.UnixMilli(made).UTC()
	}
	return j
}

func readReport(r gjson.Result) Report {
	report := Report{Error: r.Get("errorMessage").String()}
	if full := r.Get("full"); full.Exists() {
		report.Full = json.RawMessage(full.Raw)
	}
	for _, t := range r.Get("summary.taxonomies").Array() {
		report.Taxonomies = append(report.Taxonomies, Taxonomy{
			Level:     t.Get("level").String(),
			Namespace: t.Get("namespace").String(),
			Predicate: t.Get("predicate").String(),
			Value:     t.Get("value").String(),
		})
	}
	for _, a := range r.Get("artifacts").Array() {
		report.Artifacts = append(report.Artifacts, Artifact{
			DataType: a.Get("dataType").String(), Data: a.Get("data").String(), Tags: texts(a.Get("tags")),
		})
	}
	return report
}
