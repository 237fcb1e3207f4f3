package thehive

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Responder is a responder of Cortex that TheHive offers for an object.
type Responder struct {
	ID       string
	Name     string   // with its version: "Waggle_MISPEvent_1_0"
	Cortexes []string // names of the Cortex servers, as TheHive calls them, that have it
}

// JobStatus is how far a responder's run, or an analyzer's, has come in TheHive.
type JobStatus string

// The statuses. TheHive 4.1 leaves a run at Waiting for ever whose report holds
// an operation that it does not know.
const (
	JobWaiting    JobStatus = "Waiting"
	JobInProgress JobStatus = "InProgress"
	JobSuccess    JobStatus = "Success"
	JobFailure    JobStatus = "Failure"
)

// Run is one run of a responder, which TheHive calls an action.
type Run struct {
	Responder string // its name with version
	Job       string // Cortex' id of it
	Status    JobStatus
	Started   time.Time
	Message   string // of a run that is over: what the responder says first, or why it failed
}

// Over tells whether nothing more will come of the run.
func (r Run) Over() bool { return r.Status == JobSuccess || r.Status == JobFailure }

// maxMessageShown bounds what is taken over from a report, in characters.
const maxMessageShown = 500

// connector is where the version keeps what has to do with Cortex.
func connector(v Version) string {
	if v.Major >= 5 {
		return "/api/v1/connector/cortex/"
	}
	return "/api/connector/cortex/"
}

// Responders gives the responders that may be run on an object, those of all
// Cortex servers. kind is KindAlert or KindCase. An object that is not there is
// an error with reason upstream.NotFound.
//
// GET /api/connector/cortex/responder/alert/~1
func (c *Client) Responders(ctx context.Context, kind, id string) ([]Responder, error) {
	rows, err := c.connected(ctx, "responder/"+kind+"/"+url.PathEscape(id), nil)
	if err != nil {
		return nil, err
	}
	var out []Responder
	for _, r := range rows {
		out = append(out, readWorker(r))
	}
	return out, nil
}

// Runs gives the runs of responders on an object, the latest first.
//
// GET /api/connector/cortex/action/alert/~1
func (c *Client) Runs(ctx context.Context, kind, id string) ([]Run, error) {
	rows, err := c.connected(ctx, "action/"+kind+"/"+url.PathEscape(id), nil)
	if err != nil {
		return nil, err
	}
	out := make([]Run, len(rows))
	for i, r := range rows {
		out[i] = c.readRun(r)
	}
	slices.SortStableFunc(out, func(a, b Run) int { return b.Started.Compare(a.Started) })
	return out, nil
}

// StartRun runs a responder on an object. TheHive answers when it has given the
// job to Cortex; [Client.Runs] tells how it ends. Every call is a run of its own:
// after an outcome that is unknown, look at Runs before calling again.
//
// POST /api/connector/cortex/action {responderId, cortexId, objectType, objectId}
func (c *Client) StartRun(ctx context.Context, r Responder, kind, id string) (Run, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return Run{}, err
	}
	body := map[string]any{"responderId": r.ID, "objectType": kind, "objectId": id}
	if len(r.Cortexes) > 0 {
		body["cortexId"] = r.Cortexes[0]
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: connector(v) + "action", JSON: body})
	if err != nil {
		return Run{}, err
	}
	run := c.readRun(answer.JSON())
	if run.Status == "" {
		return Run{}, answer.Strange("the answer is no run of a responder")
	}
	return run, nil
}

// readRun reads a run. Its report is JSON in a string.
func (c *Client) readRun(r gjson.Result) Run {
	run := Run{
		Responder: r.Get("responderName").String(),
		Job:       r.Get("cortexJobId").String(),
		Status:    JobStatus(r.Get("status").String()),
		Started:   moment(r.Get("startDate")),
	}
	if run.Responder == "" {
		run.Responder = r.Get("responderDefinition").String()
	}
	if !run.Over() {
		return run
	}
	report := gjson.Parse(r.Get("report").String())
	for _, path := range []string{"errorMessage", "full.message"} {
		if text := strings.TrimSpace(report.Get(path).String()); run.Message == "" && text != "" {
			run.Message = clean(upstream.Redact(text, c.key), maxMessageShown, false)
		}
	}
	return run
}
