package knownbenign

import (
	"strings"
	"sync"
)

// Most names that are asked for are on no list, and ioc.Find asks for each that
// it reads. So a name is read from its end, and only as far as a listed one
// might still be met: of a.b.evil.com the last two labels.

// tableBits is the size of the table: some eight times the names in it, so that
// most names that are on no list meet an empty slot.
const tableBits = 12

// table finds the built-in names by a hash of their bytes, the last one first,
// with open addressing.
type table struct {
	slots  [1 << tableBits]uint16 // numbers of places, and one more; 0: empty
	places []place
}

// place is a listed name, or one that listed names are below.
type place struct {
	name string
	list string // "" where the name itself is on none
	more bool   // there are listed names below it
}

// The hash is FNV-1a of 32 bits.
// https://datatracker.ietf.org/doc/html/rfc9923
const (
	hashStart = 2166136261
	hashPrime = 16777619
)

// hostTable makes the table when the first name is asked for.
var hostTable = sync.OnceValue(func() *table {
	t := &table{}
	for _, h := range hosts {
		t.place(h.name).list = h.list
		_, above, _ := strings.Cut(h.name, ".")
		for strings.Contains(above, ".") { // a top-level domain has no place: nobody asks for one
			t.place(above).more = true
			_, above, _ = strings.Cut(above, ".")
		}
	}
	return t
})

// place gives the place of a name, a new one where it has none.
func (t *table) place(name string) *place {
	hash := uint32(hashStart)
	for i := len(name) - 1; i >= 0; i-- {
		hash = (hash ^ uint32(name[i])) * hashPrime
	}
	p, slot := t.find(hash, name)
	if p == nil {
		t.places = append(t.places, place{name: name})
		t.slots[slot] = uint16(len(t.places))
		p = &t.places[len(t.places)-1]
	}
	return p
}

// find gives the place of a name, or nil and the slot for one.
func (t *table) find(hash uint32, name string) (p *place, slot uint32) {
	for slot = hash >> (32 - tableBits); ; slot = (slot + 1) % uint32(len(t.slots)) {
		n := t.slots[slot]
		if n == 0 {
			return nil, slot
		}
		if p = &t.places[n-1]; p.name == name {
			return p, slot
		}
	}
}

// host gives the list of the longest listed name that the name is or is below.
func host(name string) (list string, ok bool) {
	t, hash, labels, listed := hostTable(), uint32(hashStart), 0, 0
	for i := len(name) - 1; i >= 0; i-- {
		hash = (hash ^ uint32(name[i])) * hashPrime
		if i > 0 && name[i-1] != '.' {
			continue
		}
		if labels++; labels == 1 {
			continue
		}
		p, _ := t.find(hash, name[i:])
		if p == nil {
			break
		}
		if p.list != "" {
			list, listed = p.list, i
		}
		if !p.more {
			break
		}
	}
	if below := name[:listed]; list == Hosting && below != "" && below != "www." {
		return "", false
	}
	return list, list != ""
}

// urlHost gives the host of a normalised URL, of an IPv6 address without its
// brackets.
func urlHost(u string) string {
	if i := strings.Index(u, "://"); i >= 0 {
		u = u[i+len("://"):]
	}
	for _, end := range []byte("/?#") {
		if i := strings.IndexByte(u, end); i >= 0 {
			u = u[:i]
		}
	}
	u = u[strings.LastIndexByte(u, '@')+1:]
	if strings.HasPrefix(u, "[") {
		address, _, _ := strings.Cut(u[1:], "]")
		return address
	}
	if i := strings.IndexByte(u, ':'); i >= 0 {
		u = u[:i]
	}
	return u
}
