// Package iocs is the analyzer that reads indicators of compromise in a text, in
// a file (text, HTML, CSV, STIX and MISP in JSON, PDF, DOCX, XLSX, PPTX, mail with
// its attachments), or in what a URL leads to. Texts and files leave the machine
// at no TLP and PAP; a URL is read up to the marking that the admin allows.
package iocs

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"maps"
	"slices"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
)

// mostRows is how many values the report's table shows; the counts go on.
const mostRows = 2000

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:         "Waggle_IOCs",
	Version:      "1.0",
	Description:  "Reads indicators of compromise in a file, text or page, defanged ones too, and tells them from what is only cited",
	DataTypes:    []string{"file", "other", "mail-subject", "url"},
	Service:      cortex.Service{Hosts: []string{"a URL's own server, if a URL is looked up"}},
	ByHand:       cortex.ByHand{DataTypes: []string{"url"}, Why: "it reads what the URL leads to, which tells the URL's owner"},
	MaxTLP:       new(cortex.MaxTLP),
	MaxPAP:       new(cortex.MaxPAP),
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Artifacts int      `cortex:"artifacts" default:"100" description:"how many artifacts to return at most"`
	FetchTLP  int      `cortex:"fetch_max_tlp" default:"2" description:"a URL is read up to this TLP, as its server is told"`
	FetchPAP  int      `cortex:"fetch_max_pap" default:"1" description:"a URL is read up to this PAP: the server may be the one that the analyst looks for"`
	Lists     string   `cortex:"lists" description:"path of a lists.bin that 'feeder lists update' compiled, as the worker sees it: in a container it must be part of the image; unset: the built-in list of known-benign values alone"`
	Roles     []string `cortex:"roles" default:"indicator" oneof:"indicator,reference,benign" description:"which values become artifacts: indicator, reference (a cited link), benign (known good, private or reserved)"`
}

// full is the report.
type full struct {
	Source  source         `json:"source"`
	Counts  map[string]int `json:"counts"` // of the indicators, by kind
	Total   int            `json:"total"`  // of all values, whatever their role
	Omitted int            `json:"omitted,omitempty"`
	Values  []row          `json:"values"` // indicators first, then as they stand in the text
}

// row is one value of the table.
type row struct {
	Type       ioc.Kind `json:"type"`
	Value      string   `json:"value"`
	Raw        string   `json:"raw,omitempty"` // as it stood there, where that differs
	Role       ioc.Role `json:"role"`
	Confidence int      `json:"confidence"` // 0–100
	Why        string   `json:"why,omitempty"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (_ cortex.Report, err error) {
	lists, err := knownbenign.Configured(cfg.Lists)
	if err != nil {
		return cortex.Report{}, err
	}
	defer func() { err = errors.Join(err, lists.Close()) }()
	src, found, err := read(ctx, job, cfg, ioc.Options{Known: ioc.KnownBy(lists)})
	if err != nil {
		return cortex.Report{}, err
	}
	slices.SortStableFunc(found, func(a, b ioc.Indicator) int { return cmp.Compare(rank(a.Role), rank(b.Role)) })
	f := full{Source: src, Counts: map[string]int{}, Total: len(found), Values: []row{}}
	var artifacts []cortex.Artifact
	for i, in := range found {
		in.NoteLists(lists)
		if in.Role == ioc.Attack {
			f.Counts[string(in.Kind)]++
		}
		if i < mostRows {
			f.Values = append(f.Values, rowOf(in))
		}
		if slices.Contains(cfg.Roles, string(in.Role)) && len(artifacts) < cfg.Artifacts {
			artifacts = append(artifacts, artifactOf(in))
		}
	}
	f.Omitted = len(found) - len(f.Values)
	return cortex.Report{Full: f, Taxonomies: labels(f.Counts), Artifacts: artifacts}, nil
}

// rank is a role's place in the table.
func rank(role ioc.Role) int {
	return slices.Index([]ioc.Role{ioc.Attack, ioc.Reference, ioc.Benign}, role)
}

func rowOf(in ioc.Indicator) row {
	r := row{Type: in.Kind, Value: in.Value, Role: in.Role, Confidence: in.Confidence, Why: in.Why}
	if in.Raw != in.Value {
		r.Raw = in.Raw
	}
	return r
}

func artifactOf(in ioc.Indicator) cortex.Artifact {
	return cortex.Artifact{
		DataType: in.Kind.TheHive(in.Value), Data: in.Value, Message: in.Why,
		Tags: []string{string(in.Kind), string(in.Role)},
	}
}

// labels count the indicators by kind: IOCs:domain=3.
func labels(counts map[string]int) []cortex.Taxonomy {
	out := []cortex.Taxonomy{}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: kind, Value: counts[kind]})
	}
	if len(out) == 0 {
		out = append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: "indicators", Value: 0})
	}
	return out
}
