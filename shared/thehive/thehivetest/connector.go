package thehivetest

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/thehive"
)

// run is a responder's run on an object, which TheHive calls an action.
type run struct {
	responder          thehive.Responder
	objectType, id     string // "Alert" or "Case", and its id
	job                string
	started, ended     int64
	status             thehive.JobStatus
	operations, report string
}

// connectorRoutes are the addresses of TheHive's connector to Cortex.
func (s *Server) connectorRoutes(on func(string, who, func(call) answer)) {
	base := "/api/connector/cortex/"
	if s.five {
		base = "/api/v1/connector/cortex/"
	}
	if s.options.Alone {
		return
	}
	on("GET "+base+"analyzer", member, s.analyzers)
	on("POST "+base+"job", writer, s.startJob)
	on("GET "+base+"job/{id}", member, s.getJob)
	on("GET "+base+"responder/{type}/{id}", member, s.responders)
	on("GET "+base+"action/{type}/{id}", member, s.runsOf)
	on("POST "+base+"action", writer, s.startRun)
}

// Runs counts the runs of a responder.
func (s *Server) Runs(responder string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		if r.responder.Name == responder {
			n++
		}
	}
	return n
}

// Settle waits until the runs that were begun are over.
func (s *Server) Settle() {
	s.mu.Lock()
	begun := len(s.runs) > 0
	s.mu.Unlock()
	if begun {
		s.running.Wait()
	}
}

// handed gives an object as TheHive hands it to a responder: an alert without
// its observables.
func (s *Server) handed(objectType, id string) (kind, dataType string, body object, ok bool) {
	switch objectType {
	case thehive.KindAlert:
		if a := s.alert(id); a != nil {
			body := a.v0()
			body["artifacts"] = []any{}
			return "Alert", "thehive:alert", body, true
		}
	case thehive.KindCase:
		if k := s.aCase(id); k != nil {
			return "Case", "thehive:case", k.v0(), true
		}
	}
	return "", "", nil, false
}

func (s *Server) responders(c call) answer {
	if _, _, _, ok := s.handed(c.PathValue("type"), c.PathValue("id")); !ok {
		return refusal(404, "NotFoundError", c.PathValue("type")+" not found")
	}
	out := make([]object, 0, len(s.options.Responders))
	for _, r := range s.options.Responders {
		shown := object{"id": r.ID, "name": r.Name, "version": "1.0", "description": r.Name,
			"dataTypeList": []string{"thehive:case", "thehive:alert"}, "cortexIds": list(r.Cortexes)}
		if s.five {
			shown["_id"] = r.ID
		}
		out = append(out, shown)
	}
	return answer{status: 200, body: out}
}

func (s *Server) runsOf(c call) answer {
	kind, _, body, ok := s.handed(c.PathValue("type"), c.PathValue("id"))
	if !ok {
		return refusal(404, "NotFoundError", c.PathValue("type")+" not found")
	}
	out := []object{}
	for _, r := range s.runs {
		if r.objectType == kind && r.id == body["_id"] {
			out = append(out, r.show(s.five))
		}
	}
	return answer{status: 200, body: out}
}

// startRun gives a job to Cortex, and answers before that has begun.
func (s *Server) startRun(c call) answer {
	check := checks{body: c.body}
	id, objectType, objectID := check.text("responderId"), check.text("objectType"), check.text("objectId")
	if refused, failed := check.failed(); failed {
		return refused
	}
	at := slices.IndexFunc(s.options.Responders, func(r thehive.Responder) bool { return r.ID == id })
	kind, dataType, body, ok := s.handed(objectType, objectID)
	if !ok || at < 0 {
		return refusal(404, "NotFoundError", "Not found")
	}
	s.last++
	r := &run{responder: s.options.Responders[at], objectType: kind, id: objectID, job: "job" + strconv.Itoa(s.last), started: s.now(),
		status: thehive.JobWaiting, operations: "[]", report: "{}"}
	s.runs = append(s.runs, r)
	raw, err := json.Marshal(body)
	if err != nil {
		return refusal(500, "InternalError", err.Error())
	}
	if s.options.Respond != nil {
		s.running.Go(func() { s.finish(r, s.options.Respond(r.responder.Name, dataType, raw)) })
	}
	return answer{status: 200, body: r.show(s.five)}
}

// finish takes a report over. One with an operation that TheHive does not know
// leaves the run waiting for ever, and nothing of it is taken over.
func (s *Server) finish(r *run, report []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	read := gjson.ParseBytes(report)
	if !read.Get("success").Bool() {
		r.status, r.report, r.ended = thehive.JobFailure, string(report), s.now()
		return
	}
	operations := read.Get("operations").Array()
	for _, o := range operations {
		if t := o.Get("type").String(); t != "AddTagToAlert" && t != "AddTagToCase" {
			return
		}
	}
	for _, o := range operations {
		s.operate(r, o)
	}
	r.status, r.report, r.ended = thehive.JobSuccess, string(report), s.now()
}

func (s *Server) operate(r *run, o gjson.Result) {
	tag := o.Get("tag").String()
	add := func(tags []string) []string {
		if slices.Contains(tags, tag) {
			return tags
		}
		return append(tags, tag)
	}
	if a := s.alert(r.id); a != nil && o.Get("type").String() == "AddTagToAlert" {
		a.tags, a.updated = add(a.tags), s.now()
	}
	if k := s.aCase(r.id); k != nil && o.Get("type").String() == "AddTagToCase" {
		k.tags, k.updated = add(k.tags), s.now()
	}
}

func (r *run) show(five bool) object {
	out := object{"responderId": r.responder.ID, "responderName": r.responder.Name, "responderDefinition": r.responder.Name, "cortexJobId": r.job,
		"objectType": r.objectType, "objectId": r.id, "status": string(r.status), "startDate": r.started, "operations": r.operations, "report": r.report}
	if len(r.responder.Cortexes) > 0 {
		out["cortexId"] = r.responder.Cortexes[0]
	}
	set(out, "endDate", r.ended)
	if five {
		out["_id"], out["_type"], out["_createdBy"], out["_createdAt"] = r.job, "Action", feederLogin, r.started
	}
	return out
}
