package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/fakeserver"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// What a MISP 2.5.1 on two cores took: for an event of 1,000 attributes, for a
// question about warninglists, and for any other small request.
const (
	addTakes   = 2590 * time.Millisecond
	listsTake  = 240 * time.Millisecond
	othersTake = 120 * time.Millisecond
)

// mispRounds is how often each makes the event.
const mispRounds = 5

// intoMISP measures a case of 1,000 observables on its way into a MISP event:
// the bare request, the responder and PyMISP.
func (b *bench) intoMISP() (*table, error) {
	t := &table{title: "A case of 1,000 observables into a MISP event",
		head: []string{"", "MISP as slow as a real one", "over the bare request", "MISP that answers at once", "processor time", "10,000 observables: peak memory"}}
	python, err := b.env.install(b.ctx, "pymisp")
	if err != nil {
		b.absent = append(b.absent, fmt.Sprintf("pymisp: %v", err))
	}
	ways := []*way{{name: "the bare request"}, {name: "Waggle's responder mispevent, without asking for warninglists"},
		{name: "Waggle's responder mispevent"}, {name: "the same on PyMISP, which asks for none"}}
	for _, slow := range []bool{true, false} {
		if err := b.makeEvents(ways, slow, python); err != nil {
			return nil, err
		}
	}
	bare := median(ways[0].slow)
	for _, w := range ways {
		if w.slow == nil {
			continue
		}
		cpu, memory := "", ""
		if w.cpu != nil {
			cpu = ms(median(w.cpu))
		}
		if w.memory > 0 {
			memory = megabytes(w.memory)
		}
		t.row(w.name, ms(median(w.slow)), fmt.Sprintf("%+.1f %%", 100*(float64(median(w.slow))/float64(bare)-1)), ms(median(w.quick)), cpu, memory)
	}
	ours := ways[1]
	t.note("Waggle's own part is %.1f %% of the time that a real MISP takes for the request, by processor time.",
		100*median(ours.cpu).Seconds()/addTakes.Seconds())
	if theirs := ways[3]; theirs.slow != nil {
		t.note("Waggle is %.1f times as fast as PyMISP by processor time, %.1f times with a MISP that answers at once, %.2f times with one as slow as a real one.",
			timesOf(theirs.cpu, ours.cpu), timesOf(theirs.quick, ours.quick), timesOf(theirs.slow, ours.slow))
	}
	t.note("From starting the process to its report: the observables are read from a TheHive that answers at once. The real MISP took %v for the event's request, %v for the "+
		"question about warninglists, %v for others. The median of %d.", addTakes, listsTake, othersTake, mispRounds)
	return t, nil
}

func timesOf(a, b []time.Duration) float64 { return float64(median(a)) / float64(median(b)) }

// way is one way to make the event, and what it took.
type way struct {
	name             string
	slow, quick, cpu []time.Duration // sorted; the processor's of the quick ones
	memory           int64
}

// makeEvents measures all ways in turns, with a MISP that is slow or not.
func (b *bench) makeEvents(ways []*way, slow bool, python string) error {
	body, err := b.eventBody()
	if err != nil {
		return err
	}
	runs := []func() (cost, error){
		func() (cost, error) { return postBare(body, slow) },
		func() (cost, error) { return b.makeEvent(1000, slow, false, b.responders, "mispevent") },
		func() (cost, error) { return b.makeEvent(1000, slow, true, b.responders, "mispevent") },
	}
	if python != "" {
		runs = append(runs, func() (cost, error) {
			return b.makeEvent(1000, slow, false, python, filepath.Join("bench", "peer_misp.py"))
		})
	}
	for range mispRounds {
		for i, run := range runs {
			took, err := run()
			if err != nil {
				return fmt.Errorf("%s: %w", ways[i].name, err)
			}
			switch {
			case slow:
				ways[i].slow = append(ways[i].slow, took.wall)
				continue
			case took.cpu > 0:
				ways[i].cpu = append(ways[i].cpu, took.cpu)
			}
			ways[i].quick = append(ways[i].quick, took.wall)
		}
	}
	for _, w := range ways {
		slices.Sort(w.slow)
		slices.Sort(w.quick)
		slices.Sort(w.cpu)
	}
	if slow {
		return nil
	}
	if ways[2].memory, err = b.mispMemory(b.responders, "mispevent"); err == nil && python != "" {
		ways[3].memory, err = b.mispMemory(python, filepath.Join("bench", "peer_misp.py"))
	}
	return err
}

// stack is a TheHive with a case, a MISP, and the folder of the job that brings
// the one into the other.
type stack struct {
	misp   *misptest.Server
	folder string
	close  func()
}

