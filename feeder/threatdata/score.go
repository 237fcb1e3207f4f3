package threatdata

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// What scores are multiplied by to be kept as whole numbers.
const (
	epssScale = 10_000
	cvssScale = 10
)

// scores are numbers by CVE id, six bytes each: FIRST scores some 300,000 ids.
type scores struct {
	IDs    []byte `json:"ids,omitempty"`    // each packed in four bytes, ascending
	Values []byte `json:"values,omitempty"` // two bytes each, in the order of the ids
}

func (s scores) size() int { return len(s.IDs) / 4 }

// check finds what would make find read beside the bytes, or miss.
func (s scores) check() error {
	if len(s.IDs)%4 != 0 || len(s.Values) != len(s.IDs)/2 {
		return errors.New("the scores are damaged")
	}
	for i := 1; i < s.size(); i++ {
		if s.id(i-1) >= s.id(i) {
			return errors.New("the scores are out of order")
		}
	}
	return nil
}

func (s scores) id(i int) uint32    { return binary.BigEndian.Uint32(s.IDs[4*i:]) }
func (s scores) value(i int) uint16 { return binary.BigEndian.Uint16(s.Values[2*i:]) }

func (s scores) find(cve string) (uint16, bool) {
	want, ok := packID(cve)
	if !ok {
		return 0, false
	}
	low, high := 0, s.size()
	for low < high {
		middle := (low + high) / 2
		if s.id(middle) < want {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low == s.size() || s.id(low) != want {
		return 0, false
	}
	return s.value(low), true
}

// scored is one id with its score.
type scored struct {
	id    uint32
	value uint16
}

// packScores makes scores of a list; of an id that comes twice the last counts.
func packScores(list []scored) scores {
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(a.id, b.id) })
	var s scores
	for i, one := range list {
		if i+1 < len(list) && list[i+1].id == one.id {
			continue
		}
		s.IDs = binary.BigEndian.AppendUint32(s.IDs, one.id)
		s.Values = binary.BigEndian.AppendUint16(s.Values, one.value)
	}
	return s
}

// list is the scores one by one.
func (s scores) list() []scored {
	out := make([]scored, s.size())
	for i := range out {
		out[i] = scored{s.id(i), s.value(i)}
	}
	return out
}

// A packed id has its year since 1990 in the high bits, and the number below.
const (
	firstYear  = 1990
	numberBits = 25
)

// packID packs an id such as CVE-2024-3400. ok is false for what is none, and
// for years and numbers that will not occur.
func packID(cve string) (packed uint32, ok bool) {
	rest, ok := strings.CutPrefix(strings.ToUpper(cve), "CVE-")
	if !ok {
		return 0, false
	}
	year, number, ok := strings.Cut(rest, "-")
	if !ok {
		return 0, false
	}
	y, errY := strconv.ParseUint(year, 10, 32)
	n, errN := strconv.ParseUint(number, 10, 32)
	if errY != nil || errN != nil || y < firstYear || y >= firstYear+1<<(32-numberBits) || n >= 1<<numberBits {
		return 0, false
	}
	return uint32(y-firstYear)<<numberBits | uint32(n), true
}
