package threatdata

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/waggle-cti/waggle/feeder/strictyaml"
)

// NameKind says what has a name.
type NameKind string

// The kinds.
const (
	Malware NameKind = "malware"
	Tool    NameKind = "tool"
	Actor   NameKind = "actor"
)

// Name is malware, a tool or an actor, and all that it is called.
type Name struct {
	Name    string   `json:"name" yaml:"name"`
	Kind    NameKind `json:"kind" yaml:"kind"`
	ID      string   `json:"id,omitempty" yaml:"id"` // of MITRE ATT&CK: S0367, G0016
	Aliases []string `json:"aliases,omitempty" yaml:"aliases"`

	// Sure says that the names stand for nothing else wherever they occur. A
	// list of thousands holds words of the language, too.
	Sure bool `json:"sure,omitempty" yaml:"-"`
}

//go:embed builtin.yaml
var builtinText []byte

var builtin = sync.OnceValues(func() ([]Name, error) {
	var written struct {
		Names []Name `yaml:"names"`
	}
	if _, err := strictyaml.Decode("builtin.yaml", builtinText, &written); err != nil {
		return nil, err
	}
	for i := range written.Names {
		written.Names[i].Sure = true
	}
	return written.Names, nil
})

// Names gives all names, the built-in ones first.
func (d *Data) Names() []Name {
	names, err := builtin()
	if err != nil {
		return nil // a test reads the built-in table
	}
	if d == nil {
		return names
	}
	return slices.Concat(names, d.names)
}

// Limits of names. Shorter ones are found in too many texts.
const (
	minName    = 4
	maxNames   = 20_000
	maxAliases = 40
)

// attackID is an id of ATT&CK for a group or for software.
var attackID = regexp.MustCompile(`^[GS]\d{4}$`)

// readNames reads MITRE's STIX bundle or a cluster file of MISP's galaxies:
// which, the file tells.
//
// https://github.com/mitre-attack/attack-stix-data
// https://github.com/MISP/misp-galaxy
func readNames(data []byte) ([]Name, error) {
	var form struct {
		Type   string          `json:"type"`
		Values json.RawMessage `json:"values"`
	}
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, fmt.Errorf("neither ATT&CK in STIX nor a galaxy of MISP: %w", err)
	}
	var names []Name
	var err error
	switch {
	case form.Type == "bundle":
		names, err = readSTIX(data)
	case form.Values != nil:
		names, err = readGalaxy(form.Type, form.Values)
	default:
		return nil, errors.New("neither ATT&CK in STIX nor a galaxy of MISP")
	}
	if err == nil && len(names) == 0 {
		err = errors.New("no name was found in it")
	}
	return names, err
}

// readSTIX takes the groups and the software of ATT&CK.
// https://github.com/mitre-attack/attack-stix-data/blob/master/USAGE.md
func readSTIX(data []byte) ([]Name, error) {
	var written struct {
		Objects []struct {
			Type       string   `json:"type"`
			Name       string   `json:"name"`
			Revoked    bool     `json:"revoked"`
			Deprecated bool     `json:"x_mitre_deprecated"`
			Aliases    []string `json:"aliases"`
			Others     []string `json:"x_mitre_aliases"`
			References []struct {
				Source string `json:"source_name"`
				ID     string `json:"external_id"`
			} `json:"external_references"`
		} `json:"objects"`
	}
	if err := json.Unmarshal(data, &written); err != nil {
		return nil, fmt.Errorf("not ATT&CK in STIX: %w", err)
	}
	var out []Name
	for _, o := range written.Objects {
		kind, ok := map[string]NameKind{"intrusion-set": Actor, "malware": Malware, "tool": Tool}[o.Type]
		if !ok || o.Revoked || o.Deprecated {
			continue
		}
		n := Name{Name: o.Name, Kind: kind, Aliases: append(o.Aliases, o.Others...)}
		for _, r := range o.References {
			if r.Source == "mitre-attack" {
				n.ID = r.ID
			}
		}
		out = append(out, n.clean())
	}
	return out, nil
}

// readGalaxy takes the values of a galaxy's cluster file.
// https://www.misp-standard.org/rfc/misp-standard-galaxy-format.html
func readGalaxy(galaxy string, values json.RawMessage) ([]Name, error) {
	var written []struct {
		Value string `json:"value"`
		Meta  struct {
			ID       any `json:"external_id"` // some galaxies have lists here
			Synonyms any `json:"synonyms"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(values, &written); err != nil {
		return nil, fmt.Errorf("not a galaxy of MISP: %w", err)
	}
	kind := Malware
	switch galaxy {
	case "threat-actor", "microsoft-activity-group", "mitre-intrusion-set", "mitre-enterprise-attack-intrusion-set":
		kind = Actor
	case "tool", "mitre-tool", "exploit-kit":
		kind = Tool
	}
	var out []Name
	for _, v := range written {
		n := Name{Name: v.Value, Kind: kind}
		n.ID, _ = v.Meta.ID.(string)
		n.Name = strings.TrimSuffix(n.Name, " - "+n.ID)
		list, _ := v.Meta.Synonyms.([]any)
		for _, one := range list {
			if s, ok := one.(string); ok {
				n.Aliases = append(n.Aliases, s)
			}
		}
		out = append(out, n.clean())
	}
	return out, nil
}

// clean drops what cannot be looked for, and what is said twice.
func (n Name) clean() Name {
	if !attackID.MatchString(n.ID) {
		n.ID = ""
	}
	n.Name = short(n.Name)
	var aliases []string
	for _, a := range n.Aliases {
		if a = short(a); len(a) >= minName && a != n.Name && !slices.Contains(aliases, a) && len(aliases) < maxAliases {
			aliases = append(aliases, a)
		}
	}
	n.Aliases = aliases
	return n
}

// merge joins lists of names: what one list calls by a name and another by the
// same is one, those with an id of ATT&CK first.
func merge(lists ...[]Name) []Name {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b Name) int { return cmp.Compare(rank(a), rank(b)) })
	var out []Name
	at := map[string]int{}
	for _, n := range all {
		if len(n.Name) < minName {
			continue
		}
		key := strings.ToLower(n.Name)
		i, known := at[key]
		if !known {
			if len(out) == maxNames {
				continue
			}
			i = len(out)
			at[key] = i
			out = append(out, n)
			continue
		}
		out[i].Aliases = append(out[i].Aliases, n.Aliases...)
		out[i] = out[i].clean()
	}
	return out
}

func rank(n Name) int {
	if n.ID != "" {
		return 0
	}
	return 1
}
