// Package misp is the analyzer that looks an observable up in the user's MISP:
// events that hold it, with their tags, galaxies and correlations, the objects
// it is part of, sightings, and warninglists it is on.
//
// The level: malicious if an event marks the value for detection (to_ids),
// suspicious if events only mention it. One level lower if it is on a
// warninglist, or if its last sighting is a false positive.
package misp

import (
	"context"
	_ "embed"
	"slices"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// mostSighted is how many attributes are asked for their sightings, the latest
// first: each is a request.
const mostSighted = 20

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_MISP",
	Version:     "1.0",
	Description: "Looks an observable up in your MISP: events, objects, galaxies, to_ids, sightings, warninglists and correlations",
	DataTypes: []string{"ip", "domain", "fqdn", "hostname", "url", "uri_path", "hash", "mail", "mail-subject", "filename",
		"registry", "user-agent", "autonomous-system", "cve", "vulnerability", "other"},
	BaseConfig:   "misp",
	Service:      cortex.Service{Name: "MISP", Homepage: "https://www.misp-project.org"},
	LongTemplate: long,
}, run, probe)

// Config is what the admin sets.
type Config struct {
	URL       string `cortex:"url" required:"true" description:"MISP's address, as a browser has it"`
	Key       string `cortex:"key" required:"true" secret:"true" description:"auth key of a user of MISP; a read-only one will do"`
	VerifyTLS bool   `cortex:"verify_tls" default:"true" description:"check MISP's certificate; better than false: name its authority in cacerts"`
	Limit     int    `cortex:"limit" default:"100" description:"how many attributes to report at most"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	client, err := cortex.Connect(job, misp.Over, misp.Options{URL: cfg.URL, Key: cfg.Key, HTTP: upstream.Options{InsecureSkipVerify: !cfg.VerifyTLS}})
	if err != nil {
		return cortex.Report{}, err
	}
	values := misp.Spellings(job.Data)
	found, err := client.SearchAttributes(ctx, misp.Search{Values: values, Limit: cfg.Limit})
	if err != nil {
		return cortex.Report{}, err
	}
	found = slices.DeleteFunc(found, func(a misp.Attribute) bool { return a.ID == "" || a.EventUUID == "" })
	slices.SortStableFunc(found, func(a, b misp.Attribute) int { return b.Timestamp.Compare(a.Timestamp) })
	sightings, err := client.TallySightings(ctx, found[:min(mostSighted, len(found))])
	if err != nil {
		return cortex.Report{}, err
	}
	hits, err := client.CheckWarninglists(ctx, values)
	if err != nil {
		return cortex.Report{}, err
	}
	f := report(cfg, found, sightings)
	for _, v := range values {
		f.warn(hits[v])
	}
	if err := surround(ctx, client, f, cfg.URL); err != nil {
		return cortex.Report{}, err
	}
	f.Quota, f.Level = client.Quota(), f.level()
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts(values)}, nil
}
