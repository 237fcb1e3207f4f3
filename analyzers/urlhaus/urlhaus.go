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
	"fmt"
	"net/url"
	"strings"

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
	path, form, err := question(job.DataType, job.Data)
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
func question(dataType, data string) (path string, form url.Values, err error) {
	switch dataType {
	case "url":
		return "url", url.Values{"url": {data}}, nil
	case "hash":
		name, ok := map[int]string{32: "md5_hash", 64: "sha256_hash"}[len(data)]
		if !ok {
			return "", nil, &upstream.Error{Service: service, Reason: upstream.BadInput,
				Message: fmt.Sprintf("it knows payloads by MD5 and SHA-256, and this hash of %d characters is neither", len(data)),
				Next:    "look up the file's SHA-256"}
		}
		return "payload", url.Values{name: {strings.ToLower(data)}}, nil
	case "ip":
		address, err := cortex.PublicAddress(data)
		return "host", url.Values{"host": {address.String()}}, err
	}
	return "host", url.Values{"host": {data}}, nil
}
