// Package crtsh is the analyzer that asks crt.sh which certificates the logs of
// Certificate Transparency (RFC 9162) hold for a host, and for the names below a
// domain. It needs no key. It tells facts and no verdict.
//
// crt.sh is one public database and often overloaded. Then it answers late, with
// 502, or with a page; the job waits and tries again, and says so in the end.
// Names below a domain are a question of their own, which fails alone.
//
// Site: https://crt.sh/, by Sectigo. It documents no API; q is the name, or a
// pattern with %.
package crtsh

import (
	"context"
	_ "embed"
	"net/http"
	"net/url"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "crt.sh"

// patience is for one try: it searches for half a minute now and then.
const patience = time.Minute

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_CrtSh",
	Version:     "1.0",
	Description: "Asks crt.sh which certificates were issued for a host, and for the names below a domain",
	DataTypes:   []string{"domain", "fqdn"},
	Service: cortex.Service{
		Name: service, Homepage: "https://crt.sh", Hosts: []string{"crt.sh"},
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Below   bool `cortex:"subdomains" default:"true" description:"ask for the names below a domain too"`
	Expired bool `cortex:"expired" default:"false" description:"ask for expired certificates too; crt.sh often fails at that"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	name, err := cortex.DomainName(job.Data)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := job.Upstream(upstream.Options{Service: service, BaseURL: "https://crt.sh", Timeout: patience})
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{Name: name, Link: "https://crt.sh/?q=" + url.QueryEscape(name), Expired: cfg.Expired}
	list, err := ask(ctx, client, name, cfg)
	if err != nil {
		return cortex.Report{}, err
	}
	f.add(list)
	if cfg.Below && job.DataType == "domain" {
		below, err := ask(ctx, client, "%."+name, cfg)
		if err != nil && (len(list) == 0 || ctx.Err() != nil) {
			return cortex.Report{}, err
		}
		if err != nil {
			f.Failed = err.Error()
		}
		f.add(below)
	}
	return f.report(), nil
}

// ask gives the certificates for a name or a pattern.
func ask(ctx context.Context, client *upstream.Client, what string, cfg Config) ([]upstream.Fields, error) {
	query := url.Values{"q": {what}, "output": {"json"}, "deduplicate": {"Y"}}
	if !cfg.Expired {
		query.Set("exclude", "expired")
	}
	answer, err := client.Do(ctx, upstream.Request{Query: query, Accept: []int{http.StatusNotFound}})
	if err != nil {
		return nil, err
	}
	all := answer.JSON()
	list := answer.Fields().List("@this")
	if !all.IsArray() || len(list) == 0 && len(all.Array()) > 0 || len(list) > 0 && list[0].Text("id", "serial_number") == "" {
		return nil, &upstream.Error{Service: service, Reason: upstream.Failure, Status: answer.Status,
			Message: "it answered with something else than a list of certificates, as it does when it is overloaded or has too many",
			Next:    "try again later, and without subdomains and expired if it lasts"}
	}
	return list, nil
}
