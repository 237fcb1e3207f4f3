package misp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/misp"
)

// mostSighted is how many attributes are asked for their sightings, the latest
// first: each is a request.
const mostSighted = 20

// full is the report.
type full struct {
	Found        bool         `json:"found"`
	Level        cortex.Level `json:"level"`
	Note         string       `json:"note,omitempty"`
	ToIDS        int          `json:"to_ids"` // events that mark the value for detection
	Events       []*event     `json:"events"` // latest change first
	Sightings    sightings    `json:"sightings"`
	Warninglists []hit        `json:"warninglists"`

	address string // MISP's, without a slash at its end
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
	Attributes  []attribute `json:"attributes"`
}

type attribute struct {
	UUID      string    `json:"uuid"`
	Type      string    `json:"type"`
	Category  string    `json:"category"`
	Value     string    `json:"value"`
	ToIDS     bool      `json:"to_ids"`
	Comment   string    `json:"comment,omitempty"`
	Tags      []string  `json:"tags,omitempty"`
	FirstSeen time.Time `json:"first_seen,omitzero"`
	LastSeen  time.Time `json:"last_seen,omitzero"`
}

type sightings struct {
	Seen          int       `json:"seen"`
	FalsePositive int       `json:"false_positive"`
	Expiration    int       `json:"expiration"`
	Last          time.Time `json:"last,omitzero"`
	lastType      misp.SightingType
}

type hit struct {
	List  string `json:"list"`
	Match string `json:"match,omitempty"` // the list's entry
}

func newFull(cfg Config) *full {
	f := &full{Events: []*event{}, Warninglists: []hit{}, address: strings.TrimRight(cfg.URL, "/")}
	if !cfg.VerifyTLS {
		f.Note = "MISP's certificate was not checked (verify_tls)."
	}
	return f
}

// addAttributes finds the attributes, and the sightings of the latest.
func (f *full) addAttributes(ctx context.Context, client *misp.Client, s misp.Search) error {
	found, err := client.SearchAttributes(ctx, s)
	if err != nil {
		return err
	}
	slices.SortStableFunc(found, func(a, b misp.Attribute) int { return b.Timestamp.Compare(a.Timestamp) })
	found = slices.DeleteFunc(found, func(a misp.Attribute) bool { return a.ID == "" || a.EventUUID == "" })
	for i, a := range found {
		f.add(a)
		if i >= mostSighted {
			continue
		}
		seen, err := client.Sightings(ctx, a.ID)
		if err != nil {
			return err
		}
		for _, s := range seen {
			f.Sightings.add(s)
		}
	}
	return nil
}

// add puts an attribute under its event.
func (f *full) add(a misp.Attribute) {
	f.Found = true
	at := slices.IndexFunc(f.Events, func(e *event) bool { return e.UUID == a.EventUUID })
	if at < 0 {
		at = len(f.Events)
		f.Events = append(f.Events, &event{
			ID: a.EventID, UUID: a.EventUUID, Link: f.address + "/events/view/" + a.EventUUID, Info: a.EventInfo, Date: a.EventDate,
			Org: a.EventOrg, ThreatLevel: threat(a.Threat), Published: a.Published, Tags: a.EventTags,
		})
	}
	e := f.Events[at]
	e.Attributes = append(e.Attributes, attribute{UUID: a.UUID, Type: a.Type, Category: a.Category, Value: a.Value,
		ToIDS: a.ToIDS, Comment: a.Comment, Tags: a.Tags, FirstSeen: a.FirstSeen, LastSeen: a.LastSeen})
	if a.ToIDS && !e.ToIDS {
		e.ToIDS = true
		f.ToIDS++
	}
}

func (s *sightings) add(one misp.Sighting) {
	switch one.Type {
	case misp.FalsePositive:
		s.FalsePositive++
	case misp.Expiration:
		s.Expiration++
	default:
		s.Seen++
	}
	if one.At.After(s.Last) {
		s.Last, s.lastType = one.At, one.Type
	}
}

func (f *full) addWarninglists(ctx context.Context, client *misp.Client, values []string) error {
	hits, err := client.CheckWarninglists(ctx, values)
	if err != nil {
		return err
	}
	for _, v := range values {
		for _, h := range hits[v] {
			if !slices.ContainsFunc(f.Warninglists, func(other hit) bool { return other.List == h.List }) {
				f.Warninglists = append(f.Warninglists, hit{List: h.List, Match: h.Match})
			}
		}
	}
	return nil
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
	if len(f.Warninglists) > 0 || f.Sightings.lastType == misp.FalsePositive {
		at = max(0, at-1)
	}
	return levels[at]
}

func (f *full) labels() []cortex.Taxonomy {
	label := func(level cortex.Level, predicate string, value any) cortex.Taxonomy {
		return cortex.Taxonomy{Level: level, Namespace: "MISP", Predicate: predicate, Value: value}
	}
	events := fmt.Sprintf("%d", len(f.Events))
	if f.ToIDS > 0 {
		events += fmt.Sprintf(" (%d to_ids)", f.ToIDS)
	}
	out := []cortex.Taxonomy{label(f.Level, "Events", events)}
	if f.Sightings.FalsePositive > 0 {
		out = append(out, label(cortex.Info, "FalsePositive", f.Sightings.FalsePositive))
	}
	if len(f.Warninglists) > 0 {
		out = append(out, label(cortex.Info, "Warninglist", f.Warninglists[0].List))
	}
	return out
}

func threat(level misp.ThreatLevel) string {
	return map[misp.ThreatLevel]string{misp.High: "high", misp.Medium: "medium", misp.Low: "low", misp.Undefined: "undefined"}[level]
}
