// Package cortexapitest is a Cortex for tests: it takes jobs, caches them,
// limits their rate and ends them as Cortex 4.1.0 does, or leaves them in
// progress for ever as that one does with a worker that writes no report.
//
// It holds one organisation and the users that have the keys below, and takes
// more of both as Cortex does from who sets it up. Sources are
// those of package cortexapi.
package cortexapitest

import (
	"cmp"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/fakeserver"
)

// Whom the server knows.
const (
	Key       = "d4-cortexapitest-key-of-the-feeder" // roles read and analyze
	ReaderKey = "e5-cortexapitest-key-of-a-reader"   // role read
)

// Fault is what goes wrong with a request, see Server.Fail.
type Fault = fakeserver.Fault

// Worker is an analyzer or a responder that the organisation has enabled.
type Worker struct {
	Name      string // "Waggle_Example_1_0"
	DataTypes []string
	Responder bool

	Rate     int           // jobs in a RateUnit; 0 = no limit
	RateUnit string        // Second, Minute, Hour, Day, Month
	Cache    time.Duration // how long jobs are cached; 0 = not at all
	Takes    time.Duration // how long a job is in progress

	// Of a worker that was enabled by the API.
	Config  map[string]any
	Timeout time.Duration

	definition, organisation string // empty: as its name, and that of the users with the keys

	// Answer is the worker; nil reports nothing.
	Answer func(cortexapi.Input) Outcome
}

// Outcome is what a worker wrote.
type Outcome struct {
	Taxonomies []cortexapi.Taxonomy
	Artifacts  []cortexapi.Artifact
	Operations []map[string]any // as TheHive is to do them
	Failure    string           // what it failed with; the job's status is Failure
	Stuck      bool             // it wrote what is no report: the job stays in progress
}

// Options say which Cortex to be.
type Options struct {
	Workers []Worker
	Catalog []Definition // what a scan finds

	// New is a Cortex that was just installed: its index is not there, and it has
	// no users.
	New bool
	Now func() time.Time // nil = time.Now
}

// Server is the Cortex, an http.Handler. It is safe for use by several
// goroutines.
type Server struct {
	*fakeserver.Server // its URL, its requests, its faults

	now func() time.Time

	mu      sync.Mutex // guards what follows
	workers []Worker
	jobs    []*job

	unmigrated       bool
	users            []*user
	organisations    []string
	catalog, scanned []Definition
	renewed          int // keys
}

// New makes a server to be served by the caller.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{now: o.Now, workers: slices.Clone(o.Workers), catalog: slices.Clone(o.Catalog), unmigrated: o.New}
	s.organisations = []string{adminOrganisation}
	if !o.New {
		s.users, s.organisations = firstUsers(), append(s.organisations, organisation)
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

// Ran is a job that the server made.
type Ran struct {
	cortexapi.Input
	Worker string
}

// Jobs gives the jobs that were made, oldest first: those that the cache
// answered are none.
func (s *Server) Jobs() []Ran {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Ran, len(s.jobs))
	for i, j := range s.jobs {
		out[i] = Ran{j.input, j.worker}
	}
	return out
}

// SetWorkers enables other workers. Jobs of those that were enabled stay.
func (s *Server) SetWorkers(all ...Worker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workers = slices.Clone(all)
}

// Restart is Cortex being started again: a job that was in progress stays so
// for ever.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if j.status(s.now()) == cortexapi.InProgress {
			j.outcome.Stuck = true
		}
	}
}

// Forget deletes all jobs, as somebody does who empties the index.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs = nil
}

// job is one that was made. What comes of it is known from the start, and told
// when its time has come.
type job struct {
	id, worker, workerID string
	responder            bool
	input                cortexapi.Input
	made, ends           time.Time
	cacheTag             string
	outcome              Outcome
}

func (j *job) status(now time.Time) cortexapi.Status {
	switch {
	case j.outcome.Stuck || now.Before(j.ends):
		return cortexapi.InProgress
	case j.outcome.Failure != "":
		return cortexapi.Failure
	}
	return cortexapi.Success
}

// id is a worker's, as Cortex makes it of organisation, name and kind.
func (w Worker) id() string { return digest(w.in() + "_" + w.Name + "_" + w.kind()) }

// in is the organisation that has it.
func (w Worker) in() string { return cmp.Or(w.organisation, organisation) }

func (w Worker) kind() string {
	if w.Responder {
		return "responder"
	}
	return "analyzer"
}

func digest(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// begin takes a job, or finds an earlier one with the same input; ok is false
// when the worker's rate limit is reached.
func (s *Server) begin(w Worker, in cortexapi.Input) (j *job, cached, ok bool) {
	now := s.now()
	tag := digest(fmt.Sprintf("%s|%s|%d|%s|{}", w.id(), in.DataType, in.TLP, in.Data))
	for _, earlier := range slices.Backward(s.jobs) {
		if !w.Responder && earlier.cacheTag == tag && earlier.status(now) != cortexapi.Failure && now.Sub(earlier.made) < w.Cache {
			return earlier, true, true
		}
	}
	if w.Rate > 0 && s.begun(w, now.Add(-rateUnits()[w.RateUnit])) >= w.Rate {
		return nil, false, false
	}
	j = &job{id: fmt.Sprintf("job-%d", len(s.jobs)+1), worker: w.Name, workerID: w.id(), responder: w.Responder, input: in,
		made: now, ends: now.Add(w.Takes), cacheTag: tag}
	if w.Answer != nil {
		j.outcome = w.Answer(in)
	}
	s.jobs = append(s.jobs, j)
	return j, false, true
}

// begun counts a worker's jobs since then.
func (s *Server) begun(w Worker, since time.Time) (n int) {
	for _, j := range s.jobs {
		if j.workerID == w.id() && !j.made.Before(since) {
			n++
		}
	}
	return n
}

func rateUnits() map[string]time.Duration {
	const day = 24 * time.Hour
	return map[string]time.Duration{"Second": time.Second, "Minute": time.Minute, "Hour": time.Hour, "Day": day, "Month": 30 * day}
}
