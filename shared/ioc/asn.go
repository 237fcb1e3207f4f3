package ioc

// asn reads the number of an autonomous system: AS and up to ten digits,
// RFC 5396 asplain.
func asn(w string) (string, bool) {
	k := 2
	if len(w) > 3 && w[2] == 'N' {
		k = 3
	}
	if len(w) < 6 || len(w) > k+10 || w[:2] != "AS" || w[k] == '0' {
		return "", false
	}
	for i := k; i < len(w); i++ {
		if !digit(w[i]) {
			return "", false
		}
	}
	if k == 2 {
		return w, true
	}
	return "AS" + w[k:], true
}
