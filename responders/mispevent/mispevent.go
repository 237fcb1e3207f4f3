// Package mispevent is the responder that makes or updates one MISP event from
// a case, an alert or one observable of a case in TheHive.
//
// The event's UUID is made of TheHive's address and the record's id, unless the
// record carries the tag misp:event=<uuid>, which the responder itself leaves
// and which goes with an alert into its case: so there is one event for one
// case, however often and from wherever the responder is run.
//
// The event is marked and distributed as the case's TLP says. What is marked
// higher than the case is withheld and reported, as is what MISP refuses. How
// observables become attributes and objects is told by package misp.
package mispevent

import (
	"context"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Responder is the worker.
var Responder = cortex.NewResponder(cortex.Definition{
	Name:        "Waggle_MISPEvent",
	Version:     "1.0",
	Description: "Makes or updates one MISP event from a case, an alert or an observable, and leaves its link there",
	DataTypes:   []string{"thehive:case", "thehive:alert", "thehive:case_artifact"},
	Service:     cortex.Service{Name: "MISP", Homepage: "https://www.misp-project.org"},
}, run, probe)

// Config is what the admin sets.
type Config struct {
	MISPURL      string   `cortex:"misp_url" required:"true" description:"MISP's address, as a browser has it"`
	MISPKey      string   `cortex:"misp_key" required:"true" secret:"true" description:"auth key of a user of MISP who may add events"`
	TheHiveURL   string   `cortex:"thehive_url" required:"true" description:"TheHive's address, as a browser has it; changing it later makes new events for records without the link"`
	TheHiveKey   string   `cortex:"thehive_key" required:"true" secret:"true" description:"API key of a user of TheHive who may read the cases and alerts"`
	Organisation string   `cortex:"thehive_organisation" description:"that user's organisation in TheHive, if there are several"`
	VerifyTLS    bool     `cortex:"verify_tls" default:"true" description:"check the certificates of both; better than false: name their authority in cacerts"`
	OnlyIOCs     bool     `cortex:"only_iocs" default:"false" description:"send only observables flagged as IoC"`
	ToIDS        string   `cortex:"to_ids" default:"ioc" oneof:"ioc,all,none" description:"mark for detection (to_ids): ioc (what is flagged as IoC), all or none"`
	Warninglists bool     `cortex:"warninglists" default:"true" description:"do not mark for detection what is on one of MISP's warninglists"`
	Distribution []string `cortex:"distribution" default:"clear=all,green=community,amber=organisation,amber+strict=organisation,red=organisation" description:"distribution for each TLP, as tlp=organisation, community, connected, all or group:<id of a sharing group>"`
	Tags         []string `cortex:"tags" description:"tags to put on the event besides tlp: and PAP:"`
	CaseTags     string   `cortex:"case_tags" default:"taxonomy" oneof:"taxonomy,all,none" description:"the case's tags to put on the event: taxonomy (those of the form namespace:predicate=\"value\"), all or none"`
	Objects      string   `cortex:"objects" default:"files" oneof:"files,all,none" description:"MISP objects instead of attributes: for files and ATT&CK techniques, for all that has a template (URLs, hosts, addresses, CVEs, CWEs, posts), or none"`
	Verdicts     string   `cortex:"verdicts" default:"comment" oneof:"comment,tag,none" description:"where to tell what analyzers say of an observable: in its comment, as a tag waggle:verdict=\"malicious\", or none"`
	Report       bool     `cortex:"report" default:"true" description:"send the description as event report, which only your organisation sees"`
	Posts        bool     `cortex:"posts" default:"true" description:"send links to the posts that the description lists"`
	Samples      bool     `cortex:"samples" default:"false" description:"send the files flagged as IoC themselves, up to 30 MB each; MISP keeps them encrypted"`
	Publish      bool     `cortex:"publish" default:"false" description:"publish the event"`
	CustomField  string   `cortex:"custom_field" description:"custom field of cases, of type string, that gets the event's address; it must exist in TheHive"`
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
	policy, err := cfg.policy()
	if err != nil {
		return cortex.Report{}, err
	}
	hive, client, err := cfg.connect(job)
	if err != nil {
		return cortex.Report{}, err
	}
	record, observables, err := hive.Handed(ctx, job.DataType, job.Object)
	if err != nil {
		return cortex.Report{}, err
	}
	if err := job.Permit("the "+record.Kind, record.TLP, record.PAP); err != nil { // it may be marked higher than the object
		return cortex.Report{}, err
	}
	version, err := hive.Version(ctx)
	if err != nil {
		return cortex.Report{}, err
	}
	f := newFull(cfg)
	if observables, err = withRest(ctx, hive, observables, f); err != nil {
		return cortex.Report{}, err
	}
	draft := cfg.draft(record, version)
	for _, o := range observables {
		switch {
		case cfg.OnlyIOCs && !o.IOC:
			f.NotIOC++
		case o.TLP > record.TLP:
			f.withhold(o, record.Kind)
		default:
			draft.Observables = append(draft.Observables, observable(hive, o))
		}
	}
	result, err := client.PutDraft(ctx, draft, policy)
	if err != nil {
		return cortex.Report{}, err
	}
	f.tell(result, misp.EventPage(cfg.MISPURL, result.UUID))
	operations := job.AddTag(misp.LinkTag(result.UUID))
	if cfg.CustomField != "" && job.DataType != "thehive:alert" {
		operations = append(operations, cortex.AddCustomField(cfg.CustomField, "string", f.Event.Link))
	}
	return cortex.Report{Full: f, Operations: operations}, nil
}
