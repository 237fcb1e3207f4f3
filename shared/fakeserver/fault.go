package fakeserver

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"time"
)

// Fault is what goes wrong with one request. The zero value is nothing: the
// request is handled and answered. Delay goes along with any other.
type Fault struct {
	Delay  time.Duration // wait before anything else, or until the client leaves
	Status int           // answer with this status, and do not handle
	Body   any           // of that answer, as JSON; default: that a test put it in
	Page   bool          // answer 200 with a page of HTML, as a proxy that wants a login does, and do not handle
	Reset  bool          // reset the connection, and do not handle
	Drop   bool          // handle, and reset the connection instead of answering
}

// Fail sets who decides over the requests to come; nil ends all faults. choose
// is called for one request at a time, and must not read the body.
func (s *Server) Fail(choose func(*http.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.choose = choose
}

func (s *Server) fault(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.choose == nil {
		return Fault{}
	}
	return s.choose(r)
}

// around handles a request, but for what goes wrong. The request's body is read
// already: only then does the server notice that a client leaves.
func (f Fault) around(w http.ResponseWriter, r *http.Request, handle func(http.ResponseWriter)) {
	if f.Delay > 0 {
		wait(r, f.Delay)
	}
	switch {
	case f.Page:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>Log in</title>")
	case f.Reset:
		reset(w)
	case f.Drop:
		handle(httptest.NewRecorder())
		reset(w)
	case f.Status != 0:
		if f.Body == nil {
			f.Body = map[string]string{"type": "InternalError", "message": "a fault put in by the test"}
		}
		WriteJSON(w, f.Status, f.Body)
	default:
		handle(w)
	}
}

// wait holds a request up, until its client leaves at most.
func wait(r *http.Request, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// reset ends the connection with a TCP reset where it can, else by closing it.
// It does not return.
func reset(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler)
}
