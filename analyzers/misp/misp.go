// Package misp is the analyzer that looks an observable up in the user's MISP:
// events that hold it, their tags, sightings, and warninglists it is on.
//
// The level: malicious if an event marks the value for detection (to_ids),
// suspicious if events only mention it. One level lower if it is on a
// warninglist, or if its last sighting is a false positive.
package misp

import (
	"context"
	_ "embed"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/upstream"
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_MISP",
	Version:     "1.0",
	Description: "Looks an observable up in your MISP: events, tags, to_ids, sightings and warninglists",
	DataTypes: []string{"ip", "domain", "fqdn", "hostname", "url", "uri_path", "hash", "mail", "mail-subject", "filename",
		"registry", "user-agent", "autonomous-system", "cve", "vulnerability", "other"},
	BaseConfig:   "misp",
	Service:      cortex.Service{Name: "MISP", Homepage: "https://www.misp-project.org"},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	URL       string `cortex:"url" required:"true" description:"MISP's address, as a browser has it"`
	Key       string `cortex:"key" required:"true" secret:"true" description:"auth key of a user of MISP; a read-only one will do"`
	VerifyTLS bool   `cortex:"verify_tls" default:"true" description:"check MISP's certificate; better than false: name its authority in cacerts"`
	Limit     int    `cortex:"limit" default:"100" description:"how many attributes to report at most"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	o := misp.Options{URL: cfg.URL, Key: cfg.Key, HTTP: upstream.Options{InsecureSkipVerify: !cfg.VerifyTLS}}
	hc, err := job.Upstream(o.Upstream())
	if err != nil {
		return cortex.Report{}, err
	}
	client, values := misp.Over(hc, o), spellings(job.Data)
	f := newFull(cfg)
	if err := f.addAttributes(ctx, client, misp.Search{Values: values, Limit: cfg.Limit}); err != nil {
		return cortex.Report{}, err
	}
	if err := f.addWarninglists(ctx, client, values); err != nil {
		return cortex.Report{}, err
	}
	f.Level = f.level()
	return cortex.Report{Full: f, Taxonomies: f.labels()}, nil
}

// spellings are the value as the analyst wrote it, and as MISP stores it.
func spellings(data string) []string {
	values := []string{data}
	if i, ok := ioc.Parse(data); ok {
		typ, _ := i.Kind.MISP(i.Value)
		if v := misp.Normalise(typ, i.Value); v != data {
			values = append(values, v)
		}
	}
	return values
}
