package knownbenign

import (
	"slices"
	"strings"
)

// minSubstring is the shortest entry, in bytes, of a list that matches by
// substring: shorter ones are in everything. The filter relies on it.
const minSubstring = 4

// substrings finds which of many entries is in a value, in time that grows with
// the value's length and hardly with the number of entries.
type substrings struct {
	entries []string // sorted; none begins with another
	filter  []uint64 // bits: hashes of the first four bytes of the entries
}

// newSubstrings takes entries sorted, each of minSubstring bytes or more.
func newSubstrings(entries []string) substrings {
	s := substrings{entries: entries, filter: make([]uint64, 1<<10)}
	for _, e := range entries {
		if len(e) >= minSubstring {
			h := fourHash(e)
			s.filter[h>>6] |= 1 << (h & 63)
		}
	}
	return s
}

// fourHash mixes the first four bytes into 16 bits, as Knuth's multiplicative
// hash does.
func fourHash(s string) uint32 {
	return (uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24) * 2654435761 >> 16
}

// in gives the first entry that is in the value.
func (s substrings) in(value string) (string, bool) {
	for at := 0; at+minSubstring <= len(value); at++ {
		rest := value[at:]
		if h := fourHash(rest); s.filter[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		// Of sorted entries of which none begins with another, only the last one
		// before rest, or rest itself, can be what rest begins with.
		i, equal := slices.BinarySearch(s.entries, rest)
		if equal {
			return s.entries[i], true
		}
		if i > 0 && strings.HasPrefix(rest, s.entries[i-1]) {
			return s.entries[i-1], true
		}
	}
	return "", false
}

// shortest sorts entries and leaves out those that begin with another one:
// where they are in a value, that one is in it too.
func shortest(entries []string) []string {
	slices.Sort(entries)
	kept := entries[:0]
	for _, e := range entries {
		if n := len(kept); n > 0 && strings.HasPrefix(e, kept[n-1]) {
			continue
		}
		kept = append(kept, e)
	}
	return kept
}
