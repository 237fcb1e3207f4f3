package asn

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// most is how many networks, and how many systems, a report has.
const most = 10

// full is the report. Dates are as the registries write them: 2006-01-02.
type full struct {
	Found    bool         `json:"found"`
	Level    cortex.Level `json:"level"`
	Asked    string       `json:"asked"`
	Networks []network    `json:"networks"` // that hold the address, the narrowest first
	Systems  []system     `json:"systems"`
	Failed   string       `json:"failed,omitempty"` // why a system has no name
}

// network is one that is announced on the Internet.
type network struct {
	Prefix    string   `json:"prefix"`
	Systems   []string `json:"systems,omitempty"` // that announce it
	Country   string   `json:"country,omitempty"`
	Registry  string   `json:"registry,omitempty"`
	Allocated string   `json:"allocated,omitempty"`

	prefix netip.Prefix
}

type system struct {
	Number    string       `json:"number"` // AS64496
	Name      string       `json:"name,omitempty"`
	Country   string       `json:"country,omitempty"`
	Registry  string       `json:"registry,omitempty"`
	Allocated string       `json:"allocated,omitempty"`
	Level     cortex.Level `json:"level"`
}

func (f full) report(lists levels) cortex.Report {
	f.Found, f.Level = len(f.Networks)+len(f.Systems) > 0, cortex.Info
	var labels []cortex.Taxonomy
	var artifacts []cortex.Artifact
	for i := range f.Systems {
		s := &f.Systems[i]
		s.Level = cmp.Or(lists[s.Number], cortex.Info)
		if s.Level.Worse(f.Level) {
			f.Level = s.Level
		}
		labels = append(labels, cortex.Taxonomy{Level: s.Level, Predicate: "System", Value: strings.TrimSpace(s.Number + " " + s.Name)})
		if s.Number != f.Asked {
			artifacts = append(artifacts, cortex.Artifact{DataType: "autonomous-system", Data: s.Number, Message: "Team Cymru: announces " + f.Asked})
		}
	}
	if len(f.Networks) > 0 {
		n := f.Networks[0]
		labels = append(labels, cortex.Taxonomy{Level: cortex.Info, Predicate: "Network", Value: strings.TrimSpace(n.Prefix + " " + n.Country)})
	}
	if !f.Found {
		labels = append(labels, cortex.Taxonomy{Level: cortex.Info, Predicate: "Known", Value: "no"})
	}
	return cortex.Report{Full: f, Taxonomies: labels, Artifacts: artifacts}
}
