// Package urlhaus is the analyzer that looks URLs, hosts and payloads up in
// URLhaus, abuse.ch's collection of URLs that spread malware.
//
// A URL is malicious while it is online, and suspicious afterwards. So is a
// host, malicious from as many URLs online as the admin says: large hosts and
// file shares always have a few. A payload that URLhaus holds is malicious.
//
// API: https://urlhaus-api.abuse.ch/. The verdict is in the body
// (query_status), numbers may be strings, and every field may be missing.
package urlhaus

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"strings"

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
	Key    string `cortex:"key" required:"true" secret:"true" description:"abuse.ch Auth-Key, free at https://auth.abuse.ch"`
	Online int    `cortex:"urlhaus_online" default:"1" description:"URLhaus: a host is malicious from so many URLs online, suspicious below"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	path, form, err := question(job.DataType, job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := job.Upstream(upstream.Options{
		Service: service, BaseURL: baseURL, Secrets: []string{cfg.Key}, Header: http.Header{"Auth-Key": {cfg.Key}},
	})
	if err != nil {
		return cortex.Report{}, err
	}
	answer, err := client.Do(ctx, upstream.Request{Method: http.MethodPost, Path: "/v1/" + path + "/", Form: form, Repeatable: true})
	if err != nil {
		return cortex.Report{}, err
	}
	body := answer.JSON()
	if err := judge(answer.Status, body.Get("query_status").String()); err != nil {
		return cortex.Report{}, err
	}
	return report(path, body, cfg), nil
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
	}
	return "host", url.Values{"host": {data}}, nil
}

// judge makes an error of a query_status that is no answer.
func judge(httpStatus int, status string) error {
	e := &upstream.Error{Service: service, Reason: upstream.Failure, Status: httpStatus, Message: "it answered query_status " + fmt.Sprintf("%.64q", status)}
	switch {
	case status == "ok", status == "no_results":
		return nil
	case status == "":
		e.Message, e.Next = "its answer is not the JSON expected", "try again later; a proxy may have answered in its place"
	case strings.Contains(status, "auth_key"):
		e.Reason, e.Next = upstream.Auth, "check the Auth-Key at https://auth.abuse.ch"
	case strings.HasPrefix(status, "invalid_"):
		e.Reason, e.Next = upstream.BadInput, "check the observable: URLhaus takes http and https URLs, host names, IPv4 addresses, MD5 and SHA-256"
	default:
		e.Next = "try again later; see https://urlhaus-api.abuse.ch"
	}
	return e
}
