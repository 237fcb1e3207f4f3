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
	var different uint32 // digits there are, a bit each
	var seen byte
	for i := range len(w) {
		c := class[w[i]]
		if c&(isDigit|isHex) == 0 {
			return ""
		}
		seen |= c
		different |= 1 << nibble(w[i])
	}
	if bits.OnesCount32(different) < 7 || different&0x3ff == 0 || different>>10 == 0 || seen&isUpper != 0 && mixedCase(w) {
		return ""
	}
	return k
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

// nibble gives the value of a hex digit.
func nibble(c byte) byte { return c&0xf + c>>6*9 }

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
