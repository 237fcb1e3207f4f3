// Package attack knows what the ids of MITRE ATT&CK mean: techniques with
// their tactics, mitigations and detections, tactics, mitigations, groups and
// software. It reads MITRE's own STIX bundle once, and keeps what is needed of
// it in a small file in which one id is found without reading the rest. A table
// of what reports name most is built in.
//
// ATT&CK may be used by anybody who says whose it is: see Notice.
// https://attack.mitre.org/resources/legal-and-branding/terms-of-use/
package attack

import (
	"strings"
)

// Notice must stand wherever ATT&CK's texts are shown.
const Notice = "ATT&CK is © The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation."

// Kind is what an id stands for.
type Kind string

// The kinds.
const (
	Technique  Kind = "technique" // T1059, and sub-techniques such as T1059.001
	Tactic     Kind = "tactic"
	Mitigation Kind = "mitigation"
	Group      Kind = "group"
	Software   Kind = "software"
)

// kinds tells of each kind the letters that its ids begin with, before four
// digits, and the folder of its pages.
// https://attack.mitre.org/resources/faq/
var kinds = [...]struct {
	kind            Kind
	letters, folder string
}{
	{Technique, "T", "techniques"}, {Tactic, "TA", "tactics"}, {Mitigation, "M", "mitigations"}, {Group, "G", "groups"}, {Software, "S", "software"},
}

// KindOf tells what an id stands for by its form; "" if it is none.
func KindOf(id string) Kind {
	kind, _ := read(id)
	return kind
}

// read gives an id's kind and the folder of its page. A sub-technique's has three
// more digits behind a dot.
func read(id string) (kind Kind, folder string) {
	above, below, sub := strings.Cut(id, ".")
	for _, k := range kinds {
		number, ok := strings.CutPrefix(above, k.letters)
		if ok && digits(number, 4) && (!sub || k.kind == Technique && digits(below, 3)) {
			return k.kind, k.folder
		}
	}
	return "", ""
}

func digits(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789") == ""
}

// Page is the address of an id's page.
func Page(id string) string {
	_, folder := read(id)
	if folder == "" {
		return ""
	}
	return "https://attack.mitre.org/" + folder + "/" + strings.ReplaceAll(id, ".", "/") + "/"
}

// Ref is another entry, by id and name.
type Ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Entry is what is known of an id. The lists are sorted by id, and those that
// its kind has none of are empty.
type Entry struct {
	Ref
	Kind        Kind     `json:"kind"`
	Description string   `json:"description,omitempty"` // plain text
	Aliases     []string `json:"aliases,omitempty"`     // of groups and software
	Platforms   []string `json:"platforms,omitempty"`

	// Of a technique.
	Tactics     []Ref       `json:"tactics,omitempty"`
	Parent      *Ref        `json:"parent,omitempty"` // of a sub-technique
	Parts       []Ref       `json:"parts,omitempty"`  // its sub-techniques
	Mitigations []Advice    `json:"mitigations,omitempty"`
	Detections  []Detection `json:"detections,omitempty"`
	Groups      []Ref       `json:"groups,omitempty"` // that use it; of a software, too
	Software    []Ref       `json:"software,omitempty"`

	// Techniques are those of a tactic, those that a mitigation is against, and
	// those that a group or a software uses.
	Techniques []Ref `json:"techniques,omitempty"`

	Retired  bool `json:"retired,omitempty"`  // revoked, or deprecated
	Instead  *Ref `json:"instead,omitempty"`  // what took its place
	NameOnly bool `json:"nameOnly,omitempty"` // of the built-in table, which has names and tactics alone
}

// Advice is a mitigation and how it works against a technique.
type Advice struct {
	Ref
	How string `json:"how,omitempty"`
}

// Detection is a way to see a technique.
type Detection struct {
	Ref                // of the strategy, DET0001; since ATT&CK 18. Before, the name of what is observed
	Platforms []string `json:"platforms,omitempty"`
	How       string   `json:"how,omitempty"`
	Logs      []string `json:"logs,omitempty"` // where it shows: WinEventLog:Security (EventCode=4688)
}
