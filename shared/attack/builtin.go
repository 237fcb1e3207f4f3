package attack

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed builtin.txt
var builtinText string

// Builtin looks an id up in the built-in table, which has names and tactics
// alone.
func Builtin(id string) (e Entry, found bool) {
	tactics := map[string]Ref{}
	var parent *Ref // stands before its parts
	for text := range strings.Lines(builtinText) {
		fields := strings.Split(strings.TrimSpace(text), " | ")
		if len(fields) != 3 {
			continue // a comment
		}
		ref := Ref{fields[0], fields[1]}
		if KindOf(ref.ID) == Tactic { // they stand first
			tactics[fields[2]] = ref
		}
		if ref.ID == id {
			e = Entry{Ref: ref, Kind: KindOf(id), NameOnly: true}
			if e.Kind == Technique {
				e.Tactics, e.Parent = among(tactics, strings.Split(fields[2], ", ")), parent
			}
			return e, true
		}
		if strings.HasPrefix(id, ref.ID+".") {
			parent = &ref
		}
	}
	return Entry{}, false
}

// among gives the tactics of these short names, sorted by id.
func among(tactics map[string]Ref, names []string) []Ref {
	var out []Ref
	for _, name := range names {
		out = append(out, tactics[name])
	}
	slices.SortFunc(out, func(a, b Ref) int { return strings.Compare(a.ID, b.ID) })
	return out
}
