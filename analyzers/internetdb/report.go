package internetdb

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// most is how many values each list of a report has at most, and how many
// artifacts it has at most.
const most = 100

// full is the report.
type full struct {
	Found           bool         `json:"found"`
	Level           cortex.Level `json:"level"`
	Link            string       `json:"link,omitempty"`
	Ports           []int64      `json:"ports,omitempty"`
	Hostnames       []string     `json:"hostnames,omitempty"`
	Tags            []string     `json:"tags,omitempty"`
	Software        []string     `json:"software,omitempty"`        // CPE 2.2 or 2.3 names
	Vulnerabilities []string     `json:"vulnerabilities,omitempty"` // CVE ids, that the versions shown have
}

// report reads the answer: what is known, or 404. Every field may be missing.
func report(answer *upstream.Response, cfg Config) (cortex.Report, error) {
	f := full{Level: cortex.Info}
	r := answer.Fields()
	switch ip := r.Text("ip"); {
	case answer.Status == http.StatusNotFound && r.Text("detail") != "":
	case answer.Status == http.StatusNotFound || ip == "":
		return cortex.Report{}, answer.Strange("its answer is not InternetDB's")
	default:
		f = full{
			Found: true, Link: "https://www.shodan.io/host/" + url.PathEscape(ip), Ports: first(r.Numbers("ports")), Hostnames: first(r.Texts("hostnames")),
			Tags: first(r.Texts("tags")), Software: first(r.Texts("cpes")), Vulnerabilities: first(r.Texts("vulns")),
		}
		f.Level = f.level(cfg)
	}
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts()}, nil
}

func first[T any](list []T) []T { return list[:min(most, len(list))] }

// level is the verdict; see the package's documentation.
func (f full) level(cfg Config) cortex.Level {
	has := func(tags []string) bool {
		return slices.ContainsFunc(f.Tags, func(tag string) bool {
			return slices.ContainsFunc(tags, func(named string) bool { return strings.EqualFold(named, tag) })
		})
	}
	switch {
	case has(cfg.Malicious):
		return cortex.Malicious
	case has(cfg.Suspicious), cfg.Vulnerabilities > 0 && len(f.Vulnerabilities) >= cfg.Vulnerabilities:
		return cortex.Suspicious
	}
	return cortex.Info
}

// labels are those of the verdict's level, and the ports, which have none.
func (f full) labels() []cortex.Taxonomy {
	if !f.Found {
		return []cortex.Taxonomy{{Level: cortex.Info, Predicate: "Known", Value: "no"}}
	}
	var out []cortex.Taxonomy
	if len(f.Tags) > 0 {
		out = append(out, cortex.Taxonomy{Level: f.Level, Predicate: "Tags", Value: strings.Join(f.Tags, ", ")})
	}
	if len(f.Vulnerabilities) > 0 {
		out = append(out, cortex.Taxonomy{Level: f.Level, Predicate: "Vulnerabilities", Value: len(f.Vulnerabilities)})
	}
	ports := "none open"
	if n := len(f.Ports); n > 0 {
		ports = strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Ports[:min(5, n)]), " ", ", "), "[]")
		if n > 5 {
			ports += fmt.Sprintf(" and %d more", n-5)
		}
	}
	return append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: "Ports", Value: ports})
}

// artifacts are the host names.
func (f full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, name := range f.Hostnames {
		out = append(out, cortex.Artifact{DataType: ioc.Domain.TheHive(name), Data: name, Message: "InternetDB: name of this address", Tags: f.Tags})
	}
	return out
}
