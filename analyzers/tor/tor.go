// Package tor is the analyzer that asks the Tor Project's Onionoo whether an IP
// address is a relay of the Tor network, and whether traffic leaves the network
// there. It needs no key.
//
// The levels of exits and of other relays are the admin's to choose: traffic
// from an exit can be anybody's, and other relays only pass traffic on.
//
// API: https://metrics.torproject.org/onionoo.html. It knows relays that ran
// within the last week, and finds addresses by their beginning.
package tor

import (
	"context"
	_ "embed"
	"net/url"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "Onionoo"

// wanted are the fields of a relay that are asked for.
const wanted = "nickname,fingerprint,or_addresses,exit_addresses,running,flags,first_seen,last_seen,country,as,as_name,contact,verified_host_names,exit_policy_summary"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_Tor",
	Version:     "1.0",
	Description: "Tells whether an IP address is an exit or another relay of the Tor network",
	DataTypes:   []string{"ip"},
	Service: cortex.Service{
		Name: service, Homepage: "https://metrics.torproject.org/onionoo.html", Hosts: []string{"onionoo.torproject.org"},
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Exit  string `cortex:"exit_level" default:"suspicious" oneof:"info,safe,suspicious,malicious" description:"level of an exit: info, safe, suspicious or malicious"`
	Relay string `cortex:"relay_level" default:"info" oneof:"info,safe,suspicious,malicious" description:"level of any other relay: info, safe, suspicious or malicious"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	address, err := cortex.PublicAddress(job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := job.Upstream(upstream.Options{Service: service, BaseURL: "https://onionoo.torproject.org"})
	if err != nil {
		return cortex.Report{}, err
	}
	answer, err := client.Do(ctx, upstream.Request{Path: "details", Query: url.Values{"search": {address.String()}, "fields": {wanted}}})
	if err != nil {
		return cortex.Report{}, err
	}
	return report(answer, address, cfg)
}
