// Package rdap is the analyzer that asks the registries who a domain, an IP
// network or an autonomous system is registered to, and since when. It needs no
// key.
//
// IANA's lists say which registry to ask; redirects are followed, and of a
// domain the registrar is asked too where the registry refers to it. All of
// these addresses were chosen by others and are read by shared/fetch.
//
// A domain is suspicious while it is younger than the admin's number of days.
//
// Protocol: RFC 9082 (questions), RFC 9083 (answers), RFC 9224 (IANA's lists).
package rdap

import (
	"context"
	_ "embed"
	"errors"
	"net/netip"
	"strconv"

	"golang.org/x/net/publicsuffix"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "RDAP"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_RDAP",
	Version:     "1.0",
	Description: "Asks the registries whom a domain, IP address or autonomous system is registered to, and since when",
	DataTypes:   []string{"domain", "fqdn", "ip", "autonomous-system"},
	Service: cortex.Service{
		Name: service, Homepage: "https://about.rdap.org", Hosts: []string{"data.iana.org", "the registry's and registrar's RDAP servers"},
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Days int `cortex:"suspicious_days" default:"30" description:"a domain is suspicious for so many days after its registration; 0: never"`
}

// question is what is asked, and of whom IANA is asked.
type question struct {
	list  string // IANA's: dns, ipv4, ipv6, asn
	path  string // "domain/example.net"
	class string // objectClassName of the answer
	name  string // example.net, 198.51.100.7, AS64496

	address netip.Addr
	number  uint32
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	q, err := ask(job.DataType, job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := job.Fetch(fetch.Options{MaxBody: 4 << 20, MaxRedirects: 4,
		// RDAP for the public knows no login.
		AfterRefusal: "it may block this network's address: try again later, or ask by another proxy"})
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{Name: q.name, Kind: q.class}
	server, err := registry(ctx, client, q)
	if err != nil {
		return cortex.Report{}, err
	}
	if server == "" {
		f.Note = "IANA names no RDAP server for it."
		return f.report(cfg), nil
	}
	f.Link = server + q.path
	answer, err := get(ctx, client, f.Link, q)
	if errors.Is(err, upstream.NotFound) {
		f.Note = "The registry does not know it."
		return f.report(cfg), nil
	}
	if err != nil {
		return cortex.Report{}, err
	}
	f.add(answer)
	if page := referral(answer); q.class == "domain" && page != "" && page != f.Link {
		more, err := get(ctx, client, page, q)
		switch {
		case ctx.Err() != nil:
			return cortex.Report{}, err
		case err != nil:
			f.Failed = err.Error()
		default:
			f.add(more)
		}
	}
	return f.report(cfg), nil
}

// ask reads the observable. Of a host its registered domain is asked for.
func ask(dataType, data string) (question, error) {
	switch dataType {
	case "ip":
		address, err := cortex.PublicAddress(data)
		q := question{list: "ipv4", path: "ip/" + address.String(), class: "ip network", name: address.String(), address: address}
		if address.Is6() {
			q.list = "ipv6"
		}
		return q, err
	case "autonomous-system":
		n, err := cortex.AutonomousSystem(data)
		number := strconv.FormatUint(uint64(n), 10)
		return question{list: "asn", path: "autnum/" + number, class: "autnum", name: "AS" + number, number: n}, err
	}
	host, err := cortex.DomainName(data)
	if err != nil {
		return question{}, err
	}
	name, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return question{}, &upstream.Error{Service: service, Reason: upstream.BadInput, Message: "this is not a domain that can be registered",
			Next: "check the value; nothing was asked"}
	}
	return question{list: "dns", path: "domain/" + name, class: "domain", name: name}, nil
}

// get reads an answer, which must be of the class asked for.
func get(ctx context.Context, client *fetch.Client, page string, q question) (upstream.Fields, error) {
	body, err := read(ctx, client, fetch.Request{URL: page, Accept: "application/rdap+json, application/json;q=0.9"})
	if err != nil {
		return upstream.Fields{}, err
	}
	answer := upstream.ReadFields(body)
	if answer.Text("objectClassName") != q.class {
		return answer, strange("what answers at " + page + " is no RDAP server")
	}
	return answer, nil
}

// tries bounds how often an address is asked: registries limit how often one may.
const tries = 3

// read reads an address, and again where its server asks to wait for that.
func read(ctx context.Context, client *fetch.Client, r fetch.Request) ([]byte, error) {
	answer, err := upstream.Retry(ctx, tries, func() (*fetch.Response, error) { return client.Get(ctx, r) })
	if err != nil {
		return nil, err
	}
	return answer.Body, nil
}

func strange(message string) error {
	return &upstream.Error{Service: service, Reason: upstream.Failure, Message: message, Next: "try again later; a proxy may have answered in its place"}
}
