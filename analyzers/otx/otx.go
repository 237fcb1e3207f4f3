// Package otx is the analyzer that looks observables up in AlienVault OTX, now
// LevelBlue's: which pulses, collections of indicators that anybody may
// publish, hold them.
//
// The level is by the number of pulses, from those that the admin sets, as one
// pulse proves little. It is info where OTX itself doubts: the value is on its
// whitelist, or it accepted a report of a false positive.
//
// API: https://otx.alienvault.com/api, section general of an indicator. Without
// a key OTX limits or refuses questions.
package otx

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	service = "OTX"
	baseURL = "https://otx.alienvault.com"
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_OTX",
	Version:     "1.0",
	Description: "Looks up which AlienVault OTX pulses hold an address, host, URL or file's hash",
	DataTypes:   []string{"ip", "domain", "fqdn", "url", "hash"},
	Service: cortex.Service{
		Name: service, Homepage: baseURL, Hosts: []string{"otx.alienvault.com"},
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Key        string `cortex:"key" secret:"true" description:"OTX API key, free at https://otx.alienvault.com/api; without one OTX limits or refuses questions"`
	Malicious  int64  `cortex:"malicious_pulses" default:"10" description:"malicious from so many pulses on"`
	Suspicious int64  `cortex:"suspicious_pulses" default:"1" description:"suspicious from so many pulses on"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	kind, value, err := indicator(job)
	if err != nil {
		return cortex.Report{}, err
	}
	header := http.Header{}
	if cfg.Key != "" {
		header.Set("X-OTX-API-KEY", cfg.Key)
	}
	client, err := job.Upstream(upstream.Options{Service: service, BaseURL: baseURL + "/api/v1", Header: header})
	if err != nil {
		return cortex.Report{}, err
	}
	answer, err := client.Do(ctx, upstream.Request{
		Path: "indicators/" + kind + "/" + url.PathEscape(value) + "/general", Accept: []int{http.StatusNotFound},
	})
	if err != nil {
		return cortex.Report{}, err
	}
	return report(answer, baseURL+"/indicator/"+page(kind)+"/"+url.PathEscape(value), cfg)
}

// indicator is what the API calls an observable, and how it writes it.
func indicator(job *cortex.Job) (kind, value string, err error) {
	if job.DataType == "hash" {
		value, _, err = cortex.Hash(job.Data, cortex.MD5, cortex.SHA1, cortex.SHA256)
		return "file", value, err
	}
	value, err = job.Public()
	switch {
	case job.DataType == "url":
		return "url", value, err
	case strings.Contains(value, ":"):
		return "IPv6", value, err
	case job.DataType == "ip":
		return "IPv4", value, err
	case ioc.Domain.TheHive(value) == "fqdn":
		return "hostname", value, err
	}
	return "domain", value, err
}

// page is what the site calls it in addresses.
func page(kind string) string {
	if kind == "IPv4" || kind == "IPv6" {
		return "ip"
	}
	return kind
}
