package ioc

import (
	"hash/maphash"
	"math/bits"
	"strings"
)

// valueSet holds the different values of a text: a hash table with open
// addressing, which keeps each value's hash so that it grows cheaply.
type valueSet struct {
	seed  maphash.Seed
	slots []slot // a power of two of them, at most half in use
	all   []entry
	first int // values to make room for at first
	texts strings.Builder
}

// maxTexts is how much room is made at once for values that are put together.
const maxTexts = 4 << 10

// keep copies the text. Its room is shared with that of others: making room for
// each would take longer than copying it. A Builder that has room enough never
// moves what it gave.
func (v *valueSet) keep(text []byte) string {
	b := &v.texts
	if b.Cap()-b.Len() < len(text) {
		b.Reset()
		b.Grow(max(maxTexts, len(text)))
	}
	from := b.Len()
	b.Write(text)
	return b.String()[from:]
}

// slot is a place in the table.
type slot struct {
	hash uint32
	of   int32 // number of the value and one more, 0: free
}

// entry is what is known of a value whatever the place it stands in.
type entry struct {
	kind     Kind
	value    string
	plain    int32 // occurrences in plain spelling that were kept
	fanged   bool  // one in disarmed spelling was kept
	system   int8  // a path that comes with the system: 1, another: -1, 0: not asked
	harmless fixed // by itself
	known    fixed // by a list; asked only of plain spellings
}

// of gives the number of a value that may be new.
func (v *valueSet) of(k Kind, text string) int32 {
	v.room()
	h := hashOf(k, maphash.String(v.seed, text))
	i := h & v.mask()
	for ; v.slots[i].of != 0; i = (i + 1) & v.mask() {
		if v.slots[i].hash == h && v.is(i, k) && v.all[v.slots[i].of-1].value == text {
			return v.slots[i].of - 1
		}
	}
	return v.put(i, h, k, text)
}

// ofBytes is of for a value that was put together; only a new one is copied.
func (v *valueSet) ofBytes(k Kind, text []byte) int32 {
	v.room()
	h := hashOf(k, maphash.Bytes(v.seed, text))
	i := h & v.mask()
	for ; v.slots[i].of != 0; i = (i + 1) & v.mask() {
		if v.slots[i].hash == h && v.is(i, k) && v.all[v.slots[i].of-1].value == string(text) {
			return v.slots[i].of - 1
		}
	}
	return v.put(i, h, k, v.keep(text))
}

// hashOf keeps values apart that are the same text but for their kind, most of
// which differ in length or in their last letter.
func hashOf(k Kind, h uint64) uint32 { return uint32(h) + uint32(k[len(k)-1])<<8 + uint32(len(k)) }

func (v *valueSet) mask() uint32 { return uint32(len(v.slots) - 1) }

func (v *valueSet) is(slot uint32, k Kind) bool { return v.all[v.slots[slot].of-1].kind == k }

// put adds a value at the free slot.
func (v *valueSet) put(free, hash uint32, k Kind, text string) int32 {
	v.all = append(v.all, entry{kind: k, value: text})
	v.slots[free] = slot{hash, int32(len(v.all))}
	return int32(len(v.all) - 1)
}

// minSlots is how many slots the smallest table has.
const minSlots = 16

// maxFirst bounds the values that an empty set first makes room for.
const maxFirst = 1 << 14

// smallTable is how many slots a processor's second cache holds.
const smallTable = 1 << 14

// likely prepares an empty set for a text of that length. Reports have a value in
// 128 bytes, lists in 32; of room that is there, more costs nothing as long as
// the cache holds it.
func (v *valueSet) likely(length int) {
	v.first = min(max(minSlots, length/128), maxFirst)
	n := max(minSlots, min(length/16, smallTable), length/64)
	v.slots = v.slots[:min(1<<bits.Len(uint(n-1)), cap(v.slots))]
}

// clear empties the set and keeps its room.
func (v *valueSet) clear() {
	if len(v.all) == 0 {
		return
	}
	clear(v.slots)
	clear(v.all)
	v.all = v.all[:0]
}

// room makes room for one more value.
func (v *valueSet) room() {
	if 2*len(v.all) < len(v.slots) {
		return
	}
	if len(v.slots) == 0 {
		v.seed = maphash.MakeSeed()
		v.slots, v.all = make([]slot, 2<<bits.Len(uint(v.first))), make([]entry, 0, v.first)
		return
	}
	old := v.slots
	v.slots = make([]slot, 4*len(old))
	for _, s := range old {
		if s.of == 0 {
			continue
		}
		i := s.hash & v.mask()
		for v.slots[i].of != 0 {
			i = (i + 1) & v.mask()
		}
		v.slots[i] = s
	}
}

// maxKept bounds how many occurrences in plain spelling of one value are
// looked at; what most of them say doesn't change behind that.
const maxKept = 64

// wants reports whether one more occurrence can change what is said of the
// value. Nothing says more than the first that is disarmed.
func (e *entry) wants(fanged bool) bool {
	switch {
	case e.fanged || !fanged && e.plain == maxKept:
		return false
	case fanged:
		e.fanged = true
	default:
		e.plain++
	}
	return true
}
