package ioc

import "strings"

// cve reads a CVE number, "CVE-" year "-" four digits or more
// (https://www.cve.org/ResourcesSupport/FAQs), also where another kind of
// hyphen or an underscore stands for the hyphen. It gives where to go on, 0 if
// there is none.
func (s *scanner) cve(i int) int {
	t := s.text
	if !hasFold(t, i, "cve") || i > 0 && i != s.open && alnum(t[i-1]) {
		return 0
	}
	year := i + 3 + hyphen(t, i+3)
	n, e := number(t, year)
	if year == i+3 || e-year != 4 || n < 1988 || n > 2100 {
		return 0
	}
	id := e + hyphen(t, e)
	if id == e {
		return 0
	}
	for e = id; e < len(t) && digit(t[e]) && e-id < 9; e++ {
	}
	if e-id < 4 || e-id > 8 || e < len(t) && letter(t[e]) {
		return 0
	}
	value := t[i:e]
	if !strings.HasPrefix(value, "CVE-") || len(value) != 9+e-id || value[8] != '-' {
		value = "CVE-" + t[year:year+4] + "-" + t[id:e]
	}
	s.add(CVE, value, i, e, false)
	return e
}

// hyphen gives the length of the hyphen at i: ASCII's, an underscore, one of
// Unicode's, or one with a space behind it.
func hyphen(t string, i int) int {
	if i >= len(t) {
		return 0
	}
	switch {
	case t[i] == '-' || t[i] == '_':
		if nextIs(t, i+1, ' ') || nextIs(t, i+1, '\n') {
			return 2
		}
		return 1
	case len(t)-i >= 3 && t[i] == 0xE2 && t[i+1] == 0x80 && t[i+2] >= 0x90 && t[i+2] <= 0x95,
		len(t)-i >= 3 && t[i:i+3] == "\u2212":
		return 3
	}
	return 0
}
