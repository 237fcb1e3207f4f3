package cortexapitest

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/fakeserver"
)

// object is a JSON object.
type object = map[string]any

// answer is what goes back: a status and what is encoded as JSON.
type answer struct {
	status int
	body   any
}

// refusal is a refusal in Cortex' form.
func refusal(status int, kind, message string) answer {
	return answer{status, object{"type": kind, "message": message}}
}

// plain is an answer that is text and no JSON.
type plain string

// routes are the addresses, each with the roles one of which a caller needs; nil
// is any user.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, roles []string, handle func(*http.Request, *user) answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			who, refused := s.permitted(w, r, roles)
			if refused.status == 0 {
				refused = s.locked(r, who, handle)
			}
			write(w, refused)
		})
	}
	readers := []string{read}
	mux.HandleFunc("GET /api/status", func(w http.ResponseWriter, _ *http.Request) { write(w, status()) })
	mux.HandleFunc("POST /api/maintenance/migrate", s.migrate)
	mux.HandleFunc("POST /api/login", func(w http.ResponseWriter, r *http.Request) { write(w, s.login(w, r)) })
	on("GET /api/user/current", nil, func(_ *http.Request, who *user) answer { return current(who) })
	for _, kind := range []string{"analyzer", "responder"} {
		on("GET /api/"+kind, readers, func(r *http.Request, who *user) answer { return s.list(kind, r, who) })
		on("POST /api/"+kind+"/{id}/run", []string{analyze}, func(r *http.Request, _ *user) answer { return s.run(kind, r) })
	}
	on("POST /api/job/_search", readers, func(r *http.Request, _ *user) answer { return s.search(r) })
	on("POST /api/job/status", readers, func(r *http.Request, _ *user) answer { return s.statuses(r) })
	on("/", nil, func(r *http.Request, _ *user) answer { return refusal(404, "NotFound", r.URL.Path) })
	s.setupRoutes(on)
	mux.HandleFunc("GET /api/job/{id}/waitreport", func(w http.ResponseWriter, r *http.Request) {
		_, a := s.permitted(w, r, readers)
		if a.status == 0 {
			a = s.waitReport(r)
		}
		write(w, a)
	})
	return mux
}

func write(w http.ResponseWriter, a answer) {
	switch body := a.body.(type) {
	case plain:
		w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, string(body))
	default:
		if a.status == http.StatusNoContent {
			w.WriteHeader(a.status)
			return
		}
		fakeserver.WriteJSON(w, a.status, body)
	}
}

// locked handles a request under the server's lock.
func (s *Server) locked(r *http.Request, who *user, handle func(*http.Request, *user) answer) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return handle(r, who)
}

// permitted tells who calls, or gives the refusal of who may not. A Cortex whose
// index is not there answers 520 to whatever needs it (ErrorHandler.scala).
func (s *Server) permitted(w http.ResponseWriter, r *http.Request, roles []string) (*user, answer) {
	s.mu.Lock()
	unmigrated := s.unmigrated
	s.mu.Unlock()
	if unmigrated {
		return nil, answer{status: 520}
	}
	who, forged := s.caller(r)
	switch {
	case forged:
		return nil, refusal(403, "Forbidden", "No CSRF token found in headers")
	case who == nil:
		return nil, refusal(401, "AuthenticationError", "Authentication failure")
	case roles != nil && !who.has(roles...):
		return nil, refusal(403, "AuthorizationError", "Insufficient rights to perform this action")
	}
	if _, err := r.Cookie(session); err == nil && r.Method == http.MethodGet && acceptsPage(r) {
		http.SetCookie(w, &http.Cookie{Name: token, Value: tokenValue, Path: "/"})
	}
	return who, answer{}
}

// acceptsPage is what Play's filter asks before it gives a token.
func acceptsPage(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "*/*") || strings.Contains(accept, "text/html")
}

func bearer(header string) string {
	key, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return ""
	}
	return key
}

func status() answer {
	return answer{200, object{"versions": object{"Cortex": "4.1.0-1", "Play": "3.0.7"}, "config": object{"authType": []string{"key", "local"}}}}
}

func current(who *user) answer {
	if who.login == "init" {
		return refusal(404, "NotFoundError", "user init not found")
	}
	return answer{200, who.show()}
}

// list gives ten rows to who names no range.
func (s *Server) list(kind string, r *http.Request, who *user) answer {
	rows := []object{}
	for _, w := range s.workers {
		if w.kind() == kind && w.in() == who.organisation && (len(rows) < 10 || r.URL.Query().Get("range") == "all") {
			rows = append(rows, w.show(who.has(orgadmin)))
		}
	}
	return answer{200, rows}
}

// show shows a worker; its configuration only to its organisation's admins.
func (w Worker) show(configured bool) object {
	definition := cmp.Or(w.definition, w.Name)
	shown := object{"_type": "worker", "id": w.id(), "_id": w.id(), "name": w.Name, "workerDefinitionId": definition, "analyzerDefinitionId": definition,
		"type": w.kind(), "dataTypeList": w.DataTypes, "organization": w.in(), "jobTimeout": int(w.Timeout.Minutes()), "jobCache": int(w.Cache.Minutes())}
	if configured {
		shown["configuration"] = w.Config
	}
	if w.Rate > 0 {
		shown["rate"], shown["rateUnit"] = w.Rate, w.RateUnit
	}
	return shown
}

