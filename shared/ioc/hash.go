package ioc

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
	var seen [16]bool
	kinds, letters, upper, lowers := 0, 0, 0, 0
	for i := range len(w) {
		n, ok := hexDigit(w[i])
		if !ok {
			return ""
		}
		if n > 9 {
			letters++
			if class[w[i]]&isUpper != 0 {
				upper++
			} else {
				lowers++
			}
		}
		if !seen[n] {
			seen[n] = true
			kinds++
		}
	}
	if kinds < 7 || letters == 0 || letters == len(w) || min(upper, lowers) > 2 {
		return ""
	}
	return k
}
