package otx

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	most            = 50  // pulses, and values of each list, in a report
	mostDescription = 500 // characters of a pulse's description
)

// full is the report. Times are as OTX writes them, in UTC.
type full struct {
	Found       bool         `json:"found"`
	Level       cortex.Level `json:"level"`
	Link        string       `json:"link"`
	Count       int64        `json:"count"` // pulses, of which the report lists 50
	Doubts      []string     `json:"doubts,omitempty"`
	Malware     []string     `json:"malware,omitempty"`
	Adversaries []string     `json:"adversaries,omitempty"`
	Attack      []string     `json:"attack,omitempty"`     // ATT&CK ids
	Industries  []string     `json:"industries,omitempty"` // that pulses say are attacked
	Targets     []string     `json:"targets,omitempty"`    // countries that are
	ASN         string       `json:"asn,omitempty"`
	Country     string       `json:"country,omitempty"` // two letters
	Pulses      []pulse      `json:"pulses,omitempty"`
}

type pulse struct {
	Name        string   `json:"name"`
	Link        string   `json:"link,omitempty"`
	Author      string   `json:"author,omitempty"`
	Description string   `json:"description,omitempty"` // as its author wrote it; hostile
	Created     string   `json:"created,omitempty"`
	Modified    string   `json:"modified,omitempty"`
	TLP         string   `json:"tlp,omitempty"`
	Tags        []string `json:"tags,omitempty"`
	References  []string `json:"references,omitempty"` // as its author gave them: no links to follow blindly
}

// report reads the answer: an indicator, or 404 with a detail where OTX knows
// no such one. Every field may be missing.
func report(answer *upstream.Response, link string, cfg Config) (cortex.Report, error) {
	r := answer.Fields()
	f := full{Level: cortex.Info, Link: link}
	switch {
	case answer.Status == http.StatusNotFound && r.Text("detail", "error") != "":
	case answer.Status == http.StatusNotFound || r.Text("indicator") == "":
		return cortex.Report{}, answer.Strange("its answer is not one of OTX")
	default:
		f.read(r)
		f.Level = f.level(cfg)
	}
	return cortex.Report{Full: f, Taxonomies: f.labels()}, nil
}

// read takes over what OTX knows.
func (f *full) read(r upstream.Fields) {
	f.Count, f.ASN, f.Country = r.Number("pulse_info.count"), r.Text("asn"), r.Text("country_code")
	for _, v := range r.List("validation") {
		if source := v.Text("source", "name"); source != "" {
			add(&f.Doubts, "on the list "+source)
		}
	}
	for _, v := range r.List("false_positive") {
		if v.Text("assessment") == "accepted" {
			add(&f.Doubts, "accepted as a false positive")
		}
	}
	list := r.List("pulse_info.pulses")
	for _, p := range list {
		f.readPulse(p)
	}
	f.Count = max(f.Count, int64(len(list)))
	f.Found = f.Count > 0
}

func (f *full) readPulse(r upstream.Fields) {
	p := pulse{
		Name: r.Text("name"), Author: r.Text("author.username", "author_name"), Created: r.Text("created"), Modified: r.Text("modified"),
		Description: harmless.Cut(r.Text("description"), mostDescription), TLP: r.Text("TLP", "tlp"), Tags: first(r.Texts("tags")), References: first(r.Texts("references")),
	}
	if id := r.Text("id"); id != "" {
		p.Link = baseURL + "/pulse/" + url.PathEscape(id)
	}
	if p.Name != "" && len(f.Pulses) < most {
		f.Pulses = append(f.Pulses, p)
	}
	add(&f.Adversaries, r.Text("adversary"))
	add(&f.Industries, r.Texts("industries")...)
	add(&f.Targets, r.Texts("targeted_countries")...)
	add(&f.Malware, r.Texts("malware_families")...) // as texts, or as objects
	for _, m := range r.List("malware_families") {
		add(&f.Malware, m.Text("display_name"))
	}
	for _, a := range r.List("attack_ids") {
		add(&f.Attack, a.Text("id"))
	}
}

// add adds values that are none of the list yet.
func add(list *[]string, values ...string) {
	for _, v := range values {
		if v != "" && len(*list) < most && !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
}

func first(list []string) []string { return list[:min(most, len(list))] }

// level is the verdict; see the package's documentation.
func (f full) level(cfg Config) cortex.Level {
	switch {
	case !f.Found, len(f.Doubts) > 0:
		return cortex.Info
	case f.Count >= cfg.Malicious:
		return cortex.Malicious
	case f.Count >= cfg.Suspicious:
		return cortex.Suspicious
	}
	return cortex.Info
}

func (f full) labels() []cortex.Taxonomy {
	out := []cortex.Taxonomy{{Level: f.Level, Predicate: "Pulses", Value: f.Count}}
	if len(f.Malware) > 0 {
		name := f.Malware[0]
		if len(f.Malware) > 1 {
			name += fmt.Sprintf(" and %d more", len(f.Malware)-1)
		}
		out = append(out, cortex.Taxonomy{Level: f.Level, Predicate: "Malware", Value: name})
	}
	if len(f.Doubts) > 0 {
		out = append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: "Doubt", Value: f.Doubts[0]})
	}
	return out
}
