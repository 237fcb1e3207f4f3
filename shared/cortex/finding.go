package cortex

import "slices"

// Finding is something in a file that is worth an analyst's look.
type Finding struct {
	Level Level  `json:"level"`
	Label string `json:"label"` // short, for the taxonomy
	Text  string `json:"text"`
	Value string `json:"value,omitempty"` // the name, address or list that it is about
}

// Findings are those of one file.
type Findings []Finding

// With adds a finding, unless it is there or there are so many already: a hostile
// file may give cause for any number.
func (f Findings) With(one Finding, most int) Findings {
	if len(f) >= most || slices.Contains(f, one) {
		return f
	}
	return append(f, one)
}

// Worst is the level of the worst finding, Info where there is none.
func (f Findings) Worst() Level {
	worst := Info
	for _, one := range f {
		if one.Level.Worse(worst) {
			worst = one.Level
		}
	}
	return worst
}

// Taxonomies are the labels of what is worse than Info, each once.
func (f Findings) Taxonomies() []Taxonomy {
	var out []Taxonomy
	for _, one := range f {
		t := Taxonomy{Level: one.Level, Predicate: "Finding", Value: one.Label}
		if one.Level.Worse(Info) && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
