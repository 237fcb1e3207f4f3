// Package thehivetest is a TheHive for tests: it answers as a running TheHive
// 4.1.24 was seen to answer, odd statuses and silent losses included, and as
// TheHive 5's published OpenAPI says that one does; what is known of that one from
// elsewhere, or not at all, says so.
//
// It holds organisations, users and custom fields in the small: one
// organisation, and the three users that have the keys below.
package thehivetest

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/waggle-cti/waggle/shared/fakeserver"
	"github.com/waggle-cti/waggle/shared/thehive"
)

// Whom the server knows.
const (
	Key          = "a1-thehivetest-key-of-the-feeder" // may manage alerts
	ReaderKey    = "b2-thehivetest-key-of-a-reader"   // may read
	AdminKey     = "c3-thehivetest-key-of-the-admin"  // may set TheHive up, and sees no organisation's data
	Organisation = "demo"                             // the organisation of the first two
	feederLogin  = "feeder@demo.example.com"          // of Key
	readerLogin  = "reader@demo.example.com"          // of ReaderKey
	adminLogin   = "admin@thehive.example.com"        // of AdminKey
	maxBody      = 256 << 10                          // play.http.parser.maxMemoryBuffer
)

// Fault is what goes wrong with a request, see Server.Fail.
type Fault = fakeserver.Fault

// Options say which TheHive to be. The zero value is 4.1.24 as it is
// installed.
type Options struct {
	Version string            // "4.1.24-1", "5.7.3-1"; only the first digit matters
	Types   []string          // data types besides the default ones
	Fields  map[string]string // custom fields: name → string, integer, float, boolean, date
	Now     func() time.Time  // nil = time.Now

	// Techniques are the ids of ATT&CK that a TheHive 5 has in its catalogue.
	// How one refuses others is not known; this one says "Pattern x not found".
	Techniques []string

	CaseTemplates []string // names

	Licence string // of TheHive 5: Platinum, Community, Trial or Unlicensed

	// Responders are offered for every alert and case. Respond makes the report
	// of one, as Cortex would: object is what TheHive hands over, dataType
	// "thehive:alert" and the like. It may ask this server. nil = no run ends.
	Responders []thehive.Responder
	Respond    func(responder, dataType string, object []byte) (report []byte)

	Cortexes []Cortex // whose analyzers TheHive can have run
	Alone    bool     // TheHive has no connector to Cortex

	// Slow is how long creating an alert takes between TheHive's check for
	// duplicates and the alert's being there. As with the real one, two equal
	// requests within it make two alerts.
	Slow time.Duration
}

// Server is the TheHive, an http.Handler. It is safe for use by several
// goroutines.
type Server struct {
	*fakeserver.Server // its URL, its requests, its faults

	options Options
	five    bool

	mu     sync.Mutex // guards what follows
	last   int        // id given last
	alerts []*alert
	cases  []*aCase
	types  []string
	runs   []*run
	jobs   []*job
	setup

	running sync.WaitGroup
}

// New makes a server to be served by the caller.
func New(o Options) *Server {
	if o.Version == "" {
		o.Version = "4.1.24-1"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Fields = maps.Clone(o.Fields)
	if o.Fields == nil {
		o.Fields = map[string]string{}
	}
	o.CaseTemplates = slices.Clone(o.CaseTemplates)
	five := o.Version[0] == '5'
	s := &Server{options: o, five: five, types: slices.Concat(DefaultTypes(), o.Types), setup: newSetup(five)}
	s.fields = s.fieldsOf(o.Fields)
	s.Server = fakeserver.New(s.routes())
	return s
}

// Start makes a server and serves it until the test ends.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s := New(o)
	s.Start(t)
	t.Cleanup(s.Settle)
	return s
}

// Alerts gives all alerts with their observables, oldest first.
func (s *Server) Alerts() []thehive.Alert {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]thehive.Alert, 0, len(s.alerts))
	for _, a := range s.alerts {
		out = append(out, a.public())
	}
	return out
}

// Observables gives the observables of an alert or a case, oldest first.
func (s *Server) Observables(id string) []thehive.Observable {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.alert(id); a != nil {
		return publicAll(a.observables)
	}
	if c := s.aCase(id); c != nil {
		return publicAll(c.observables)
	}
	return nil
}

// Files gives the contents of the files among the observables of an alert or a
// case, oldest first.
func (s *Server) Files(id string) [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var held []*observable
	if a := s.alert(id); a != nil {
		held = a.observables
	}
	if k := s.aCase(id); k != nil {
		held = k.observables
	}
	var out [][]byte
	for _, o := range held {
		if o.file != nil {
			out = append(out, o.file.data)
		}
	}
	return out
}

// Observe adds an observable to a case, as an analyst does.
func (s *Server) Observe(caseID string, o thehive.Observable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.aCase(caseID); k != nil {
		k.observables, _ = hold(k.observables, s.observableOf(o))
	}
}

// Forget takes an observable of an alert or a case away, as an analyst does.
func (s *Server) Forget(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forget(id)
}

// SetTypes gives TheHive these data types besides the default ones, as an
// administrator does.
func (s *Server) SetTypes(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.types = slices.Concat(DefaultTypes(), names)
}

// AddCase makes a case with observables, and gives its id.
func (s *Server) AddCase(c thehive.Case, observables []thehive.Observable) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	made := &aCase{id: s.id(), number: len(s.cases) + 1, title: c.Title, description: c.Description, severity: max(c.Severity, 1),
		tlp: c.TLP, pap: c.PAP, tags: c.Tags, created: s.now()}
	for _, o := range observables {
		made.observables = append(made.observables, s.observableOf(o))
	}
	s.cases = append(s.cases, made)
	return made.id
}

func (s *Server) observableOf(o thehive.Observable) *observable {
	return &observable{id: s.id(), created: s.now(), dataType: o.DataType, data: o.Data, message: o.Message,
		tlp: o.TLP, tags: o.Tags, ioc: o.IOC, sighted: o.Sighted}
}

// Read marks an alert as read, as an analyst does who passes over it.
func (s *Server) Read(alertID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.alert(alertID); a != nil {
		a.read, a.updated = true, s.now()
	}
}

// Import makes a case of an alert, and gives its id.
func (s *Server) Import(alertID string) (caseID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.alert(alertID); a != nil {
		return s.imported(a).id
	}
	return ""
}

// CloseCase closes a case as TruePositive, FalsePositive and the like.
func (s *Server) CloseCase(id, resolution string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.aCase(id); c != nil {
		c.resolution, c.updated = resolution, s.now()
	}
}

// TakeCase takes a case away, as from a user whose organisation it is shared
// with no more; its alert still names it.
func (s *Server) TakeCase(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cases = slices.DeleteFunc(s.cases, func(k *aCase) bool { return k.id == id })
}

// id makes an id in TheHive's form.
func (s *Server) id() string {
	s.last++
	return "~" + strconv.Itoa(s.last*4096+3)
}

// now is the time in milliseconds.
func (s *Server) now() int64 { return s.options.Now().UnixMilli() }

// DefaultTypes are the data types that TheHive 4.1 is installed with.
func DefaultTypes() []string {
	return []string{"other", "ip", "uri_path", "registry", "hash", "autonomous-system", "domain", "filename", "fqdn", "file",
		"mail", "mail-subject", "regexp", "hostname", "url", "user-agent"}
}
