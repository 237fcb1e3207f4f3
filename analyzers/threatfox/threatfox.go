// Package threatfox is the analyzer that looks observables up in ThreatFox,
// abuse.ch's collection of indicators that belong to known malware.
//
// A listed value is malicious from the confidence that the admin sets, and
// suspicious below it, or where the reporter says that the host is a
// compromised one. A host is suspicious if only URLs on it are listed. So is a
// file's hash if only its command-and-control servers are.
//
// API: https://threatfox.abuse.ch/api/. It lists command-and-control servers as
// "ip:port", and forgets entries six months after they were last seen.
package threatfox

import (
	"context"
	_ "embed"
	"net"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/shared/abusech"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	service = "ThreatFox"
	baseURL = "https://threatfox-api.abuse.ch"
	pages   = "https://threatfox.abuse.ch/ioc/" // an entry's page ends with its id
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_ThreatFox",
	Version:     "1.0",
	Description: "Looks up in ThreatFox which malware an IP, host, URL or file's hash belongs to",
	DataTypes:   []string{"ip", "domain", "fqdn", "url", "hash"},
	BaseConfig:  "abusech",
	Service: cortex.Service{
		Name: service, Homepage: "https://threatfox.abuse.ch", Hosts: []string{"threatfox-api.abuse.ch"}, Registration: true,
	},
	LongTemplate: long,
}, run, probe)

// Config is what the admin sets.
type Config struct {
	abusech.Account
	Confidence int `cortex:"threatfox_confidence" default:"50" description:"ThreatFox: malicious from this confidence (0 to 100), suspicious below"`
}

// question is what the API is asked; its fields are the API's.
type question struct {
	Query string `json:"query"`
	Term  string `json:"search_term,omitempty"`
	Exact *bool  `json:"exact_match,omitempty"`
	Hash  string `json:"hash,omitempty"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	value, all, err := questions(job)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := cortex.Connect(job, abusech.Over, abusech.Options{
		Service: service, URL: baseURL, Key: cfg.Key, Takes: "IP addresses, host names, URLs, MD5, SHA-1 and SHA-256",
	})
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{}
	for _, q := range all {
		list, err := client.AskList(ctx, upstream.Request{Path: "/api/v1/", JSON: q})
		if err != nil {
			return cortex.Report{}, err
		}
		f.read(job.DataType, value, q, list)
	}
	return f.report(cfg.Confidence), nil
}

// questions are what to ask about an observable, whose value is given as
// ThreatFox has it. A hash may be an entry itself, or that of a sample whose
// servers are entries. A host is searched for as a part of entries, for its ports
// and URLs.
func questions(job *cortex.Job) (value string, all []question, err error) {
	if job.DataType != "hash" {
		value, err = job.Public()
		return value, []question{{Query: "search_ioc", Term: value, Exact: new(job.DataType == "url")}}, err
	}
	value, kind, err := cortex.Hash(job.Data, cortex.MD5, cortex.SHA1, cortex.SHA256, cortex.SHA3384)
	all = []question{{Query: "search_ioc", Term: value, Exact: new(true)}}
	if kind == cortex.MD5 || kind == cortex.SHA256 { // samples are known by these
		all = append(all, question{Query: "search_hash", Hash: value})
	}
	return value, all, err
}

// concerns tells whether an entry is about the observable, and whether it is
// only about a URL on it: a search for example.com finds notexample.com, too.
func concerns(dataType, value, ioc string) (about, urlOnly bool) {
	if strings.EqualFold(ioc, value) {
		return true, false
	}
	if u, err := url.Parse(ioc); err == nil && u.Host != "" {
		return dataType != "url" && strings.EqualFold(u.Hostname(), value), true
	}
	host, _, err := net.SplitHostPort(ioc)
	return err == nil && strings.EqualFold(host, value), false
}
