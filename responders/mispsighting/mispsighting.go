// Package mispsighting is the responder that tells MISP what became of the
// values of a case: that one was seen, that it is harmless (a false positive), or
// that it is no indicator any more (an expiration).
//
// A sighting is of an attribute: each attribute with the value, in each event
// that MISP shows the key's user, gets one. MISP counts every sighting that it is
// sent, so the responder asks first: what the attribute has of that type, from
// that source, of the moment at which the observable was seen, is left as it is.
// https://www.circl.lu/doc/misp/sightings/
package mispsighting

import (
	"context"
	"slices"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	// atOnce is how many values MISP is asked for in one search.
	atOnce = 100
	// mostAttributes bounds what one search gives: each attribute is two requests.
	mostAttributes = 1000
)

// Responder is the worker.
var Responder = cortex.NewResponder(cortex.Definition{
	Name:        "Waggle_MISPSighting",
	Version:     "1.0",
	Description: "Tells MISP that an observable, or those of a case, were seen, are false positives or have expired",
	DataTypes:   []string{"thehive:case_artifact", "thehive:case"},
	Service:     cortex.Service{Name: "MISP", Homepage: "https://www.misp-project.org"},
}, run, probe)

// Config is what the admin sets.
type Config struct {
	MISPURL      string `cortex:"misp_url" required:"true" description:"MISP's address, as a browser has it"`
	MISPKey      string `cortex:"misp_key" required:"true" secret:"true" description:"auth key of a user of MISP who may add sightings"`
	TheHiveURL   string `cortex:"thehive_url" required:"true" description:"TheHive's address, as a browser has it"`
	TheHiveKey   string `cortex:"thehive_key" required:"true" secret:"true" description:"API key of a user of TheHive who may read the cases"`
	Organisation string `cortex:"thehive_organisation" description:"that user's organisation in TheHive, if there are several"`
	VerifyTLS    bool   `cortex:"verify_tls" default:"true" description:"check the certificates of both; better than false: name their authority in cacerts"`
	Type         string `cortex:"type" default:"sighting" oneof:"sighting,false-positive,expiration" description:"what to tell: sighting, false-positive or expiration; enable the responder once for each, under names of their own"`
	OfCase       string `cortex:"of_case" default:"sighted" oneof:"sighted,ioc,all" description:"which observables of a case: sighted (flagged as sighted), ioc (flagged as IoC) or all"`
	Source       string `cortex:"source" default:"Waggle" description:"who saw it, as MISP shows it to everybody who sees the event"`
}

// what gives MISP's type of sighting.
func (c Config) what() misp.SightingType {
	switch c.Type {
	case "false-positive":
		return misp.FalsePositive
	case "expiration":
		return misp.Expiration
	}
	return misp.Seen
}

// wants tells whether an observable of a case is one to tell of.
func (c Config) wants(o thehive.Observable) bool {
	return c.OfCase == "all" || c.OfCase == "ioc" && o.IOC || c.OfCase == "sighted" && o.Sighted
}

// connect gives the clients of the two servers.
func (c Config) connect(job *cortex.Job) (*thehive.Client, *misp.Client, error) {
	http := upstream.Options{InsecureSkipVerify: !c.VerifyTLS}
	hive, err := cortex.Connect(job, thehive.Over, thehive.Options{URL: c.TheHiveURL, Key: c.TheHiveKey, Organisation: c.Organisation, HTTP: http})
	if err != nil {
		return nil, nil, err
	}
	server, err := cortex.Connect(job, misp.Over, misp.Options{URL: c.MISPURL, Key: c.MISPKey, HTTP: http})
	return hive, server, err
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	hive, client, err := cfg.connect(job)
	if err != nil {
		return cortex.Report{}, err
	}
	record, observables, err := hive.Handed(ctx, job.DataType, job.Object)
	if err != nil {
		return cortex.Report{}, err
	}
	if err := job.Permit("the "+record.Kind, record.TLP, record.PAP); err != nil {
		return cortex.Report{}, err
	}
	f := newFull(cfg)
	var told []thehive.Observable
	for _, o := range observables {
		if o.Start.IsZero() {
			o.Start = record.Date
		}
		switch {
		case job.DataType == "thehive:case" && !cfg.wants(o):
			f.LeftOut++
		case job.Permit("", o.TLP, record.PAP) != nil:
			f.leave(o, "its TLP is above what the responder is allowed to tell of (max_tlp)")
		default:
			told = append(told, o)
		}
	}
	for some := range slices.Chunk(told, atOnce) {
		if err := f.tell(ctx, client, cfg, some); err != nil {
			return cortex.Report{}, err
		}
	}
	f.Message = f.sentence()
	return cortex.Report{Full: f}, nil
}

// tell records the sightings of some observables.
func (f *full) tell(ctx context.Context, client *misp.Client, cfg Config, observables []thehive.Observable) error {
	values := f.searchable(observables)
	if len(values) == 0 {
		return nil
	}
	found, err := client.SearchAttributes(ctx, misp.Search{Values: values, Limit: mostAttributes})
	if err != nil {
		return err
	}
	f.Limited = f.Limited || len(found) == mostAttributes
	held := byValue(found)
	for _, o := range observables {
		attributes := attributesOf(o, held)
		if len(attributes) == 0 && len(spellings(o)) > 0 {
			f.leave(o, "no event that the key's user may see has it")
		}
		for _, a := range attributes {
			if f.done[a.ID] {
				continue // another observable led to it: the hash of a file and the file
			}
			f.done[a.ID] = true
			added, err := client.PutSighting(ctx, misp.Sighting{Attribute: a.ID, Type: cfg.what(), Source: cfg.Source, At: o.Start})
			if err != nil {
				return err
			}
			f.count(a, added)
		}
	}
	return nil
}
