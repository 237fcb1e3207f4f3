// Package misptest is a MISP for tests: it answers as a running MISP 2.5.1 was
// seen to answer, with its one status for many things and its silent losses.
//
// It knows the three users that have the keys below, in two organisations, and
// the types of attributes that Waggle writes.
package misptest

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/waggle-cti/waggle/shared/fakeserver"
	"github.com/waggle-cti/waggle/shared/misp"
)

// Whom the server knows.
const (
	Key         = "a1misptestkeyofanadministrator0000000001" // of the host's organisation; may make tags and publish
	UserKey     = "b2misptestkeyofauser00000000000000000002" // of another one, role User: may not
	ReadOnlyKey = "c3misptestkeyofareader000000000000000003" // of that one, and read-only
)

// Fault is what goes wrong with a request, see Server.Fail.
type Fault = fakeserver.Fault

// Options say which MISP to be. The zero value will do.
type Options struct {
	Now          func() time.Time // nil = time.Now
	Searches     int              // searches allowed in 15 minutes; 0 = any number
	Warninglists []Warninglist
	Tags         []string // that are there already
	Groups       []int    // ids of sharing groups, which everybody is in
	Clusters     []string // tags of the clusters of its galaxy of ATT&CK techniques
}

// Server is the MISP, an http.Handler. It is safe for use by several
// goroutines.
type Server struct {
	*fakeserver.Server // its URL, its requests, its faults

	options Options
	lists   []Warninglist

	mu        sync.Mutex // guards what follows
	last      int        // id given last
	events    []*event
	blocked   map[string]bool       // UUIDs of deleted events
	uuids     map[string]*attribute // of everything, deleted ones too; nil for events and objects
	tags      map[string]bool
	sightings []sighting
	searches  int
	setup
}

// New makes a server to be served by the caller.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{options: o, lists: warninglistsOf(o.Warninglists), blocked: map[string]bool{}, uuids: map[string]*attribute{}, tags: map[string]bool{}, setup: newSetup()}
	for _, tag := range o.Tags {
		s.tags[tag] = true
	}
	s.Server = fakeserver.New(s.routes())
	return s
}

// Start makes a server and serves it until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := New(o)
	s.Start(t)
	return s
}

// Events gives all events with their attributes, deleted ones left out, oldest
// first.
func (s *Server) Events() []misp.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]misp.Event, 0, len(s.events))
	for _, e := range s.events {
		out = append(out, e.public())
	}
	return out
}

// Sightings gives the number of sightings of a value.
func (s *Server) Sightings(value string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, seen := range s.sightings {
		if seen.of.value == value {
			n++
		}
	}
	return n
}

// Delete deletes an attribute, an object or a report softly, as an analyst would.
func (s *Server) Delete(uuid string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.attribute(uuid); a != nil {
		a.deleted = true
	}
	for _, e := range s.events {
		for _, o := range e.objects {
			o.deleted = o.deleted || o.uuid == uuid
		}
		for _, r := range e.reports {
			r.deleted = r.deleted || r.uuid == uuid
		}
	}
}

// Tag attaches a tag to an event or attribute, as an analyst would.
func (s *Server) Tag(uuid, name string, local bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, who := range accounts() {
		if tags, _, _ := s.tagsOf(uuid, who); tags != nil && !hasTag(*tags, name) {
			*tags = append(*tags, tag{name, local})
		}
	}
	s.tags[name] = true
}

// Sample gives the content of a sample, Base64, as it was sent; "" if the server
// has none.
func (s *Server) Sample(uuid string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.attribute(uuid); a != nil {
		return a.data
	}
	return ""
}

func (s *Server) id() string {
	s.last++
	return strconv.Itoa(s.last)
}

// now is the time in seconds, as MISP counts.
func (s *Server) now() int64 { return s.options.Now().Unix() }

// valid tells a UUID as MISP wants it.
func valid(id string) bool { return len(id) == 36 && uuid.Validate(id) == nil }
