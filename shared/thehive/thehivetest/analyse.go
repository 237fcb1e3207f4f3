package thehivetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/thehive"
)

// Cortex is a Cortex server behind the connector, which the fake asks as TheHive
// does.
type Cortex struct {
	Name string // as TheHive calls it
	URL  string
	Key  string
}

// job is an analyzer's work on an observable.
type job struct {
	id, analyzer, analyzerID string
	on                       *observable
	cortex                   Cortex
	cortexJob                string
	started, ended           int64
	status                   thehive.JobStatus
	report                   object
	operations               string
}

// ask sends a request to a Cortex.
func (k Cortex) ask(method, path string, body any) (status int, answer gjson.Result) {
	var sent bytes.Buffer
	if body != nil {
		_ = json.NewEncoder(&sent).Encode(body) // of texts and numbers
	}
	r, err := http.NewRequest(method, k.URL+path, &sent)
	if err != nil {
		return 0, gjson.Result{}
	}
	r.Header.Set("Authorization", "Bearer "+k.Key)
	client := http.Client{Timeout: 10 * time.Second}
	got, err := client.Do(r)
	if err != nil {
		return 0, gjson.Result{}
	}
	defer got.Body.Close()
	raw, _ := io.ReadAll(got.Body)
	return got.StatusCode, gjson.ParseBytes(raw)
}

// analyzers merges those of the servers that answer.
func (s *Server) analyzers(call) answer {
	out := []object{}
	for _, k := range s.options.Cortexes {
		_, rows := k.ask(http.MethodGet, "/api/analyzer?range=all", nil)
		for _, r := range rows.Array() {
			at := slices.IndexFunc(out, func(o object) bool { return o["name"] == r.Get("name").String() })
			if at >= 0 {
				out[at]["cortexIds"] = append(out[at]["cortexIds"].([]string), k.Name)
				continue
			}
			out = append(out, object{"id": r.Get("id").String(), "name": r.Get("name").String(), "version": "1.0", "description": r.Get("name").String(),
				"dataTypeList": r.Get("dataTypeList").Value(), "cortexIds": []string{k.Name}})
		}
	}
	return answer{status: 200, body: out}
}

// startJob gives an observable to Cortex, and answers when that has taken it.
// TheHive 4.1 does so with observables of cases alone. What Cortex refuses is a
// failure of TheHive's, as its source has it.
func (s *Server) startJob(c call) answer {
	check := checks{body: c.body}
	analyzer, cortex, artifact := check.text("analyzerId"), check.text("cortexId"), check.text("artifactId")
	if refused, failed := check.failed(); failed {
		return refused
	}
	o, label, pap := s.analysable(artifact)
	if o == nil {
		return refusal(404, "NotFoundError", "Observable not found")
	}
	at := slices.IndexFunc(s.options.Cortexes, func(k Cortex) bool { return k.Name == cortex })
	if at < 0 {
		return refusal(404, "NotFoundError", "Cortex "+cortex+" not found")
	}
	k := s.options.Cortexes[at]
	status, said := k.ask(http.MethodPost, "/api/analyzer/"+analyzer+"/run", object{
		"label": label, "data": o.data, "dataType": o.dataType, "tlp": o.tlp, "pap": pap,
		"parameters": object{"organisation": Organisation, "user": c.login},
	})
	if status == 0 {
		return refusal(500, "java.net.ConnectException", "Connection refused")
	}
	if status != 200 {
		return refusal(500, "org.thp.client.ApplicationError", fmt.Sprintf("ApplicationError(%d):\n%s", status, said.Raw))
	}
	j := &job{id: s.id(), analyzer: said.Get("workerName").String(), analyzerID: analyzer, on: o, cortex: k, cortexJob: said.Get("id").String(),
		started: s.now(), status: thehive.JobWaiting, operations: "[]"}
	s.jobs = append(s.jobs, j)
	return answer{status: 201, body: j.show(s.five)}
}

// analysable finds an observable that may be analysed, with what TheHive tells
// Cortex beside: a label, and a PAP.
func (s *Server) analysable(id string) (o *observable, label string, pap int) {
	is := func(o *observable) bool { return o.id == id }
	for _, k := range s.cases {
		if at := slices.IndexFunc(k.observables, is); at >= 0 {
			return k.observables[at], strconv.Itoa(k.number), k.pap
		}
	}
	for _, a := range s.alerts {
		if at := slices.IndexFunc(a.observables, is); at >= 0 && s.five {
			return a.observables[at], a.id, a.pap
		}
	}
	return nil, "", 0
}

func (s *Server) getJob(c call) answer {
	for _, j := range s.jobs {
		if j.id == c.PathValue("id") {
			s.follow(j)
			return answer{status: 200, body: j.show(s.five)}
		}
	}
	return refusal(404, "NotFoundError", "Job not found")
}

func (s *Server) jobRows(of []row) []row {
	var out []row
	for _, j := range s.jobs {
		if slices.ContainsFunc(of, func(r row) bool { return slices.Contains(r.observables, j.on) }) {
			s.follow(j)
			out = append(out, row{show: func() object { return j.show(s.five) }, created: j.started})
		}
	}
	return out
}

// follow looks whether Cortex is done, and takes the report over. One with an
// operation that TheHive does not know leaves the job waiting for ever.
func (s *Server) follow(j *job) {
	if j.status != thehive.JobWaiting {
		return
	}
	_, said := j.cortex.ask(http.MethodGet, "/api/job/"+j.cortexJob+"/waitreport?atMost=1second", nil)
	report := said.Get("report")
	switch said.Get("status").String() {
	case string(thehive.JobFailure):
		j.status, j.ended = thehive.JobFailure, s.now()
		j.report = object{"success": false, "errorMessage": report.Get("errorMessage").String()}
	case string(thehive.JobSuccess):
		operations := []object{}
		for _, o := range report.Get("operations").Array() {
			if o.Get("type").String() != "AddTagToArtifact" {
				return
			}
			j.on.tags = append(j.on.tags, o.Get("tag").String())
			operations = append(operations, object{"type": "AddTagToArtifact", "tag": o.Get("tag").String(), "status": "Success", "message": "Success"})
		}
		told, _ := json.Marshal(operations) // texts
		j.status, j.ended, j.operations = thehive.JobSuccess, s.now(), string(told)
		j.report = object{"success": true, "full": report.Get("full").Value(), "artifacts": []any{}}
		if j.on.reports == nil {
			j.on.reports = object{}
		}
		j.on.reports[j.analyzer] = object{"taxonomies": report.Get("summary.taxonomies").Value()}
	}
}

// Reports looks after the jobs that were begun, as TheHive does by itself, and
// gives the names of the analyzers whose reports sit on an observable.
func (s *Server) Reports(observable string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, j := range s.jobs {
		s.follow(j)
		if j.on.id == observable && j.on.reports[j.analyzer] != nil {
			out = append(out, j.analyzer)
		}
	}
	return out
}

func (j *job) show(five bool) object {
	out := object{"_type": "case_artifact_job", "analyzerId": j.analyzerID, "analyzerName": j.analyzer, "analyzerDefinition": j.analyzer,
		"status": string(j.status), "startDate": j.started, "endDate": max(j.started, j.ended), "cortexId": j.cortex.Name, "cortexJobId": j.cortexJob,
		"id": j.id, "operations": j.operations}
	if j.report != nil {
		out["report"] = j.report
	}
	if five {
		out["_id"], out["_createdBy"], out["_createdAt"] = j.id, feederLogin, j.started
	}
	return out
}
