// Package abuseipdb is the analyzer that looks an IP address up in AbuseIPDB,
// where administrators report attacks on their servers.
//
// The level is by AbuseIPDB's score, its confidence from 0 to 100 that the
// address is abusive: malicious and suspicious from the scores that the admin
// sets. AbuseIPDB says that its whitelist is no basis for action, so a
// whitelisted address is only marked as such.
//
// API: https://docs.abuseipdb.com/#check-endpoint. A free account has 1,000
// checks a day; the report tells how many are left.
package abuseipdb

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"
	"strconv"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "AbuseIPDB"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_AbuseIPDB",
	Version:     "1.0",
	Description: "Looks up in AbuseIPDB how often, and for what, an IP address was reported",
	DataTypes:   []string{"ip"},
	Service: cortex.Service{
		Name: service, Homepage: "https://www.abuseipdb.com", Hosts: []string{"api.abuseipdb.com"}, Registration: true,
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Key        string `cortex:"key" required:"true" secret:"true" description:"AbuseIPDB API key, free at https://www.abuseipdb.com/account/api"`
	Days       int    `cortex:"days" default:"90" description:"count the reports of so many days, 1 to 365"`
	Malicious  int64  `cortex:"malicious_score" default:"75" description:"an address is malicious from this score on, 0 to 100"`
	Suspicious int64  `cortex:"suspicious_score" default:"25" description:"an address is suspicious from this score on, 0 to 100"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	address, err := cortex.PublicAddress(job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := job.Upstream(upstream.Options{
		Service: service, BaseURL: "https://api.abuseipdb.com", Header: http.Header{"Key": {cfg.Key}},
	})
	if err != nil {
		return cortex.Report{}, err
	}
	days := strconv.Itoa(min(max(cfg.Days, 1), 365))
	answer, err := client.Do(ctx, upstream.Request{
		Path: "/api/v2/check", Query: url.Values{"ipAddress": {address.String()}, "maxAgeInDays": {days}, "verbose": {""}},
	})
	if err != nil {
		return cortex.Report{}, err
	}
	return report(answer, cfg)
}
