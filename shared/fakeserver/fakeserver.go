// Package fakeserver is what the fake servers of tests have in common: they
// keep the requests that came, and put the faults of a network between a client
// and themselves, so that the client can be shown to survive them.
package fakeserver

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

// maxBody is how many bytes of a request are read; a larger one meets a closed
// connection.
const maxBody = 64 << 20

// Request is a request as it came.
type Request struct {
	Method string
	Path   string
	Body   []byte
}

// Server stands before the handler that answers. It is an http.Handler itself,
// and safe for use by several goroutines.
type Server struct {
	URL string // of a started one

	answer http.Handler

	mu       sync.Mutex // guards what follows
	choose   func(*http.Request) Fault
	requests []Request
}

// New makes a server that answers as the handler does, to be started or served
// by the caller.
func New(answer http.Handler) *Server { return &Server{answer: answer} }

// Start serves it at URL until the test ends.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	s.URL = web.URL
}

// ServeHTTP reads a request, and handles it as its fault says.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		// Most often the client has gone; to one that has not, an empty 200 would be a lie.
		http.Error(w, "the request could not be read: "+err.Error(), http.StatusInternalServerError)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.fault(r).around(w, r, func(w http.ResponseWriter) {
		s.keep(Request{Method: r.Method, Path: r.URL.Path, Body: body})
		s.answer.ServeHTTP(w, r)
	})
}

func (s *Server) keep(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
}

// Requests gives what came, oldest first, without what a fault kept from being
// handled.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count tells how many of the Requests have the method, and a path of that
// form: "/api/alert/*/artifact", where "*" stands for one part.
func (s *Server) Count(method, form string) int {
	n := 0
	for _, r := range s.Requests() {
		if r.Method == method && matches(form, r.Path) {
			n++
		}
	}
	return n
}

func matches(form, path string) bool {
	return slices.EqualFunc(strings.Split(form, "/"), strings.Split(path, "/"), func(want, have string) bool {
		return want == "*" || want == have
	})
}

// WriteJSON answers with a status and a body as JSON. A Content-Type that is
// set already stays.
func WriteJSON(w http.ResponseWriter, status int, body any) {
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
