package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

const eventsPath = "/events"

// Bounds of the streams of events.
const (
	maxStreams = 64               // open at once: pages in view keep one each
	lookEvery  = 2 * time.Second  // how often a stream looks for changes
	beatEvery  = 20 * time.Second // how often it says something at least, so that no proxy gives it up
	maxStream  = 30 * time.Minute // how long it lasts: browsers open it again, and who may is asked again
	maxWrite   = 10 * time.Second // how long a browser may take to hear one event
)

// events answers /events: a stream that says, at once and after each change,
// how often what pages show has changed.
//
//	event: changes
//	data: {"posts":1042,"stories":17,"sources":230}
//
// https://html.spec.whatwg.org/multipage/server-sent-events.html
type events struct {
	store Store
	stop  <-chan struct{}
	log   *slog.Logger
	open  atomic.Int32
}

// ServeHTTP answers GET /events.
func (e *events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if e.open.Add(1) > maxStreams {
		e.open.Add(-1)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "Too many pages are open: this one does not keep itself up to date for now.", http.StatusServiceUnavailable)
		return
	}
	defer e.open.Add(-1)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // nginx passes on what comes, https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
	if r.Method == http.MethodHead {
		return
	}
	if err := e.stream(w, r); err != nil {
		e.log.WarnContext(r.Context(), "a stream of events ended", "error", err)
	}
}

// stream tells of changes until the browser leaves, the server stops or the
// stream has lasted long enough.
func (e *events) stream(w http.ResponseWriter, r *http.Request) error {
	to := speaker{w, http.NewResponseController(w)}
	_ = to.control.SetReadDeadline(time.Time{}) // the server's is for requests; where there is none, there is none to lift
	if !to.say("retry: 5000\n\n") {
		return nil
	}
	look, beat, end := time.NewTicker(lookEvery), time.NewTicker(beatEvery), time.NewTimer(maxStream)
	defer look.Stop()
	defer beat.Stop()
	defer end.Stop()
	var told map[waggle.Topic]int
	for {
		times, err := e.store.Changes(r.Context())
		if err != nil {
			if r.Context().Err() != nil {
				return nil
			}
			return fmt.Errorf("what changed: %w", err)
		}
		if told == nil || !maps.Equal(times, told) {
			told = times
			if !to.tell("changes", times) {
				return nil
			}
		}
		select {
		case <-look.C:
		case <-beat.C:
			if !to.say(":\n\n") {
				return nil
			}
		case <-end.C:
			return nil
		case <-e.stop:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}

// speaker writes to a browser that may have left.
type speaker struct {
	w       http.ResponseWriter
	control *http.ResponseController
}

// tell says an event; false when nobody hears it any more.
func (s speaker) tell(event string, data any) bool {
	var line bytes.Buffer
	if err := json.NewEncoder(&line).Encode(data); err != nil { // one line, which ends
		return false
	}
	return s.say("event: " + event + "\ndata: " + line.String() + "\n")
}

func (s speaker) say(text string) bool {
	// Without a deadline a browser that stopped reading would hold the stream
	// for ever. Where the connection knows none, its end is heard anyway.
	_ = s.control.SetWriteDeadline(time.Now().Add(maxWrite))
	if _, err := s.w.Write([]byte(text)); err != nil {
		return false
	}
	return s.control.Flush() == nil
}
