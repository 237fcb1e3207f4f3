// Package feedlookup is the analyzer that tells where the user's own feeder has
// read an observable: in which posts and when, what stories came of them, and
// what the feeder holds of the observable by now.
//
// The level is the feeder's verdict of the observable itself, the worst of
// several. Where there is none, or it says nothing of harm, what a story warns
// of has a level of the admin's choice, and so has what was read only in other
// posts or only cited.
//
// API: /api/openapi.json of the feeder (feeder/web).
package feedlookup

import (
	"context"
	_ "embed"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "feeder"

//go:embed long.html
var long string

// dataTypes are the data types that it takes.
func dataTypes() []string {
	return []string{"ip", "domain", "fqdn", "hostname", "url", "hash", "mail", "mail-subject", "filename", "registry",
		"user-agent", "autonomous-system", "cve", "vulnerability", "other"}
}

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:         "Waggle_FeedLookup",
	Version:      "1.0",
	Description:  "Tells in which posts your feeder has read an observable, and what stories and verdicts came of them",
	DataTypes:    dataTypes(),
	BaseConfig:   "feeder",
	Service:      cortex.Service{Name: "Waggle feeder", Homepage: "https://github.com/waggle-cti/waggle/tree/main/feeder"},
	ByHand:       cortex.ByHand{DataTypes: dataTypes(), Why: "it asks the feeder itself"},
	LongTemplate: long,
}, run, probe)

// Config is what the admin sets.
type Config struct {
	URL       string `cortex:"url" required:"true" description:"the feeder's address: http://feeder:8787"`
	Token     string `cortex:"token" required:"true" secret:"true" description:"the feeder's WAGGLE_PAGE_TOKEN"`
	Page      string `cortex:"page_url" description:"the feeder's address as a browser has it, for links; unset: url"`
	VerifyTLS bool   `cortex:"verify_tls" default:"true" description:"check the feeder's certificate; better than false: name its authority in cacerts"`
	Told      string `cortex:"told_level" default:"suspicious" oneof:"info,safe,suspicious,malicious" description:"level of what a story warns of and no verdict says more about: info, safe, suspicious or malicious"`
	Read      string `cortex:"read_level" default:"info" oneof:"info,safe,suspicious,malicious" description:"level of what was read in other posts only, or only cited: info, safe, suspicious or malicious"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	answer, err := ask(ctx, job, cfg, upstream.Request{Path: "/api/v1/lookup", Query: url.Values{"value": {value(job)}}})
	if err != nil {
		return cortex.Report{}, err
	}
	if found := answer.JSON(); !found.Get("posts").IsArray() || !found.Get("stories").IsArray() {
		return cortex.Report{}, answer.Strange("the answer tells of no posts")
	}
	return report(answer.Fields(), cfg), nil
}

// probe asks how many sources the feeder follows.
func probe(ctx context.Context, job *cortex.Job, cfg Config) (string, error) {
	answer, err := ask(ctx, job, cfg, upstream.Request{Path: "/api/v1/sources"})
	if err != nil {
		return "", err
	}
	if !answer.JSON().Get("sources").IsArray() {
		return "", answer.Strange("the answer tells of no sources")
	}
	return fmt.Sprintf("takes the token; it follows %d sources", len(answer.JSON().Get("sources").Array())), nil
}

// ask sends the feeder a question, and says what its refusals mean.
func ask(ctx context.Context, job *cortex.Job, cfg Config, question upstream.Request) (*upstream.Response, error) {
	client, err := job.Upstream(upstream.Options{
		Service: service, BaseURL: cfg.URL, InsecureSkipVerify: !cfg.VerifyTLS,
		Header: http.Header{"Authorization": {"Bearer " + cfg.Token}}, Secrets: []string{cfg.Token},
	})
	if err != nil {
		return nil, err
	}
	question.Accept = []int{http.StatusUnauthorized, http.StatusNotFound}
	answer, err := client.Do(ctx, question)
	if err != nil {
		return nil, err
	}
	switch answer.Status {
	case http.StatusUnauthorized:
		return nil, &upstream.Error{Service: service, Reason: upstream.Auth, Status: answer.Status,
			Message: "it does not take the token", Next: "set token to the feeder's WAGGLE_PAGE_TOKEN"}
	case http.StatusNotFound:
		return nil, &upstream.Error{Service: service, Reason: upstream.Failure, Status: answer.Status,
			Message: "it knows no lookup", Next: "check url, and that the feeder is as new as this analyzer"}
	}
	return answer, nil
}

// value is the observable as the feeder reads such in texts.
func value(job *cortex.Job) string {
	if number, err := cortex.AutonomousSystem(job.Data); err == nil && job.DataType == "autonomous-system" {
		return "AS" + strconv.FormatUint(uint64(number), 10)
	}
	return strings.TrimSpace(job.Data)
}
