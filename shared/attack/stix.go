package attack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// object is an object of a STIX bundle, in as much of it as is read.
// https://github.com/mitre-attack/attack-stix-data/blob/master/USAGE.md
type object struct {
	ID          string   `json:"id"`
	Type        string   `json:"type"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Revoked     bool     `json:"revoked"`
	Deprecated  bool     `json:"x_mitre_deprecated"`
	Aliases     []string `json:"aliases"`         // of groups
	Others      []string `json:"x_mitre_aliases"` // of software
	Platforms   []string `json:"x_mitre_platforms"`
	Short       string   `json:"x_mitre_shortname"` // of a tactic
	Phases      []struct {
		Name string `json:"phase_name"`
	} `json:"kill_chain_phases"`
	References []struct {
		Source string `json:"source_name"`
		ID     string `json:"external_id"`
	} `json:"external_references"`

	// Of a relationship.
	Relation string `json:"relationship_type"`
	Source   string `json:"source_ref"`
	Target   string `json:"target_ref"`

	// Detection of a technique: in words before ATT&CK 18; since then by
	// strategies, whose analytics say which logs to look at.
	// https://mitre-attack.github.io/attack-data-model/
	Detection string   `json:"x_mitre_detection"`
	Analytics []string `json:"x_mitre_analytic_refs"`
	Logs      []struct {
		Name    string `json:"name"`
		Channel string `json:"channel"`
	} `json:"x_mitre_log_source_references"`
}

// kindOf is what an object is an entry of; "" for objects of other types.
func (o object) kind() Kind {
	return map[string]Kind{"attack-pattern": Technique, "x-mitre-tactic": Tactic, "course-of-action": Mitigation,
		"intrusion-set": Group, "malware": Software, "tool": Software}[o.Type]
}

// number is the object's id in ATT&CK.
func (o object) number() string {
	for _, r := range o.References {
		if strings.HasPrefix(r.Source, "mitre-") && r.ID != "" {
			return r.ID
		}
	}
	return ""
}

// Read reads a matrix of ATT&CK as MITRE publishes it: a bundle of STIX 2.1, or
// of 2.0. The entries are sorted by id.
// https://github.com/mitre-attack/attack-stix-data
func Read(bundle []byte) ([]Entry, error) {
	var written struct {
		Type    string   `json:"type"`
		Objects []object `json:"objects"`
	}
	if err := json.Unmarshal(bundle, &written); err != nil {
		return nil, fmt.Errorf("not ATT&CK in STIX: %w", err)
	}
	if written.Type != "bundle" {
		return nil, errors.New("not ATT&CK in STIX: it is no bundle")
	}
	m := matrix{objects: map[string]object{}, entries: map[string]*Entry{}, tactics: map[string]*Entry{}}
	for _, o := range written.Objects {
		m.add(o)
	}
	for _, o := range written.Objects {
		m.place(o)
	}
	for _, o := range written.Objects {
		if o.Type == "relationship" && !o.Revoked && !o.Deprecated {
			m.relate(o)
		}
	}
	return m.sorted()
}

// Changed tells when anything in a bundle was changed last, which is some days
// before MITRE published it; zero where it does not say.
func Changed(bundle []byte) (last time.Time) {
	for _, one := range gjson.GetBytes(bundle, "objects.#.modified").Array() {
		if at, err := time.Parse(time.RFC3339, one.String()); err == nil && at.After(last) {
			last = at
		}
	}
	return last
}

// matrix is what was read so far.
type matrix struct {
	objects map[string]object // by their ids in STIX
	entries map[string]*Entry // by the same
	tactics map[string]*Entry // by their short names
}

// add takes what an object says by itself.
func (m matrix) add(o object) {
	m.objects[o.ID] = o
	number := o.number()
	if kind := o.kind(); kind == "" || kind != KindOf(number) {
		return // another type, or one of the first mitigations, which had ids of techniques
	}
	e := &Entry{Ref: Ref{number, line(o.Name)}, Kind: o.kind(), Description: plain(o.Description, maxDescription), Platforms: o.Platforms,
		Retired: o.Revoked || o.Deprecated}
	for _, alias := range slices.Concat(o.Aliases, o.Others) {
		if alias = line(alias); alias != e.Name && !slices.Contains(e.Aliases, alias) {
			e.Aliases = append(e.Aliases, alias)
		}
	}
	if text := plain(o.Detection, maxHow); text != "" {
		e.Detections = append(e.Detections, Detection{How: text})
	}
	m.entries[o.ID] = e
	if e.Kind == Tactic && !e.Retired {
		m.tactics[o.Short] = e
	}
}

// place puts a technique under its tactics.
func (m matrix) place(o object) {
	e := m.entries[o.ID]
	if e == nil || e.Retired {
		return
	}
	for _, phase := range o.Phases {
		if tactic := m.tactics[phase.Name]; tactic != nil {
			e.Tactics = put(e.Tactics, tactic.Ref)
			tactic.Techniques = put(tactic.Techniques, e.Ref)
		}
	}
}

// relate reads a relationship.
func (m matrix) relate(o object) {
	from, to := m.entries[o.Source], m.entries[o.Target]
	if o.Relation == "detects" {
		if to != nil && !to.Retired {
			to.Detections = append(to.Detections, m.detections(m.objects[o.Source], o)...)
		}
		return
	}
	if from == nil || to == nil {
		return
	}
	if o.Relation == "revoked-by" {
		from.Instead = &to.Ref
		return
	}
	if from.Retired || to.Retired {
		return
	}
	switch o.Relation {
	case "subtechnique-of":
		from.Parent, to.Parts = &to.Ref, put(to.Parts, from.Ref)
	case "mitigates":
		to.Mitigations = append(to.Mitigations, Advice{from.Ref, plain(o.Description, maxHow)})
		from.Techniques = put(from.Techniques, to.Ref)
	case "uses":
		use(from, to)
	}
}

// use notes that a group or software uses a technique or software.
func use(from, to *Entry) {
	switch {
	case to.Kind == Technique && from.Kind == Group:
		to.Groups, from.Techniques = put(to.Groups, from.Ref), put(from.Techniques, to.Ref)
	case to.Kind == Technique && from.Kind == Software:
		to.Software, from.Techniques = put(to.Software, from.Ref), put(from.Techniques, to.Ref)
	case to.Kind == Software && from.Kind == Group:
		to.Groups, from.Software = put(to.Groups, from.Ref), put(from.Software, to.Ref)
	}
}

// detections are what the source of a "detects" says: a strategy by each of its
// analytics, or, before ATT&CK 18, one that names what is observed.
func (m matrix) detections(by, relation object) []Detection {
	if by.Revoked || by.Deprecated || by.Name == "" {
		return nil
	}
	if by.Type != "x-mitre-detection-strategy" {
		return []Detection{{Ref: Ref{Name: line(by.Name)}, How: plain(relation.Description, maxHow)}}
	}
	strategy := Ref{by.number(), line(by.Name)}
	var out []Detection
	for _, ref := range by.Analytics {
		analytic, ok := m.objects[ref]
		if !ok || analytic.Revoked || analytic.Deprecated {
			continue
		}
		d := Detection{Ref: strategy, Platforms: analytic.Platforms, How: plain(analytic.Description, maxHow)}
		for _, log := range analytic.Logs {
			name := line(log.Name)
			if channel := line(log.Channel); channel != "" && channel != "None" {
				name += " (" + channel + ")"
			}
			if name != "" && !slices.Contains(d.Logs, name) {
				d.Logs = append(d.Logs, name)
			}
		}
		out = append(out, d)
	}
	return out
}

// put adds an entry to a list, once.
func put(list []Ref, one Ref) []Ref {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// sorted gives the entries. Of two with one id the one that is not retired
// counts.
func (m matrix) sorted() ([]Entry, error) {
	byID := func(a, b Ref) int { return cmp.Compare(a.ID, b.ID) }
	known := map[string]Entry{}
	for _, e := range m.entries {
		for _, list := range [][]Ref{e.Tactics, e.Parts, e.Groups, e.Software, e.Techniques} {
			slices.SortFunc(list, byID)
		}
		slices.SortFunc(e.Mitigations, func(a, b Advice) int { return byID(a.Ref, b.Ref) })
		slices.SortStableFunc(e.Detections, func(a, b Detection) int { return byID(a.Ref, b.Ref) })
		if other, ok := known[e.ID]; !ok || other.Retired {
			known[e.ID] = *e
		}
	}
	if len(known) == 0 {
		return nil, errors.New("no id of ATT&CK was found in it")
	}
	all := make([]Entry, 0, len(known))
	for _, e := range known {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b Entry) int { return byID(a.Ref, b.Ref) })
	return all, nil
}
