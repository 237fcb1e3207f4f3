package ioc

import "math/bits"

// hashKind tells a hash by its length in hex digits. What has too few
// different digits, or only one kind of them, is no hash but a filler or a
// number.
func hashKind(w string) Kind {
	var k Kind
	switch len(w) {
	case 32:
		k = MD5
	case 40:
		k = SHA1
	case 56:
		k = SHA224
	case 64:
		k = SHA256
	case 96:
		k = SHA384
	case 128:
		k = SHA512
	default:
		return ""
	}
	var digits, letters uint32 // which there are, a letter's case aside
	capital, small := 0, 0
	for i := range len(w) {
		switch c := class[w[i]]; {
		case c&isDigit != 0:
			digits |= 1 << (w[i] - '0')
		case c&isUpper != 0 && c&isHex != 0:
			letters |= 1 << (w[i] - 'A')
			capital++
		case c&isHex != 0:
			letters |= 1 << (w[i] - 'a')
			small++
		default:
			return ""
		}
	}
	if bits.OnesCount32(digits)+bits.OnesCount32(letters) < 7 || digits == 0 || letters == 0 || min(capital, small) > 2 {
		return ""
	}
	return k
}
