package ioc

import "math/bits"

// hashKind tells a hash by its length in hex digits. What has too few
// different digits, or only one kind of them, is no hash but a filler or a
// number.
func hashKind(w string) Kind {
	k := hashLength(len(w))
	if k == "" {
		return ""
	}
	var seen uint32
	for i := range len(w) {
		seen |= hexSeen[w[i]]
	}
	if seen&noHex != 0 || bits.OnesCount32(seen&0xffff) < 7 || seen&0x3ff == 0 || seen&0xfc00 == 0 ||
		seen&capitalHex != 0 && seen&smallHex != 0 && mixedCase(w) {
		return ""
	}
	return k
}

// What is seen of a byte in hex digits, beside the bit that its value counts.
const (
	smallHex   = 1 << (16 + iota) // a-f
	capitalHex                    // A-F
	noHex                         // it is none
)

// hexSeen gives that for each byte.
var hexSeen = hexBits()

func hexBits() (t [256]uint32) {
	for c := range t {
		t[c] = noHex
	}
	for n, c := range []byte("0123456789") {
		t[c] = 1 << n
	}
	for n, c := range []byte("abcdef") {
		t[c] = 1<<(10+n) | smallHex
		t[c-'a'+'A'] = 1<<(10+n) | capitalHex
	}
	return t
}

// hashLength tells the kind of hash that has so many hex digits.
func hashLength(n int) Kind {
	switch n {
	case 32:
		return MD5
	case 40:
		return SHA1
	case 56:
		return SHA224
	case 64:
		return SHA256
	case 96:
		return SHA384
	case 128:
		return SHA512
	}
	return ""
}

// mixedCase reports whether the hex digits are written in both cases, as
// nobody writes a hash but for a slip or two.
func mixedCase(w string) bool {
	capital, small := 0, 0
	for i := range len(w) {
		switch c := class[w[i]]; {
		case c&isUpper != 0:
			capital++
		case c&isHex != 0:
			small++
		}
	}
	return min(capital, small) > 2
}