func (s *Server) run(kind string, r *http.Request) answer {
	id := r.PathValue("id")
	i := slices.IndexFunc(s.workers, func(w Worker) bool { return w.kind() == kind && w.id() == id })
	if i < 0 {
		return refusal(404, "AnalyzerNotFoundError", "analyzer "+id+" not found")
	}
	w := s.workers[i]
	var body struct {
		Data     json.RawMessage
		DataType string
		Message  string
		Label    string
		TLP, PAP *int64
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return refusal(400, "BadRequest", "Invalid Json: "+err.Error())
	}
	in := cortexapi.Input{DataType: body.DataType, Message: body.Message, Label: body.Label, TLP: 2, PAP: 2}
	if json.Unmarshal(body.Data, &in.Data) != nil {
		in.Data = string(body.Data) // an object
	}
	for _, level := range []struct {
		given *int64
		into  *int
	}{{body.TLP, &in.TLP}, {body.PAP, &in.PAP}} {
		if level.given == nil {
			continue
		}
		if *level.given < 0 || *level.given > 3 {
			return answer{400, object{"tableName": "job", "type": "AttributeCheckingError", "errors": []object{{"name": "tlp", "type": "InvalidFormatAttributeError"}}}}
		}
		*level.into = int(*level.given)
	}
	if in.DataType == "" || len(body.Data) == 0 {
		return answer{400, object{"tableName": "job", "type": "AttributeCheckingError", "errors": []object{{"name": "data/attachment", "type": "MissingAttributeError"}}}}
	}
	j, cached, ok := s.begin(w, in)
	if !ok {
		return refusal(429, "RateLimitExceeded",
			"Rate limit of "+strconv.Itoa(w.Rate)+" per "+w.RateUnit+" reached for the analyzer "+w.Name+". Job cannot be started")
	}
	shown := s.show(j)
	if cached {
		shown["fromCache"] = true
	} else {
		shown["status"] = cortexapi.Waiting // it begins after the answer
	}
	return answer{200, shown}
}

// show is a job without its report.
func (s *Server) show(j *job) object {
	shown := object{"_type": "job", "id": j.id, "_id": j.id, "workerId": j.workerID, "workerName": j.worker, "workerDefinitionId": j.worker,
		"analyzerId": j.workerID, "analyzerName": j.worker, "analyzerDefinitionId": j.worker, "organization": "example", "createdBy": "feeder",
		"status": j.status(s.now()), "dataType": j.input.DataType, "data": j.input.Data, "tlp": j.input.TLP, "pap": j.input.PAP,
		"message": j.input.Message, "parameters": object{}, "createdAt": j.made.UnixMilli(), "date": j.made.UnixMilli(), "startDate": j.made.UnixMilli()}
	if j.input.Label != "" {
		shown["label"] = j.input.Label
	}
	return shown
}

func (s *Server) search(r *http.Request) answer {
	var body struct {
		Query struct {
			Field string `json:"_field"`
			Value string `json:"_value"`
		}
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Query.Field != "label" {
		return refusal(400, "SearchError", "this Cortex searches jobs by label only")
	}
	rows := []object{}
	for _, j := range slices.Backward(s.jobs) {
		if j.input.Label == body.Query.Value {
			rows = append(rows, s.show(j))
		}
	}
	return answer{200, rows}
}

func (s *Server) statuses(r *http.Request) answer {
	var body struct{ JobIDs []string }
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return refusal(400, "BadRequest", "Invalid Json: "+err.Error())
	}
	out := object{}
	for _, id := range body.JobIDs {
		out[id] = cortexapi.Unknown
		if j := s.job(id); j != nil {
			out[id] = j.status(s.now())
		}
	}
	return answer{200, out}
}

func (s *Server) job(id string) *job {
	for _, j := range s.jobs {
		if j.id == id {
			return j
		}
	}
	return nil
}

// span is what Cortex understands of a time span: a bare number is none.
var span = regexp.MustCompile(`^(\d+)(second|minute)s?$`)

// waitReport waits without the lock.
func (s *Server) waitReport(r *http.Request) answer {
	parts := span.FindStringSubmatch(r.URL.Query().Get("atMost"))
	if parts == nil {
		return refusal(400, "NumberFormatException", "Invalid format "+r.URL.Query().Get("atMost"))
	}
	n, _ := strconv.Atoi(parts[1])
	atMost := time.Duration(n) * map[string]time.Duration{"second": time.Second, "minute": time.Minute}[parts[2]]
	shown, left := s.reported(r.PathValue("id"))
	if left > 0 {
		timer := time.NewTimer(min(left, atMost))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
		shown, _ = s.reported(r.PathValue("id"))
	}
	return shown
}

// reported gives a job with its report, and how long it still takes.
func (s *Server) reported(id string) (a answer, left time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.job(id)
	if j == nil {
		return refusal(404, "NotFoundError", "job "+id+" not found"), 0
	}
	shown := s.show(j)
	switch j.status(s.now()) {
	case cortexapi.Success:
		shown["report"] = j.outcome.report()
	case cortexapi.Failure:
		shown["errorMessage"] = j.outcome.Failure
		shown["report"] = object{"errorMessage": j.outcome.Failure, "input": nil, "success": false}
	default:
		shown["report"] = "Running"
		if left = j.ends.Sub(s.now()); j.outcome.Stuck {
			left = 24 * time.Hour
		}
	}
	return answer{200, shown}, left
}

func (o Outcome) report() object {
	taxonomies, artifacts := []object{}, []object{}
	for _, t := range o.Taxonomies {
		taxonomies = append(taxonomies, object{"level": t.Level, "namespace": t.Namespace, "predicate": t.Predicate, "value": t.Value})
	}
	for _, a := range o.Artifacts {
		artifacts = append(artifacts, object{"dataType": a.DataType, "data": a.Data, "message": nil, "tags": a.Tags, "tlp": 2})
	}
	return object{"success": true, "full": object{"found": len(taxonomies)}, "summary": object{"taxonomies": taxonomies}, "artifacts": artifacts,
		"operations": append([]object{}, o.Operations...)}
}
