// Package faulty puts the faults of a network between an HTTP client and a
// server in a test, so that a program can be shown to survive them.
package faulty

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Fault is what goes wrong with one request. The zero value is nothing: the
// request is handled and answered. Delay goes along with any other.
type Fault struct {
	Delay  time.Duration // wait before anything else, or until the client leaves
	Status int           // answer with this status, and do not handle
	Reset  bool          // reset the connection, and do not handle
	Drop   bool          // handle, and reset the connection instead of answering
}

// Handler hands requests to Next, with faults. It is safe for use by several
// goroutines.
type Handler struct {
	Next http.Handler

	mu     sync.Mutex
	choose func(*http.Request) Fault
}

// Fail sets who decides over the requests to come; nil ends all faults. choose
// is called for one request at a time, and must not read the body.
func (h *Handler) Fail(choose func(*http.Request) Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.choose = choose
}

func (h *Handler) fault(r *http.Request) Fault {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.choose == nil {
		return Fault{}
	}
	return h.choose(r)
}

// ServeHTTP handles a request as its fault says.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := h.fault(r)
	if f.Delay > 0 {
		wait(r, f.Delay)
	}
	switch {
	case f.Reset:
		reset(w)
	case f.Drop:
		h.Next.ServeHTTP(httptest.NewRecorder(), r)
		reset(w)
	case f.Status != 0:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, `{"type":"InternalError","message":"a fault put in by the test"}`)
	default:
		h.Next.ServeHTTP(w, r)
	}
}

// wait holds a request up. The body is read before, since the server notices
// only then that the client leaves.
func wait(r *http.Request, d time.Duration) {
	if body, err := io.ReadAll(r.Body); err == nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
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
