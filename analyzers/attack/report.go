package attack

import (
	"strings"

	"github.com/waggle-cti/waggle/shared/attack"
	"github.com/waggle-cti/waggle/shared/cortex"
)

// full is the report: what is known of the id, and from where.
type full struct {
	Found  bool         `json:"found"`
	Level  cortex.Level `json:"level"`
	ID     string       `json:"id"`
	Kind   attack.Kind  `json:"kind"`
	Link   string       `json:"link"`
	Source string       `json:"source"` // what was asked
	Entry  attack.Entry `json:"entry"`
	Notice string       `json:"notice"`
}

func (f full) report() cortex.Report { return cortex.Report{Full: f, Taxonomies: f.labels()} }

// labels name the id and, of a technique, its tactics:
// Attack:technique="T1059.001 PowerShell", Attack:tactic="Execution".
func (f full) labels() []cortex.Taxonomy {
	if !f.Found {
		return []cortex.Taxonomy{{Level: f.Level, Predicate: string(f.Kind), Value: f.ID + " is not known"}}
	}
	out := []cortex.Taxonomy{{Level: f.Level, Predicate: string(f.Kind), Value: f.ID + " " + f.Entry.Name}}
	var tactics []string
	for _, t := range f.Entry.Tactics {
		tactics = append(tactics, t.Name)
	}
	if len(tactics) > 0 {
		out = append(out, cortex.Taxonomy{Level: f.Level, Predicate: string(attack.Tactic), Value: strings.Join(tactics, ", ")})
	}
	return out
}
