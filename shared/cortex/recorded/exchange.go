// Package recorded stands for the services that a worker asks: it answers from
// what a case of testdata recorded, http.json and dns.json. Tests and benchmarks
// start it; shared/cortex/cortextest describes a case.
package recorded

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
)

// Exchange is one entry of http.json: what the worker must ask, and what it is
// answered. Entries are used once each, the first that fits first. A request
// that fits none, and an entry that was not used, fail the test.
type Exchange struct {
	Request  Request  `json:"request"`
	Response Response `json:"response"`
}

// Request is what must be asked.
type Request struct {
	Method string            `json:"method"` // default GET
	URL    string            `json:"url"`    // whole; query parameters in any order
	Header map[string]string `json:"header"` // fields that must be there; others may be

	// Body is a string that the body must contain; or an object, whose members
	// a JSON body must have or, as strings, a form.
	Body json.RawMessage `json:"body"`
}

// Response is what comes back.
type Response struct {
	Status int               `json:"status"` // default 200
	Header map[string]string `json:"header"`

	// Body is a string, sent as it is, or any other value, sent as JSON. BodyFile
	// names a file of the case instead.
	Body     json.RawMessage `json:"body"`
	BodyFile string          `json:"bodyFile"`

	// Error is what happens instead of an answer: "timeout" (nothing comes),
	// "refused" (connection refused) or "cut" (the connection ends within the body).
	Error string `json:"error"`
}

// Exchanges reads http.json of a case; a case without one asks nothing.
func Exchanges(dir string) ([]Exchange, error) {
	var exchanges []Exchange
	if err := read(filepath.Join(dir, "http.json"), &exchanges); err != nil {
		return nil, err
	}
	for i, e := range exchanges {
		if e.Response.BodyFile == "" {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, e.Response.BodyFile))
		if err != nil {
			return nil, err
		}
		if exchanges[i].Response.Body, err = json.Marshal(string(content)); err != nil {
			return nil, err
		}
	}
	return exchanges, nil
}

// read reads a file of JSON that holds nothing unknown; one that is missing is
// empty.
func read(file string, into any) error {
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// Fits tells whether a request with this body is the one that must be asked.
func (want Request) Fits(got *http.Request, body []byte) bool {
	if got.Method != cmp.Or(want.Method, http.MethodGet) || !sameURL(want.URL, got.URL) {
		return false
	}
	for name, value := range want.Header {
		if got.Header.Get(name) != value {
			return false
		}
	}
	return fitsBody(want.Body, body)
}

func sameURL(want string, got *url.URL) bool {
	u, err := url.Parse(want)
	if err != nil {
		return false
	}
	same := *u
	same.RawQuery, same.ForceQuery = got.RawQuery, got.ForceQuery
	return same.String() == got.String() && reflect.DeepEqual(u.Query(), got.Query())
}

func fitsBody(want json.RawMessage, got []byte) bool {
	if len(want) == 0 {
		return true
	}
	var text string
	if json.Unmarshal(want, &text) == nil {
		return strings.Contains(string(got), text)
	}
	var wanted, found any
	if json.Unmarshal(want, &wanted) != nil {
		return false
	}
	if json.Unmarshal(got, &found) != nil {
		form, err := url.ParseQuery(string(got))
		if err != nil {
			return false
		}
		fields := map[string]any{}
		for name := range form {
			fields[name] = form.Get(name)
		}
		found = fields
	}
	return contains(found, wanted)
}

// contains tells whether a JSON value has everything that another has: the
// members of objects, and lists element by element.
func contains(found, wanted any) bool {
	switch wanted := wanted.(type) {
	case map[string]any:
		object, ok := found.(map[string]any)
		for name, w := range wanted {
			f, has := object[name]
			ok = ok && has && contains(f, w)
		}
		return ok
	case []any:
		list, ok := found.([]any)
		ok = ok && len(list) == len(wanted)
		for i := range wanted {
			ok = ok && contains(list[i], wanted[i])
		}
		return ok
	}
	return reflect.DeepEqual(found, wanted)
}

// Answer answers a request, whatever it asks.
func (e Exchange) Answer(request *http.Request) (*http.Response, error) {
	switch e.Response.Error {
	case "":
		return e.Response.With(request, e.Response.reader()), nil
	case "timeout":
		<-request.Context().Done()
		return nil, request.Context().Err()
	case "refused":
		return nil, fmt.Errorf("dial tcp: connect: %w", syscall.ECONNREFUSED)
	case "cut":
		return e.Response.With(request, io.MultiReader(e.Response.reader(), broken{})), nil
	}
	return nil, fmt.Errorf("http.json: error %q is none of timeout, refused, cut", e.Response.Error)
}

// broken is a connection that ended too soon.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// With makes the response with this body in place of the recorded one.
func (r Response) With(request *http.Request, body io.Reader) *http.Response {
	header := http.Header{}
	if r.reader().Len() > 0 && !r.isText() {
		header.Set("Content-Type", "application/json")
	}
	for name, value := range r.Header {
		header.Set(name, value)
	}
	status := cmp.Or(r.Status, http.StatusOK)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(body), ContentLength: -1, Request: request,
	}
}

func (r Response) isText() bool {
	return len(bytes.TrimSpace(r.Body)) > 0 && bytes.TrimSpace(r.Body)[0] == '"'
}

func (r Response) reader() *strings.Reader {
	var text string
	if r.isText() && json.Unmarshal(r.Body, &text) == nil {
		return strings.NewReader(text)
	}
	return strings.NewReader(string(r.Body))
}
