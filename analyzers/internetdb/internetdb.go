// Package internetdb is the analyzer that asks Shodan's InternetDB what an IP
// address shows to the Internet: open ports, host names, software, tags and
// vulnerabilities. It needs no key.
//
// The level is by Shodan's tags: malicious for those that the admin names, such
// as c2, and suspicious for others, such as compromised. Open ports and
// vulnerabilities say nothing about whose side a host is on and set no level;
// an admin who wants otherwise says from how many vulnerabilities on.
//
// API: https://internetdb.shodan.io/. 404 means that nothing is known. Shodan
// offers it for convenience and wants to hear of heavy use and of products:
// https://book.shodan.io/enterprise/infrastructure-guidance.
package internetdb

import (
	"context"
	_ "embed"
	"net/http"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "InternetDB"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_InternetDB",
	Version:     "1.0",
	Description: "Tells from Shodan's InternetDB an IP address' open ports, host names, software, tags and vulnerabilities",
	DataTypes:   []string{"ip"},
	Service: cortex.Service{
		Name: service, Homepage: "https://internetdb.shodan.io", Hosts: []string{"internetdb.shodan.io"},
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Malicious       []string `cortex:"malicious_tags" default:"c2,malware" description:"Shodan's tags that make an address malicious"`
	Suspicious      []string `cortex:"suspicious_tags" default:"compromised,doublepulsar,scanner" description:"Shodan's tags that make an address suspicious"`
	Vulnerabilities int      `cortex:"suspicious_vulnerabilities" default:"0" description:"an address is suspicious from so many vulnerabilities on; 0: never"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	address, err := cortex.PublicAddress(job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := job.Upstream(upstream.Options{Service: service, BaseURL: "https://internetdb.shodan.io"})
	if err != nil {
		return cortex.Report{}, err
	}
	answer, err := client.Do(ctx, upstream.Request{Path: address.String(), Accept: []int{http.StatusNotFound}})
	if err != nil {
		return cortex.Report{}, err
	}
	return report(answer, cfg)
}
