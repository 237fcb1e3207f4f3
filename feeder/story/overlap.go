package story

import "slices"

// kinds are keys by kind and value.
type kinds map[string]map[string]bool

func byKind(keys []Key) kinds {
	out := kinds{}
	for _, k := range keys {
		if out[k.Kind] == nil {
			out[k.Kind] = map[string]bool{}
		}
		out[k.Kind][k.Value] = true
	}
	return out
}

func (k kinds) drop(keys []Key) {
	for _, one := range keys {
		delete(k[one.Kind], one.Value)
	}
}

// overlap is what a post and a candidate have in common, and what of the
// candidate the rules ask for beside that.
type overlap struct {
	mine     kinds
	common   map[string][]string // values of both by kind, in order
	theirs   map[string]bool     // kinds of which the candidate has a value
	own      map[string]bool     // the candidate's own pages
	sketches []string            // the candidate's
}

func compare(mine kinds, c Candidate) overlap {
	o := overlap{mine: mine, common: map[string][]string{}, theirs: map[string]bool{}, own: map[string]bool{}}
	for _, k := range c.Keys {
		o.theirs[k.Kind] = true
		if mine[k.Kind][k.Value] {
			o.common[k.Kind] = append(o.common[k.Kind], k.Value)
		}
		switch k.Kind {
		case kindOwn:
			o.own[k.Value] = true
		case kindSketch:
			o.sketches = append(o.sketches, k.Value)
		}
	}
	for kind, values := range o.common {
		slices.Sort(values)
		o.common[kind] = slices.Compact(values)
	}
	return o
}

// disagree reports whether both have values of the kind and none in common.
func (o overlap) disagree(kind string) bool {
	return len(o.mine[kind]) > 0 && o.theirs[kind] && len(o.common[kind]) == 0
}

// hubs gives the post's keys that too many of the candidates have.
func hubs(mine kinds, candidates []Candidate) []Key {
	holders := map[Key]int{}
	for _, c := range candidates {
		seen := map[Key]bool{}
		for _, k := range c.Keys {
			if mine[k.Kind][k.Value] && !seen[k] {
				seen[k] = true
				holders[k]++
			}
		}
	}
	var out []Key
	for k, n := range holders {
		if n >= hub && k.Kind != kindOwn && k.Kind != kindWord {
			out = append(out, k)
		}
	}
	return out
}
