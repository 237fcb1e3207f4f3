package misp

import "strings"

// holding is what an event or object holds.
type holding struct{ uuids, keys map[string]bool }

func index(attributes []Attribute) holding {
	h := holding{map[string]bool{}, map[string]bool{}}
	for _, a := range attributes {
		h.uuids[strings.ToLower(a.UUID)] = true
		h.keys[a.key()] = true
	}
	return h
}

// divide parts attributes into those that are held and those that are not. They
// are the same if they have one UUID, or type and normalised value.
func (h holding) divide(attributes []Attribute) (held, missing []Attribute) {
	for _, a := range attributes {
		if h.uuids[strings.ToLower(a.UUID)] || h.keys[a.key()] {
			held = append(held, a)
		} else {
			missing = append(missing, a)
		}
	}
	return held, missing
}

func byUUID(attributes []Attribute) map[string]Attribute {
	out := make(map[string]Attribute, len(attributes))
	for _, a := range attributes {
		out[strings.ToLower(a.UUID)] = a
	}
	return out
}
