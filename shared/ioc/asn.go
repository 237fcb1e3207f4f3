package ioc

// spacedASN notes the autonomous system whose number is the word s[i:end], with
// "ASN" or "AS" and a space before it. Behind the shorter word a number of four
// digits may be a year or a product's.
func (s *scanner) spacedASN(i, end int) {
	t := s.text
	start := i - len("AS ")
	least := 5
	if hasFold(t, i-len("ASN "), "asn ") {
		start, least = i-len("ASN "), 3
	}
	if start < max(s.at.start, s.floor) || t[start:start+2] != "AS" || start > 0 && class[t[start-1]]&(isWord|isHigh) != 0 {
		return
	}
	if end-i >= least && end-i <= 10 && t[i] != '0' && decimal(t[i:end]) {
		s.add(ASN, "AS"+t[i:end], start, end, false)
	}
}

// asn reads the number of an autonomous system: AS and up to ten digits,
// RFC 5396 asplain. Within a text, short ones are something else ("AS1"), but
// not where the word is all there is.
func asn(w string, whole bool) (string, bool) {
	k := 2
	if len(w) > 3 && w[2] == 'N' {
		k = 3
	}
	if len(w) < 6 && !whole || len(w) <= k || len(w) > k+10 || w[:2] != "AS" || w[k] == '0' {
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
