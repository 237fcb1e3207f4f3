package knownbenign

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"strings"
)

// number is an address as a number: of IPv4 the low 32 bits, of IPv6 all.
type number struct{ hi, lo uint64 }

func (n number) compare(o number) int {
	return cmp.Or(cmp.Compare(n.hi, o.hi), cmp.Compare(n.lo, o.lo))
}

// next is the number after n, and false after the last there is.
func (n number) next() (number, bool) {
	lo, carry := bits.Add64(n.lo, 1, 0)
	hi, over := bits.Add64(n.hi, 0, carry)
	return number{hi, lo}, over == 0
}

// span is the addresses from first to last, both included.
type span struct {
	first, last number
	v6          bool
}

// parseSpan reads an address or a range in CIDR notation, RFC 4632. An IPv4
// address written as IPv6 (::ffff:192.0.2.1) counts as what it is.
func parseSpan(text string) (span, error) {
	if !strings.Contains(text, "/") {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return span{}, errors.New("it is no address")
		}
		a = a.WithZone("").Unmap()
		return spanOf(netip.PrefixFrom(a, a.BitLen())), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return span{}, errors.New("it is no range of addresses")
	}
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	if p.Bits() == 0 {
		return span{}, errors.New("it is the whole internet")
	}
	return spanOf(p.Masked()), nil
}

// spanOf is for a masked prefix.
func spanOf(p netip.Prefix) span {
	if p.Addr().Is4() {
		b := p.Addr().As4()
		first := uint64(binary.BigEndian.Uint32(b[:]))
		return span{first: number{lo: first}, last: number{lo: first | (1<<(32-p.Bits()) - 1)}}
	}
	b := p.Addr().As16()
	n := number{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
	host := 128 - p.Bits()
	mask := number{lo: ^uint64(0)}
	if host >= 64 {
		mask.hi = 1<<(host-64) - 1
	} else {
		mask.lo = 1<<host - 1
	}
	return span{first: n, last: number{n.hi | mask.hi, n.lo | mask.lo}, v6: true}
}

// edge is where a list begins or ends to hold addresses.
type edge struct {
	at   number
	list uint16
	open bool
}

// edges gives a span's two; the second is missing where the span ends with the
// last address there is.
func (s span) edges(list uint16) []edge {
	out := []edge{{at: s.first, list: list, open: true}}
	if after, ok := s.last.next(); ok && (s.v6 || after.lo <= math.MaxUint32) {
		out = append(out, edge{at: after, list: list})
	}
	return out
}

// flatten makes disjoint spans of overlapping ones: from starts[i] on, up to
// the next start, the lists of sets[i] hold every address.
func flatten(edges []edge, sets *sets) (starts []number, of []uint32) {
	slices.SortFunc(edges, func(a, b edge) int { return a.at.compare(b.at) })
	depth := map[uint16]int{}
	for i, e := range edges {
		if e.open {
			depth[e.list]++
		} else if depth[e.list]--; depth[e.list] == 0 {
			delete(depth, e.list)
		}
		if i+1 < len(edges) && edges[i+1].at == e.at {
			continue
		}
		lists := make([]uint16, 0, len(depth))
		for l := range depth {
			lists = append(lists, l)
		}
		slices.Sort(lists)
		set := sets.of(lists)
		if n := len(of); n > 0 && of[n-1] == set {
			continue
		}
		starts, of = append(starts, e.at), append(of, set)
	}
	return starts, of
}

// sets numbers the different sets of lists that hold a value: there are few of
// them, compared with the values.
type sets struct {
	number map[string]uint32
	lists  [][]uint16
}

// of gives the number of a set, which must be sorted.
func (s *sets) of(lists []uint16) uint32 {
	key := make([]byte, 0, 2*len(lists))
	for _, l := range lists {
		key = binary.LittleEndian.AppendUint16(key, l)
	}
	if n, ok := s.number[string(key)]; ok {
		return n
	}
	n := uint32(len(s.lists))
	s.number[string(key)] = n
	s.lists = append(s.lists, slices.Clone(lists))
	return n
}
