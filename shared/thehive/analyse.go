package thehive

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/upstream"
)

// Analyzer is an analyzer of Cortex that TheHive can have run.
type Analyzer struct {
	ID       string   // Cortex' own id of it
	Name     string   // with its version: "Waggle_URLhaus_1_0"
	Cortexes []string // names of the Cortex servers, as TheHive calls them, that have it
}

// Job is one analyzer's work on an observable, begun through TheHive: its report
// sits on the observable when it is over.
//
// TheHive shows a job's report without its summary, and waits for ever for one
// whose report holds an operation that it does not know: what the analyzer says
// is better read in Cortex, under CortexJob.
type Job struct {
	ID        string // TheHive's
	Analyzer  string // its name with version
	Cortex    string // the Cortex server, as TheHive calls it
	CortexJob string // Cortex' id of the job
	Status    JobStatus
	Started   time.Time
}

// Analyzers gives the analyzers of all Cortex servers behind TheHive: none where
// its connector has no server that answers. A TheHive without the connector is
// an error with reason upstream.NotFound.
//
// GET /api/connector/cortex/analyzer
func (c *Client) Analyzers(ctx context.Context) ([]Analyzer, error) {
	rows, err := c.connected(ctx, "analyzer", url.Values{"range": {"all"}})
	if err != nil {
		return nil, err
	}
	out := make([]Analyzer, len(rows))
	for i, r := range rows {
		out[i] = Analyzer(readWorker(r))
	}
	return out, nil
}

// StartJob has a Cortex server, as TheHive calls it, run an analyzer on an
// observable. TheHive answers when Cortex has taken the job. TheHive 4.1 takes
// the observables of cases alone, and says upstream.NotFound to those of alerts.
//
// Where the error's reason is upstream.Network or upstream.Failure, the job may
// have been made: [Client.Jobs] tells.
//
// POST /api/connector/cortex/job {analyzerId, cortexId, artifactId}
func (c *Client) StartJob(ctx context.Context, a Analyzer, cortex, observable string) (Job, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return Job{}, err
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodPost, Path: connector(v) + "job",
		JSON: map[string]any{"analyzerId": a.ID, "cortexId": cortex, "artifactId": observable}})
	if err != nil {
		return Job{}, saidByCortex(err)
	}
	j := readJob(answer.JSON())
	if j.CortexJob == "" {
		return Job{}, answer.Strange("the answer is no job of an analyzer")
	}
	return j, nil
}

// cortexRefusal is how TheHive 4.1 passes a refusal of Cortex on: as a failure
// of its own. See CortexClient and BaseClient in
// https://github.com/TheHive-Project/TheHive.
var cortexRefusal = regexp.MustCompile(`^ApplicationError\((4\d\d)\)`)

// saidByCortex gives a refusal that TheHive had from Cortex the reason that
// Cortex' status has: no job was made.
func saidByCortex(err error) error {
	_, message := refusal(err)
	m := cortexRefusal.FindStringSubmatch(message)
	var e *upstream.Error
	if m == nil || !errors.As(err, &e) {
		return err
	}
	told := *e
	told.Reason, told.Next = upstream.BadInput, "look at the analyzer in Cortex, and at the key that TheHive has of it"
	if status, _ := strconv.Atoi(m[1]); status == http.StatusTooManyRequests {
		told.Reason, told.Next = upstream.RateLimited, "wait until the analyzer's rate limit in Cortex allows more, or raise it there"
	}
	return &told
}

// mostJobs bounds the jobs of an observable that are looked at.
const mostJobs = 100

// Jobs gives the jobs of analyzers on an observable, the latest first, 100 at
// most. An observable that is not there has none.
func (c *Client) Jobs(ctx context.Context, observable string) ([]Job, error) {
	rows, err := c.query(ctx, "jobs", step{"_name": "getObservable", "idOrName": observable}, step{"_name": "jobs"},
		step{"_name": "sort", "_fields": []step{{"startDate": "desc"}}}, page(0, mostJobs))
	if err != nil {
		return nil, err
	}
	out := make([]Job, len(rows))
	for i, r := range rows {
		out[i] = readJob(r)
	}
	return out, nil
}

func readJob(r gjson.Result) Job {
	j := Job{
		ID: r.Get("id").String(), Analyzer: r.Get("analyzerName").String(), Cortex: r.Get("cortexId").String(),
		CortexJob: r.Get("cortexJobId").String(), Status: JobStatus(r.Get("status").String()), Started: moment(r.Get("startDate")),
	}
	if j.ID == "" {
		j.ID = r.Get("_id").String()
	}
	return j
}

// readWorker reads a responder, or an analyzer.
func readWorker(r gjson.Result) Responder {
	w := Responder{ID: r.Get("id").String(), Name: r.Get("name").String(), Cortexes: texts(r.Get("cortexIds"))}
	if w.ID == "" {
		w.ID = r.Get("_id").String()
	}
	return w
}

// connected reads a list of TheHive's connector to Cortex.
func (c *Client) connected(ctx context.Context, path string, query url.Values) ([]gjson.Result, error) {
	v, err := c.Version(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := c.do(ctx, upstream.Request{Method: http.MethodGet, Path: connector(v) + path, Query: query})
	if err != nil {
		return nil, err
	}
	list := answer.JSON()
	if !list.IsArray() {
		return nil, answer.Strange("the answer is no list")
	}
	return list.Array(), nil
}
