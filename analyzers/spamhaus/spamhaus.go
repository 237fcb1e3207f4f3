// Package spamhaus is the analyzer that asks Spamhaus' block lists by DNS: ZEN
// for addresses, which holds SBL, CSS, XBL, DROP, BCL and PBL, and DBL for hosts. Of
// a URL only the host is asked for.
//
// The level is by the lists that the admin names: malicious, such as DROP, and
// suspicious, such as SBL. PBL lists addresses that should not send mail, most
// homes among them, and sets no level.
//
// Spamhaus does not answer public resolvers (8.8.8.8, 1.1.1.1…), nor those of
// some cloud providers. It says so by codes in 127.255.255.0/24, which are
// errors here and no listings; and "not listed" is believed only if the list's
// test entry is seen through the same resolver (RFC 5782 section 5). With a key
// of Spamhaus' Data Query Service any resolver will do.
//
// DROP is asked for as a part of ZEN: its file is not for one download a job.
//
// Codes: https://www.spamhaus.org/faqs/dnsbl-usage/,
// https://docs.spamhaus.com/datasets/docs/source/10-data-type-documentation/datasets/040-zones.html.
package spamhaus

import (
	"context"
	_ "embed"
	"net/netip"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/resolver"
)

const service = "Spamhaus"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_Spamhaus",
	Version:     "1.0",
	Description: "Asks by DNS whether an address is on Spamhaus' ZEN (with DROP), or a host on its DBL",
	DataTypes:   []string{"ip", "domain", "fqdn", "url"},
	Service: cortex.Service{
		Name: service, Homepage: "https://www.spamhaus.org",
		Hosts: []string{"zen.spamhaus.org", "dbl.spamhaus.org", "zen.dq.spamhaus.net", "dbl.dq.spamhaus.net"},
	},
	LongTemplate: long,
}, run, probe)

// Config is what the admin sets.
type Config struct {
	Resolver   string   `cortex:"resolver" description:"DNS resolver to ask, such as 192.0.2.53; the system's if not set. Spamhaus answers no public ones"`
	Key        string   `cortex:"key" secret:"true" description:"key of Spamhaus' Data Query Service, free for small use; without one the public lists are asked"`
	Malicious  []string `cortex:"malicious_lists" default:"XBL,DROP,BCL,DBL phishing,DBL malware,DBL botnet" description:"lists that make a value malicious"`
	Suspicious []string `cortex:"suspicious_lists" default:"SBL,CSS,DBL spam,DBL abused" description:"lists that make a value suspicious"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	q, err := ask(job.DataType, job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := resolver.New(resolver.Options{Service: service, Address: cfg.Resolver, Secrets: []string{cfg.Key}})
	if err != nil {
		return cortex.Report{}, err
	}
	found, err := listings(ctx, client, q.name+"."+q.zone(cfg.Key))
	if err != nil {
		return cortex.Report{}, err
	}
	if len(found) == 0 {
		err = believe(ctx, client, q, cfg.Key)
	}
	return report(q, found, cfg), err
}

// question is what a list is asked for.
type question struct {
	list  string // ZEN or DBL
	value string // address or host
	name  string // the same as DNS has it
	test  string // name that the list always holds
}

// The entries that the lists always hold: https://www.spamhaus.org/faqs/dnsbl-usage/.
const (
	addressTest = "2.0.0.127"
	nameTest    = "dbltest.com"
)

// zone is where the list is asked, without a key or with one.
func (q question) zone(key string) string {
	list := strings.ToLower(q.list)
	if key != "" {
		return key + "." + list + ".dq.spamhaus.net"
	}
	return list + ".spamhaus.org"
}

// ask finds the list for an observable.
func ask(dataType, data string) (question, error) {
	host := data
	if dataType == "url" {
		u, err := cortex.PublicURL(data)
		if err != nil {
			return question{}, err
		}
		host = u.Hostname()
	}
	if _, err := netip.ParseAddr(host); err == nil || dataType == "ip" {
		address, err := cortex.PublicAddress(host)
		return question{list: "ZEN", value: address.String(), name: resolver.Reversed(address), test: addressTest}, err
	}
	name, err := cortex.PublicHost(host)
	return question{list: "DBL", value: name, name: name, test: nameTest}, err
}
