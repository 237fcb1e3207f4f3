// Package cve is the analyzer that gathers what is publicly known of a
// vulnerability from three services, at once and none of them with a key: NVD's
// record, FIRST's probability of exploitation (EPSS), and of CIRCL's
// vulnerability-lookup the CVE record with CISA's assessment (SSVC) and the entry
// of CISA's catalogue of known exploited vulnerabilities (KEV). CISA itself has
// only the whole catalogue, some 2 MB, which is not for one download a job.
//
// Each may fail alone: the report names it and has what the others say. NVD and
// the CVE record tell what CISA's catalogue holds, too, but only CIRCL's copy can
// say what it does not hold, so that is "unknown" while the copy fails. That an id
// is not known is said only when all have answered.
//
// The level is the admin's for what KEV lists; otherwise it is suspicious from a
// score or a probability on that the admin sets.
//
// APIs: https://nvd.nist.gov/developers/vulnerabilities,
// https://api.first.org/epss, https://vulnerability.circl.lu/documentation/api.html.
package cve

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
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
		Hosts: []string{"services.nvd.nist.gov", "api.first.org", "vulnerability.circl.lu"},
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
	all := sources(read.Value, cfg)
	if err := ask(ctx, job, all); err != nil {
		return cortex.Report{}, err
	}
	f := full{ID: read.Value, Notice: notice}
	var failed error
	for _, s := range all {
		if s.err == nil {
			s.err = s.read(s.answer, &f)
		}
		told := source{Name: s.name}
		if s.err != nil {
			told.Error = s.err.Error()
			failed = both(failed, s.err)
		}
		f.Sources = append(f.Sources, told)
	}
	if !f.Found && failed != nil {
		return cortex.Report{}, failed
	}
	return f.report(cfg), nil
}

// both tells two errors in one line.
func both(one, other error) error {
	if one == nil {
		return other
	}
	return fmt.Errorf("%w; %w", one, other)
}

// ask puts the questions to all services at once. Each one's error stays with it;
// the error is of settings that none can be asked with.
func ask(ctx context.Context, job *cortex.Job, all []*question) error {
	clients := make([]*upstream.Client, len(all))
	for i, s := range all {
		var err error
		if clients[i], err = job.Upstream(s.options); err != nil {
			return err
		}
	}
	cortex.Together(len(all), func(i int) { all[i].answer, all[i].err = clients[i].Do(ctx, all[i].request) })
	return ctx.Err()
}
