// Package urlhaus is the analyzer that looks URLs, hosts and payloads up in
// URLhaus, abuse.ch's collection of URLs that spread malware.
//
// A URL is malicious while it is online, and suspicious afterwards. So is a
// host, malicious from as many URLs online as the admin says: large hosts and
// file shares always have a few. A payload that URLhaus holds is malicious.
//
// API: https://urlhaus-api.abuse.ch/. Numbers may be strings, and every field
// may be missing.
package urlhaus

import (
	"context"
	_ "embed"
	"net/url"

	"github.com/waggle-cti/waggle/shared/abusech"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	service = "URLhaus"
	baseURL = "https://urlhaus-api.abuse.ch"
	pages   = "https://urlhaus.abuse.ch/" // what its links begin with
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_URLhaus",
	Version:     "1.0",
	Description: "Looks up in URLhaus whether a URL, a host or a file's hash spreads malware",
	DataTypes:   []string{"url", "domain", "fqdn", "ip", "hash"},
	BaseConfig:  "abusech",
	Service: cortex.Service{
		Name: service, Homepage: "https://urlhaus.abuse.ch", Hosts: []string{"urlhaus-api.abuse.ch"}, Registration: true,
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	abusech.Account
	Online int `cortex:"urlhaus_online" default:"1" description:"URLhaus: a host is malicious from so many URLs online, suspicious below"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	path, form, err := question(job)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := cortex.Connect(job, abusech.Over, abusech.Options{
		Service: service, URL: baseURL, Key: cfg.Key, Takes: "http and https URLs, host names, IPv4 addresses, MD5 and SHA-256",
	})
	if err != nil {
		return cortex.Report{}, err
	}
	answer, found, err := client.Ask(ctx, upstream.Request{Path: "/v1/" + path + "/", Form: form})
	if err != nil {
		return cortex.Report{}, err
	}
	return report(path, found, answer, cfg), nil
}

// question gives the API's path and form for an observable.
func question(job *cortex.Job) (path string, form url.Values, err error) {
	if job.DataType == "hash" {
		hash, kind, err := cortex.Hash(job.Data, cortex.MD5, cortex.SHA256)
		name := map[cortex.HashKind]string{cortex.MD5: "md5_hash", cortex.SHA256: "sha256_hash"}[kind]
		return "payload", url.Values{name: {hash}}, err
	}
	value, err := job.Public()
	if job.DataType == "url" {
		return "url", url.Values{"url": {value}}, err
	}
	return "host", url.Values{"host": {value}}, err
}
