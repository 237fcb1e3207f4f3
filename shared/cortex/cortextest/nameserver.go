package cortextest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// Nameserver is what a case's input.json has in the item resolver: a DNS server
// on the loopback, which answers as dns.json says, stands in its place.
const Nameserver = "192.0.2.53"

// nobody is an address where no DNS server answers.
const nobody = "127.0.0.1:9"

// Lookup is one entry of dns.json: a question that the worker must ask, and what
// it is answered, each time. A question that is no entry's fails the test, as
// does an entry that was not asked.
type Lookup struct {
	Name string `json:"name"` // without the dot at the end
	Type string `json:"type"` // default A

	// Rcode is NXDOMAIN, SERVFAIL, REFUSED…; default NOERROR. Records are those of
	// the answer, as a zone file has them.
	Rcode   string   `json:"rcode"`
	Records []string `json:"records"`

	// Error is what happens instead: "silence", "garbage" (no DNS), or
	// "truncated" (the answer comes by TCP only).
	Error string `json:"error"`
}

// nameserver is a DNS server with recorded answers, by UDP and TCP.
type nameserver struct {
	strict  *testing.T // to fail at questions that are not expected; may be nil
	lookups []Lookup
	notify  func() // told of each question; may be nil

	address string
	mu      sync.Mutex
	asked   map[int]bool // by index of lookups
}

// StartNameserver starts a DNS server on the loopback for as long as the test
// runs, and gives its address. It answers as the lookups say, and any other
// question with NXDOMAIN.
func StartNameserver(t *testing.T, lookups ...Lookup) string {
	t.Helper()
	s := &nameserver{lookups: lookups}
	s.start(t)
	return s.address
}

func (s *nameserver) start(t *testing.T) {
	t.Helper()
	s.asked = map[int]bool{}
	packets, listener := loopback(t)
	s.address = packets.LocalAddr().String()
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: s}, {Listener: listener, Handler: s}} {
		started, done := make(chan struct{}), make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() {
			defer close(done)
			_ = server.ActivateAndServe() // it ends with the test
		}()
		<-started
		t.Cleanup(func() {
			_ = server.Shutdown()
			<-done
		})
	}
}

// loopback takes a port that is free for UDP and for TCP.
func loopback(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 20 {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		require.NoError(t, err)
		if listener, err := net.Listen("tcp", packets.LocalAddr().String()); err == nil {
			return packets, listener
		}
		packets.Close()
	}
	t.Fatal("no port is free for UDP and for TCP")
	return nil, nil
}

// ServeDNS answers a question.
func (s *nameserver) ServeDNS(w dns.ResponseWriter, question *dns.Msg) {
	if s.notify != nil {
		s.notify()
	}
	l, known := s.lookup(question.Question[0])
	answer := new(dns.Msg).SetReply(question)
	switch {
	case l.Error == "silence":
		return
	case l.Error == "garbage":
		_, _ = w.Write([]byte{byte(question.Id >> 8), byte(question.Id), 0x80, 0, 0, 9})
		return
	case l.Error == "truncated" && w.RemoteAddr().Network() == "udp":
		answer.Truncated = true
	case !known:
		answer.Rcode = dns.RcodeNameError
	default:
		answer.Rcode = dns.StringToRcode[cmp.Or(l.Rcode, "NOERROR")]
		answer.Answer = records(l.Records)
	}
	_ = w.WriteMsg(answer) // who no longer waits needs none
}

// lookup finds the entry of a question.
func (s *nameserver) lookup(q dns.Question) (Lookup, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := strings.TrimSuffix(q.Name, ".")
	for i, l := range s.lookups {
		if strings.EqualFold(l.Name, name) && cmp.Or(l.Type, "A") == dns.TypeToString[q.Qtype] {
			s.asked[i] = true
			return l, true
		}
	}
	if s.strict != nil {
		s.strict.Errorf("unexpected question to DNS: %s %s", name, dns.TypeToString[q.Qtype])
	}
	return Lookup{}, false
}

// finish fails the test when an entry was not asked.
func (s *nameserver) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, l := range s.lookups {
		assert.True(s.strict, s.asked[i], "DNS was never asked: %s %s (entry %d of dns.json)", cmp.Or(l.Type, "A"), l.Name, i+1)
	}
}

func records(lines []string) []dns.RR {
	var out []dns.RR
	for _, line := range lines {
		if r, err := dns.NewRR(line); err == nil && r != nil {
			out = append(out, r)
		}
	}
	return out
}

// readLookups reads dns.json; a case without one must ask nothing.
func readLookups(t *testing.T, dir string) []Lookup {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "dns.json"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var lookups []Lookup
	require.NoError(t, dec.Decode(&lookups), "dns.json")
	for _, l := range lookups {
		require.Len(t, records(l.Records), len(l.Records), "dns.json: records of %s", l.Name)
		require.Contains(t, dns.StringToRcode, cmp.Or(l.Rcode, "NOERROR"), "dns.json: rcode of %s", l.Name)
		require.Contains(t, []string{"", "silence", "garbage", "truncated"}, l.Error, "dns.json: error of %s", l.Name)
	}
	return lookups
}

// withNameserver puts a DNS server into a job's folder in the place of
// Nameserver, if its worker asks one. finish checks what it was asked and puts
// Nameserver back into the report.
func withNameserver(t *testing.T, w *cortex.Worker, dir string, folder cortex.Folder) (finish func(report []byte) []byte) {
	t.Helper()
	if !asksDNS(w) {
		return func(report []byte) []byte { return report }
	}
	path := filepath.Join(string(folder), "input", "input.json")
	in, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(in), `"`+Nameserver+`"`, "input.json must name the resolver %s", Nameserver)
	s := &nameserver{strict: t, lookups: readLookups(t, dir)}
	s.start(t)
	WriteInput(t, folder, "input.json", bytes.ReplaceAll(in, []byte(`"`+Nameserver+`"`), []byte(`"`+s.address+`"`)))
	return func(report []byte) []byte {
		s.finish()
		return bytes.ReplaceAll(report, []byte(s.address), []byte(Nameserver))
	}
}

// asksDNS tells whether a worker has an item for the DNS resolver to ask.
func asksDNS(w *cortex.Worker) bool {
	for _, i := range w.Items() {
		if i.Name == resolverItem {
			return true
		}
	}
	return false
}

// resolverItem is what such an item is called.
const resolverItem = "resolver"
