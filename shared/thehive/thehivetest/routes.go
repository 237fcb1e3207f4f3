package thehivetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/waggle-cti/waggle/shared/fakeserver"
)

// who is allowed a call.
type who int

const (
	anyone who = iota // without a key
	user              // of whatever kind
	member            // of the organisation
	writer            // who may manage alerts
)

// call is a request with its decoded body, answered under the server's lock.
type call struct {
	*http.Request
	body  map[string]any
	file  *attachment // of a multipart request
	login string
	who   caller
}

// answer is what goes back: a status and what is encoded as JSON.
type answer struct {
	status int
	body   any
	total  int // X-Total, for a search
}

// refusal is a refusal in TheHive's form.
func refusal(status int, kind, message string) answer {
	return answer{status: status, body: object{"type": kind, "message": message}}
}

// object is a JSON object.
type object = map[string]any

// routes are the addresses of the version.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, allowed who, handle func(call) answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, allowed, handle) })
	}
	on("GET /api/status", anyone, s.status)
	on("GET /api/health", anyone, func(call) answer { return answer{status: 200, body: "Ok"} })
	on("GET /api/v1/user/current", user, s.currentV1)
	on("POST /api/v1/alert", writer, s.createV1)
	on("GET /api/v1/alert/{id}", member, s.getV1)
	on("PATCH /api/v1/alert/{id}", writer, s.patchV1)
	on("POST /api/v1/alert/{id}/case", writer, s.importV1)
	on("GET /api/v1/observable/{id}", member, s.getObservableV1)
	on("PATCH /api/v1/observable/{id}", writer, s.patchObservableV1)
	on("GET /api/v1/case/{id}", member, s.getCaseV1)
	on("PATCH /api/v1/case/{id}", writer, s.patchCase)
	on("POST /api/v1/query", user, s.queryV1)
	on("/", user, func(c call) answer { return refusal(404, "NotFoundError", c.URL.Path) })
	s.connectorRoutes(on)
	if s.five {
		on("DELETE /api/v1/observable/{id}", writer, s.deleteObservable)
		on("GET /api/v1/observable/{id}/attachment/{file}/download", member, s.download)
		on("GET /api/v1/status/public", anyone, s.statusPublic)
		on("POST /api/v1/alert/{id}/observable", writer, s.addV1)
		on("POST /api/v1/case/{id}/observable", member, s.addToCaseV1)
		on("DELETE /api/v1/alert/{id}", writer, s.deleteV1)
		s.setupOfFive(on)
		return mux
	}
	on("GET /api/v1/status", anyone, s.status)
	on("GET /api/user/current", user, s.currentV0)
	on("POST /api/alert", writer, s.createV0)
	on("GET /api/alert/{id}", member, s.getV0)
	on("PATCH /api/alert/{id}", writer, s.patchV0)
	on("DELETE /api/alert/{id}", writer, s.deleteV0)
	on("POST /api/alert/_search", member, s.searchAlerts)
	on("POST /api/alert/{id}/artifact", writer, s.addV0)
	on("POST /api/v1/alert/{id}/artifact", writer, s.addV1)
	on("PATCH /api/alert/artifact/{id}", writer, s.patchObservableV0)
	on("DELETE /api/alert/artifact/{id}", writer, s.deleteObservable)
	on("GET /api/datastore/{file}", member, s.download)
	on("POST /api/alert/{id}/markAsRead", writer, s.set(func(a *alert) { a.read = true }))
	on("POST /api/alert/{id}/markAsUnread", writer, s.set(func(a *alert) { a.read = false }))
	on("POST /api/alert/{id}/follow", writer, s.set(func(a *alert) { a.follow = true }))
	on("POST /api/alert/{id}/unfollow", writer, s.set(func(a *alert) { a.follow = false }))
	on("POST /api/alert/{id}/createCase", writer, s.importV0)
	on("GET /api/case/{id}", member, s.getCaseV0)
	on("POST /api/case/artifact/_search", member, s.searchObservables)
	on("POST /api/case/{id}/artifact", member, s.addToCaseV0)
	on("DELETE /api/case/artifact/{id}", member, s.deleteObservable)
	on("POST /api/v0/query", user, s.queryV0)
	on("GET /api/observable/type", user, s.listTypes)
	on("POST /api/observable/type", user, s.createType)
	s.setupRoutes(on)
	return mux
}

// serve reads a request, checks who asks, and answers.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, allowed who, handle func(call) answer) {
	from, denied := s.authorise(r, allowed)
	if denied != nil {
		write(w, *denied)
		return
	}
	raw, _ := io.ReadAll(r.Body) // which is in memory
	raw, file, wrong := parts(r.Header.Get("Content-Type"), raw)
	if wrong != nil {
		write(w, *wrong)
		return
	}
	if len(raw) > maxBody && !s.five {
		write(w, refusal(413, "Unknown", "Request Entity Too Large"))
		return
	}
	body := object{}
	if len(bytes.TrimSpace(raw)) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		if err := decoder.Decode(&body); err != nil {
			write(w, refusal(400, "BadRequest", "Invalid Json: "+invalidJSON(err)))
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	write(w, handle(call{Request: r, body: body, file: file, login: from.login, who: from}))
}

func invalidJSON(err error) string {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return "Unexpected end-of-input within/between Object entries"
	}
	return err.Error()
}

// authorise tells who asks; or what TheHive says to them.
func (s *Server) authorise(r *http.Request, allowed who) (caller, *answer) {
	from, known := s.caller(r)
	is := false
	switch organisation := r.Header.Get("X-Organisation"); {
	case allowed == anyone:
		is = true
	case !known:
		denied := refusal(401, "AuthenticationError", "Authentication failure")
		return caller{}, &denied
	case organisation != "" && organisation != from.organisation:
	case allowed == user:
		is = true
	case from.organisation == adminOrganisation:
	default:
		is = allowed == member || from.has("manageAlert")
	}
	if !is {
		denied := refusal(403, "AuthorizationError", "Operation not permitted")
		return caller{}, &denied
	}
	return from, nil
}

func write(w http.ResponseWriter, a answer) {
	if a.total > 0 {
		w.Header().Set("X-Total", strconv.Itoa(a.total))
	}
	switch body := a.body.(type) {
	case nil:
		w.WriteHeader(a.status)
	case string:
		w.Header().Set("Content-Type", "text/plain; charset=UTF-8")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, body)
	default:
		fakeserver.WriteJSON(w, a.status, body)
	}
}
