package misp

import (
	"fmt"
	"slices"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
)

// full is the report.
type full struct {
	Found        bool         `json:"found"`
	Level        cortex.Level `json:"level"`
	Note         string       `json:"note,omitempty"`
	ToIDS        int          `json:"to_ids"` // events that mark the value for detection
	Events       []*event     `json:"events"` // latest change first
	Sightings    misp.Tally   `json:"sightings"`
	Warninglists []hit        `json:"warninglists"`
	Quota        misp.Quota   `json:"quota,omitzero"`
}

type event struct {
	ID          string      `json:"id"`
	UUID        string      `json:"uuid"`
	Link        string      `json:"link"`
	Info        string      `json:"info"`
	Date        string      `json:"date,omitempty"`
	Org         string      `json:"org,omitempty"`
	ThreatLevel string      `json:"threat_level,omitempty"`
	Published   bool        `json:"published"`
	Tags        []string    `json:"tags,omitempty"`
	ToIDS       bool        `json:"to_ids"`
	Galaxies    []cluster   `json:"galaxies,omitempty"`
	Attributes  []attribute `json:"attributes"`
	Objects     []*whole    `json:"objects,omitempty"`    // that attributes are part of
	Correlated  []related   `json:"correlated,omitempty"` // events that share a value with this one
	Correlates  int         `json:"correlates_with"`      // so many
}

type attribute struct {
	UUID      string    `json:"uuid"`
	Type      string    `json:"type"`
	Category  string    `json:"category"`
	Value     string    `json:"value"`
	ToIDS     bool      `json:"to_ids"`
	Comment   string    `json:"comment,omitempty"`
	Object    string    `json:"object,omitempty"`   // the number of the object it is part of
	Relation  string    `json:"relation,omitempty"` // and its role there
	Tags      []string  `json:"tags,omitempty"`
	FirstSeen time.Time `json:"first_seen,omitzero"`
	LastSeen  time.Time `json:"last_seen,omitzero"`
}

type hit struct {
	List  string `json:"list"`
	Match string `json:"match,omitempty"` // the list's entry
}

// report makes a report of the attributes, the latest first.
func report(cfg Config, found []misp.Attribute, sightings misp.Tally) *full {
	f := &full{Found: len(found) > 0, Events: []*event{}, Sightings: sightings, Warninglists: []hit{}}
	if !cfg.VerifyTLS {
		f.Note = "MISP's certificate was not checked (verify_tls)."
	}
	for _, a := range found {
		f.add(a, misp.EventPage(cfg.URL, a.EventUUID))
	}
	return f
}

// add puts an attribute under its event.
func (f *full) add(a misp.Attribute, link string) {
	at := slices.IndexFunc(f.Events, func(e *event) bool { return e.UUID == a.EventUUID })
	if at < 0 {
		at = len(f.Events)
		f.Events = append(f.Events, &event{
			ID: a.EventID, UUID: a.EventUUID, Link: link, Info: a.EventInfo, Date: a.EventDate,
			Org: a.EventOrg, ThreatLevel: a.Threat.String(), Published: a.Published, Tags: a.EventTags,
		})
	}
	e := f.Events[at]
	e.Attributes = append(e.Attributes, attribute{UUID: a.UUID, Type: a.Type, Category: a.Category, Value: a.Value,
		ToIDS: a.ToIDS, Comment: a.Comment, Object: a.ObjectID, Relation: a.Relation, Tags: a.Tags, FirstSeen: a.FirstSeen, LastSeen: a.LastSeen})
	if a.ToIDS && !e.ToIDS {
		e.ToIDS = true
		f.ToIDS++
	}
}

// warn adds warninglists, each once.
func (f *full) warn(hits []misp.Hit) {
	for _, h := range hits {
		if !slices.ContainsFunc(f.Warninglists, func(other hit) bool { return other.List == h.List }) {
			f.Warninglists = append(f.Warninglists, hit{List: h.List, Match: h.Match})
		}
	}
}

// level is the verdict; see the package's documentation.
func (f *full) level() cortex.Level {
	levels := []cortex.Level{cortex.Info, cortex.Suspicious, cortex.Malicious}
	at := 0
	switch {
	case f.ToIDS > 0:
		at = 2
	case f.Found:
		at = 1
	}
	if len(f.Warninglists) > 0 || f.Sightings.LastType == misp.FalsePositive {
		at = max(0, at-1)
	}
	return levels[at]
}

func (f *full) labels() []cortex.Taxonomy {
	events := fmt.Sprintf("%d", len(f.Events))
	if f.ToIDS > 0 {
		events += fmt.Sprintf(" (%d to_ids)", f.ToIDS)
	}
	out := []cortex.Taxonomy{{Level: f.Level, Predicate: "Events", Value: events}}
	if f.Sightings.FalsePositive > 0 {
		out = append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: "FalsePositive", Value: f.Sightings.FalsePositive})
	}
	if len(f.Warninglists) > 0 {
		out = append(out, cortex.Taxonomy{Level: cortex.Info, Predicate: "Warninglist", Value: f.Warninglists[0].List})
	}
	return out
}
