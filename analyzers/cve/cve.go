// Package cve is the analyzer that tells what is publicly known of a
// vulnerability: NVD's record, FIRST's probability of exploitation, CISA's
// assessment and entry of known exploitation, as shared/vulnerability gathers
// them, with none needing a key. Each service may fail alone: the report names it
// and has what the others say.
//
// The level is the admin's for what CISA's catalogue (KEV) lists; otherwise it is
// suspicious from a score or a probability on that the admin sets.
package cve

import (
	"context"
	_ "embed"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
	"github.com/waggle-cti/waggle/shared/vulnerability"
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_CVE",
	Version:     "1.0",
	Description: "Tells a vulnerability's score, whether it is exploited and for ransomware, how likely that is, and where fixes are",
	DataTypes:   []string{"cve", "vulnerability", "other"},
	Service: cortex.Service{
		Name: "NVD, FIRST EPSS and CIRCL vulnerability-lookup with CISA KEV", Homepage: "https://nvd.nist.gov",
		Hosts: vulnerability.Hosts(),
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Key       string  `cortex:"key" secret:"true" description:"NVD API key, optional and free at https://nvd.nist.gov/developers/request-an-api-key: 50 requests in 30 seconds and not 5"`
	Exploited string  `cortex:"exploited_level" default:"malicious" oneof:"info,safe,suspicious,malicious" description:"level of a vulnerability that CISA knows to be exploited: info, safe, suspicious or malicious"`
	CVSS      float64 `cortex:"suspicious_cvss" default:"9" description:"a vulnerability is suspicious from this CVSS base score on, 0 to 10; 0: never"`
	EPSS      float64 `cortex:"suspicious_epss" default:"0.1" description:"a vulnerability is suspicious from this EPSS probability on, 0 to 1; 0: never"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	read, ok := ioc.Parse(job.Data)
	if !ok || read.Kind != ioc.CVE {
		return cortex.Report{}, &upstream.Error{Reason: upstream.BadInput,
			Message: "this is not the id of a vulnerability", Next: "give one like CVE-2024-3400; nothing was asked"}
	}
	record, err := vulnerability.Look(ctx, read.Value, vulnerability.Options{Dial: job.Upstream, Key: cfg.Key})
	if err != nil {
		return cortex.Report{}, err
	}
	f := full{Level: cortex.Info, Link: vulnerability.Page(record.ID), Record: record, Notice: vulnerability.Notice}
	labels := f.judge(cfg)
	return cortex.Report{Full: f, Taxonomies: labels}, nil
}
