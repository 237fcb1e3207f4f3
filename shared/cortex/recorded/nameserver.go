package recorded

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Resolver is what a case's input.json has in the item resolver: a DNS server
// on the loopback, which answers as dns.json says, stands in its place.
const Resolver = "192.0.2.53"

// Lookup is one entry of dns.json: a question that the worker must ask, and what
// it is answered, each time.
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

// Nameserver is a DNS server on the loopback, by UDP and TCP. It answers as its
// lookups say, and any other question with NXDOMAIN.
type Nameserver struct {
	Lookups []Lookup
	// Asked is told of each question, and which of Lookups answers it: -1 for
	// none. It may be nil.
	Asked func(name, kind string, lookup int)

	servers []*dns.Server
}

// Start starts the server and gives its address.
func (s *Nameserver) Start() (address string, err error) {
	packets, listener, err := loopback()
	if err != nil {
		return "", err
	}
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: s}, {Listener: listener, Handler: s}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go func() { _ = server.ActivateAndServe() }() // it ends with Close
		<-started
		s.servers = append(s.servers, server)
	}
	return packets.LocalAddr().String(), nil
}

// Close ends the server, after the questions under way.
func (s *Nameserver) Close() {
	for _, server := range s.servers {
		_ = server.Shutdown()
	}
}

// loopback takes a port that is free for UDP and for TCP.
func loopback() (net.PacketConn, net.Listener, error) {
	for range 20 {
		packets, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return nil, nil, err
		}
		if listener, err := net.Listen("tcp", packets.LocalAddr().String()); err == nil {
			return packets, listener, nil
		}
		packets.Close()
	}
	return nil, nil, errors.New("no port is free for UDP and for TCP")
}

// ServeDNS answers a question.
func (s *Nameserver) ServeDNS(w dns.ResponseWriter, question *dns.Msg) {
	q := question.Question[0]
	name, kind := strings.TrimSuffix(q.Name, "."), dns.TypeToString[q.Qtype]
	i := slices.IndexFunc(s.Lookups, func(l Lookup) bool {
		return strings.EqualFold(l.Name, name) && cmp.Or(l.Type, "A") == kind
	})
	if s.Asked != nil {
		s.Asked(name, kind, i)
	}
	l := Lookup{Rcode: "NXDOMAIN"}
	if i >= 0 {
		l = s.Lookups[i]
	}
	answer := new(dns.Msg).SetReply(question)
	switch {
	case l.Error == "silence":
		return
	case l.Error == "garbage":
		_, _ = w.Write([]byte{byte(question.Id >> 8), byte(question.Id), 0x80, 0, 0, 9})
		return
	case l.Error == "truncated" && w.RemoteAddr().Network() == "udp":
		answer.Truncated = true
	default:
		answer.Rcode = dns.StringToRcode[cmp.Or(l.Rcode, "NOERROR")]
		answer.Answer = records(l.Records)
	}
	_ = w.WriteMsg(answer) // who no longer waits needs none
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

// Lookups reads dns.json of a case; a case without one asks nothing.
func Lookups(dir string) ([]Lookup, error) {
	var lookups []Lookup
	if err := read(filepath.Join(dir, "dns.json"), &lookups); err != nil {
		return nil, err
	}
	for i, l := range lookups {
		_, known := dns.StringToRcode[cmp.Or(l.Rcode, "NOERROR")]
		if !known || len(records(l.Records)) != len(l.Records) || !slices.Contains([]string{"", "silence", "garbage", "truncated"}, l.Error) {
			return nil, fmt.Errorf("%s: dns.json: entry %d has a record, rcode or error that is none", dir, i+1)
		}
	}
	return lookups, nil
}
