package misptest

import (
	"bytes"
	"compress/gzip"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/fakeserver"
)

// maxBody is what MISP's web server lets through.
const maxBody = 50 << 20

// call is a request with its decoded body, answered under the server's lock.
type call struct {
	*http.Request
	body gjson.Result
	json bool // the body was sent as JSON
	who  account
}

// answer is what goes back: a status and what is encoded as JSON.
type answer struct {
	status int
	header map[string]string
	body   any
}

// object is a JSON object.
type object = map[string]any

// said is an answer of one sentence.
func said(c call, status int, message string) answer {
	return answer{status: status, body: object{"name": message, "message": message, "url": c.URL.Path}}
}

// unsaved is MISP's answer to what it does not store.
func unsaved(doing, url string, errors any) answer {
	return answer{status: 403, body: object{"saved": false, "name": "Could not " + doing, "message": "Could not " + doing, "url": url, "errors": errors}}
}

// broken is MISP's answer to what its database does not take.
func broken(c call) answer { return said(c, 500, "An Internal Error Has Occurred.") }

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, handle func(call) answer) {
		method, path, ok := strings.Cut(pattern, " ")
		if !ok {
			method, path = "", pattern
		}
		write := method != "GET" && !strings.Contains(path, "restSearch") && !strings.Contains(path, "checkValue") && !strings.Contains(path, "list") && !strings.Contains(path, "index")
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, write, handle) })
	}
	on("GET /servers/getVersion", s.version)
	on("GET /servers/getVersion.json", s.version)
	on("GET /servers/getVersion/{$}", s.version)
	for _, method := range []string{"POST", "PUT"} {
		on(method+" /events/add", s.addEvent)
		on(method+" /events/add/{option}", s.addEvent)
		on(method+" /events/edit/{id}", s.editEvent)
		on(method+" /events/edit/{id}/{option}", s.editEvent)
	}
	on("GET /events/view/{id}", s.viewEvent)
	on("GET /events/view/{id}/{deleted}/{attachments}", s.viewEvent)
	on("POST /events/publish/{id}", s.publishEvent)
	on("POST /events/delete/{id}", s.deleteEvent)
	on("DELETE /events/delete/{id}", s.deleteEvent)
	on("POST /attributes/add", func(c call) answer { return said(c, 405, "No event ID set.") })
	on("POST /attributes/add/{id}", s.addAttributes)
	on("POST /attributes/add/{id}/{option}", s.addAttributes)
	on("GET /attributes/view/{id}", s.viewAttribute)
	on("POST /attributes/edit/{id}", s.editAttribute)
	on("POST /attributes/delete/{id}", s.deleteAttribute)
	on("POST /attributes/delete/{id}/{hard}", s.deleteAttribute)
	on("POST /attributes/restSearch", s.search)
	on("POST /events/restSearch", s.searchEvents)
	on("POST /sightings/add", s.addSighting)
	on("POST /sightings/add/{id}", s.addSighting)
	on("POST /sightings/listSightings", s.listSightings)
	on("POST /tags/attachTagToObject", s.attachTag)
	on("POST /tags/attachTagToObject/{$}", s.attachTag)
	on("POST /tags/removeTagFromObject", s.removeTag)
	on("POST /objects/add/{id}", s.addObject)
	on("GET /objects/view/{id}", s.viewObject)
	on("POST /galaxy_clusters/index/{galaxy}", s.indexClusters)
	on("POST /galaxies/attachCluster/{id}/event", s.attachCluster)
	on("POST /tags/search", s.searchTags)
	on("GET /warninglists", s.indexWarninglists)
	on("GET /warninglists/index", s.indexWarninglists)
	on("GET /warninglists/view/{id}", s.viewWarninglist)
	on("POST /warninglists/checkValue", s.checkWarninglists)
	s.setupRoutes(on)
	on("/", func(c call) answer { return said(c, 404, "Not Found") })
	return mux
}

// serve checks who asks and how, and answers.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, writes bool, handle func(call) answer) {
	raw, tooLarge := read(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	c := call{Request: r, json: kind == "application/json"}
	who, known := s.account(r.Header.Get("Authorization"))
	c.who = who
	accept := r.Header.Get("Accept")
	switch {
	case tooLarge:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		_, _ = io.WriteString(w, "<html><head><title>413 Request Entity Too Large</title></head></html>")
	case (accept == "" || accept == "*/*") && !strings.HasSuffix(r.URL.Path, ".json"):
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.Header().Set("Location", "http://"+r.Host+"/users/login")
		w.WriteHeader(http.StatusFound)
	case !known:
		write(w, r, said(c, 403, "Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header."))
	case writes && who.readOnly:
		write(w, r, said(c, 403, "You do not have permission to use this functionality."))
	case c.json && len(raw) > 0 && !gjson.ValidBytes(raw):
		write(w, r, said(c, 405, "Invalid JSON input. Make sure that the JSON input is a correctly formatted JSON string. This request has been blocked to avoid an unfiltered request."))
	default:
		if c.json {
			c.body = gjson.ParseBytes(raw)
		}
		write(w, r, handle(c))
	}
}

// read reads a body, packed or not.
func read(r *http.Request) (raw []byte, tooLarge bool) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, false
		}
		body = unpacked
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	return bytes.TrimSpace(raw), err == nil && len(raw) > maxBody
}

// unwrapped is a body, or what it holds under its one name.
func unwrapped(body gjson.Result, name string) gjson.Result {
	if inner := body.Get(name); inner.IsObject() || inner.IsArray() {
		return inner
	}
	return body
}

func accounts() map[string]account {
	return map[string]account{
		Key:         {organisation: "1", email: "admin@admin.test", admin: true, editor: true},
		UserKey:     {organisation: "2", email: "user@client.test"},
		ReadOnlyKey: {organisation: "2", email: "reader@client.test", readOnly: true},
	}
}

func write(w http.ResponseWriter, r *http.Request, a answer) {
	for key, value := range a.header {
		w.Header().Set(key, value)
	}
	if r.Method == http.MethodHead {
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	fakeserver.WriteJSON(w, a.status, a.body)
}

func integer(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
