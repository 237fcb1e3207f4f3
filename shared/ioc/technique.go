package ioc

// technique reads an ATT&CK technique id: T and four digits
// (https://attack.mitre.org/resources/faq/).
func technique(w string) (string, bool) {
	if len(w) != 5 || w[0] != 'T' || !digit(w[1]) {
		return "", false
	}
	for k := 1; k < 5; k++ {
		if !digit(w[k]) {
			return "", false
		}
	}
	return w, w > "T1000" && w < "T2000"
}

// technique notes the technique at s[i:end], with the sub-technique behind it.
func (s *scanner) technique(value string, i, end int) int {
	t := s.text
	if end+3 < len(t) && t[end] == '.' && digit(t[end+1]) && digit(t[end+2]) && digit(t[end+3]) {
		e, _ := wordEnd(t, end+1)
		if e != end+4 {
			return e
		}
		value, end = t[i:e], e
	}
	s.add(Technique, value, i, end, false)
	return end
}
