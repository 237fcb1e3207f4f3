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

// isTactic reports whether the word is an ATT&CK tactic id: TA00 or TA01 and two
// digits.
func isTactic(w string) bool {
	return len(w) == 6 && w[:3] == "TA0" && (w[3] == '0' || w[3] == '1') && decimal(w[4:]) && w[2:] != "0000"
}

// isCatalogued reports whether the word looks like the id of a group or a
// software in ATT&CK: a capital and four digits, the first 0 or 1.
func isCatalogued(w string) bool {
	return len(w) == 5 && class[w[0]]&isUpper != 0 && (w[1] == '0' || w[1] == '1') && decimal(w[1:]) && w[1:] != "0000"
}

// speaksOfATTACK reports whether the line names ATT&CK shortly before i, as a
// letter and four digits are also the number of many other things.
func (s *scanner) speaksOfATTACK(i int) bool {
	return s.whole || s.saysBefore(i, "att&ck") || s.saysBefore(i, "attack.mitre.org") || s.saysBefore(i, "mitre")
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
