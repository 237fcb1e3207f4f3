package ioc

import (
	"sync"
	"unicode"
)

// inWords reports whether the rune is a letter, a mark or a digit of any script.
// Tables of ranges take longer to search than all else that is done with a rune,
// so that those of the basic plane, U+0000 to U+FFFF, are kept as a bit each.
func inWords(r rune) bool {
	if r < basicRunes {
		return basicWords()[r/64]>>(r%64)&1 != 0
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd)
}

const basicRunes = 1 << 16

// basicWords gives that bit of each rune in the basic plane, 8 KB.
var basicWords = sync.OnceValue(func() *[basicRunes / 64]uint64 {
	var t [basicRunes / 64]uint64
	for _, table := range []*unicode.RangeTable{unicode.L, unicode.M, unicode.Nd} {
		for _, in := range table.R16 {
			for r := int(in.Lo); r <= int(in.Hi); r += int(in.Stride) {
				t[r/64] |= 1 << (r % 64)
			}
		}
	}
	return &t
})
