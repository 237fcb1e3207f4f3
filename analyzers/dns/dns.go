// Package dns is the analyzer that asks DNS for all that a host's name stands
// for: A, AAAA, MX, NS, TXT, SOA and CAA; and for an address' name, PTR.
//
// It tells facts and no verdict. The resolver goes on to ask the name servers of
// the domain, whose owner may see it: PAP:GREEN at most, unless the admin sets
// max_pap.
//
// Records: RFC 1035, RFC 3596 (AAAA), RFC 8659 (CAA).
package dns

import (
	"context"
	_ "embed"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/resolver"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "DNS"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_DNS",
	Version:     "1.0",
	Description: "Asks DNS for the addresses, mail and name servers, texts, SOA and CAA of a host, or for the name of an address",
	DataTypes:   []string{"domain", "fqdn", "ip"},
	Service: cortex.Service{
		Name: service, Homepage: "https://www.rfc-editor.org/rfc/rfc1035", Hosts: []string{"the domain's name servers, by your resolver"},
	},
	MaxPAP:       new(1),
	LongTemplate: long,
}, run, probe)

// Config is what the admin sets.
type Config struct {
	Resolver string `cortex:"resolver" description:"DNS resolver to ask, such as 192.0.2.53; the system's if not set"`
}

// question is a record to ask for, and what came of it.
type question struct {
	name   string
	kind   uint16
	answer []dns.RR
	err    error
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	name, questions, err := ask(job.DataType, job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := resolver.New(resolver.Options{Service: service, Address: cfg.Resolver})
	if err != nil {
		return cortex.Report{}, err
	}
	cortex.Together(len(questions), func(i int) {
		q := &questions[i]
		q.answer, q.err = client.Ask(ctx, q.name, q.kind)
	})
	return report(name, questions)
}

// names reads what may stand in DNS, which is more than what hosts are called:
// _dmarc.example.com.
func names() *idna.Profile {
	return idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
}

// ask gives the value as DNS has it, and the questions to ask of it.
func ask(dataType, data string) (name string, questions []question, err error) {
	if address, err := netip.ParseAddr(strings.TrimSpace(data)); err == nil {
		reverse, err := dns.ReverseAddr(address.Unmap().WithZone("").String())
		if err != nil {
			return "", nil, bad("the address can't be read")
		}
		return address.String(), []question{{name: reverse, kind: dns.TypePTR}}, nil
	}
	name, err = names().ToASCII(strings.ToLower(strings.Trim(strings.TrimSpace(data), ".")))
	if _, fits := dns.IsDomainName(name); err != nil || dataType == "ip" || name == "" || !fits || strings.ContainsAny(name, " \t\r\n") {
		return "", nil, bad("this is neither an IP address nor a domain name")
	}
	for _, kind := range []uint16{dns.TypeA, dns.TypeAAAA, dns.TypeMX, dns.TypeNS, dns.TypeTXT, dns.TypeSOA, dns.TypeCAA} {
		questions = append(questions, question{name: name, kind: kind})
	}
	return name, questions, nil
}

func bad(message string) error {
	return &upstream.Error{Service: service, Reason: upstream.BadInput, Message: message, Next: "check the value; nothing was asked"}
}