func newStack(observables int, slow, lists bool) (*stack, error) {
	hive, misp := thehivetest.New(thehivetest.Options{}), misptest.New(misptest.Options{})
	if slow {
		misp.Fail(func(r *http.Request) fakeserver.Fault { return fakeserver.Fault{Delay: delayOf(r.URL.Path)} })
	}
	hiveWeb, mispWeb := httptest.NewServer(hive), httptest.NewServer(pyMISPToo(misp))
	s := &stack{misp: misp, close: func() { hiveWeb.Close(); mispWeb.Close() }}
	id := hive.AddCase(thehive.Case{Title: "Loader", Severity: 2, TLP: 2, PAP: 2}, mixed(observables))
	input, err := json.Marshal(map[string]any{
		"dataType": "thehive:case", "tlp": 2, "pap": 2, "message": "", "parameters": map[string]any{},
		"data": map[string]any{"_id": id, "_type": "case", "title": "Loader", "description": "", "severity": 2, "tlp": 2, "pap": 2, "tags": []string{}, "status": "Open"},
		"config": map[string]any{"misp_url": mispWeb.URL, "misp_key": misptest.Key, "thehive_url": hiveWeb.URL, "thehive_key": thehivetest.Key,
			"warninglists": lists, "check_tlp": true, "max_tlp": 2},
	})
	if err != nil {
		return nil, err
	}
	if s.folder, err = os.MkdirTemp("", "bench-job-"); err != nil {
		return nil, err
	}
	for _, dir := range []string{"input", "output"} {
		err = errors.Join(err, os.Mkdir(filepath.Join(s.folder, dir), 0o700))
	}
	return s, errors.Join(err, os.WriteFile(filepath.Join(s.folder, "input", "input.json"), input, 0o600))
}

func delayOf(path string) time.Duration {
	switch {
	case strings.HasPrefix(path, "/events/add"):
		return addTakes
	case strings.HasPrefix(path, "/warninglists"):
		return listsTake
	}
	return othersTake
}

// mixed are observables as a story has them.
func mixed(n int) []thehive.Observable {
	out := make([]thehive.Observable, n)
	for i := range out {
		o := thehive.Observable{TLP: 2, IOC: true, Message: "Read in “Loader spreads by invoice” (blog)"}
		switch i % 4 {
		case 0:
			o.DataType, o.Data = "domain", fmt.Sprintf("h%d.example.net", i)
		case 1:
			o.DataType, o.Data = "ip", fmt.Sprintf("198.18.%d.%d", i/256, i%256)
		case 2:
			o.DataType, o.Data = "url", fmt.Sprintf("http://h%d.example.net/gate.php?id=%d", i, i)
		default:
			o.DataType, o.Data = "hash", fmt.Sprintf("%064x", i)
		}
		out[i] = o
	}
	return out
}

// pyMISPToo answers what PyMISP asks beside before it does anything.
func pyMISPToo(misp http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", misp)
	for path, answer := range map[string]any{
		"/servers/getPyMISPVersion.json": map[string]string{"version": "2.5.1"},
		"/users/view/me": map[string]any{
			"User": map[string]string{"id": "1", "email": "bench@example.com", "role_id": "1"},
			"Role": map[string]any{"id": "1", "name": "admin", "perm_site_admin": true}, "UserSetting": map[string]any{}},
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { fakeserver.WriteJSON(w, http.StatusOK, answer) })
	}
	return mux
}

// makeEvent runs a command over the job, and gives the time to its report.
func (b *bench) makeEvent(observables int, slow, lists bool, command ...string) (cost, error) {
	s, err := newStack(observables, slow, lists)
	if err != nil {
		return cost{}, err
	}
	defer s.done()
	cmd := exec.CommandContext(b.ctx, command[0], append(command[1:], s.folder)...)
	begin := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return cost{}, fmt.Errorf("%w: %s", err, lastLine(out))
	}
	took := cost{wall: time.Since(begin), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	return took, s.whole(observables)
}

func (s *stack) done() {
	s.close()
	_ = os.RemoveAll(s.folder)
}

// whole makes sure that a fast event is an event.
func (s *stack) whole(observables int) error {
	report, err := os.ReadFile(filepath.Join(s.folder, "output", "output.json"))
	if err != nil {
		return err
	}
	events := s.misp.Events()
	if !gjson.GetBytes(report, "success").Bool() || len(events) != 1 || len(events[0].Attributes) < observables {
		return fmt.Errorf("the event is not whole: %.300s", report)
	}
	return nil
}

// eventBody is the request of the responder, to be sent bare.
func (b *bench) eventBody() ([]byte, error) {
	s, err := newStack(1000, false, false)
	if err != nil {
		return nil, err
	}
	defer s.done()
	if out, err := exec.CommandContext(b.ctx, b.responders, "mispevent", s.folder).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLine(out))
	}
	for _, r := range s.misp.Requests() {
		if r.Path == "/events/add" {
			return r.Body, nil
		}
	}
	return nil, errors.New("the responder added no event")
}

// postBare sends one request to add an event, and reads the answer.
func postBare(body []byte, slow bool) (cost, error) {
	s, err := newStack(0, slow, false)
	if err != nil {
		return cost{}, err
	}
	defer s.done()
	web := httptest.NewServer(s.misp)
	defer web.Close()
	begin := time.Now()
	request, err := http.NewRequest(http.MethodPost, web.URL+"/events/add", bytes.NewReader(body))
	if err != nil {
		return cost{}, err
	}
	request.Header = http.Header{"Authorization": {misptest.Key}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return cost{}, err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return cost{}, err
	}
	return cost{wall: time.Since(begin)}, nil
}

// mispMemory is the peak memory of a command that makes an event of 10,000.
func (b *bench) mispMemory(command ...string) (int64, error) {
	const many = 10_000
	s, err := newStack(many, false, true)
	if err != nil {
		return 0, err
	}
	defer s.done()
	u, err := peak(b.ctx, os.DevNull, append(command, s.folder)...)
	return u.memory, errors.Join(err, s.whole(many))
}
