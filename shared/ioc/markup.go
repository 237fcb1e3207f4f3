package ioc

import "strings"

// Signs that belong to the text's form, not to a value: pairs that emphasise in
// Markdown and AsciiDoc, and the escapes of JSON.

// markupSign reads the sign at i, one of ~, + and \, and gives where to go on.
func (s *scanner) markupSign(i, end int) int {
	if s.text[i] == '\\' {
		if s.escaped && i+2 < end { // RFC 8259 §7: it and the next stand for one character
			s.open = i + 2
			s.floor = max(s.floor, s.open)
			return s.open
		}
		return i + 1
	}
	if next := s.emphasis(i, end); next > 0 {
		return next
	}
	return i + 1
}

// isJSON reports whether the text begins as JSON does.
func isJSON(t string) bool {
	t = strings.TrimLeft(t, " \t\r\n"+byteOrderMark)
	if strings.HasPrefix(t, "[") {
		t = strings.TrimLeft(t[1:], " \t\r\n")
		return strings.HasPrefix(t, "{") || strings.HasPrefix(t, `"`)
	}
	return strings.HasPrefix(t, "{") && strings.HasPrefix(strings.TrimLeft(t[1:], " \t\r\n"), `"`)
}

// maxHead bounds how much of a JSON text is searched for what it is.
const maxHead = 4096

// listsIndicators reports whether one of the first keys or values of a JSON text
// says that it lists indicators, as those of STIX, ECS and MISP do.
func listsIndicators(t string) bool {
	t = strings.ToLower(t[:min(len(t), maxHead)])
	return strings.Contains(t, `"indicator`) || strings.Contains(t, `"ioc`) || strings.Contains(t, `"to_ids"`) || strings.Contains(t, `"c2`)
}

// emphasis reads what stands between the sign at i and the same sign at the end
// of that text without spaces, "_bad[.]net_" or "~~bad[.]net~~". It gives where to
// go on, 0 if there is no such pair. A pair within a pair is not looked for.
func (s *scanner) emphasis(i, end int) int {
	t := s.text
	if s.within || i > 0 && (t[i-1] == t[i] || class[t[i-1]]&(isWord|isHigh) != 0) {
		return 0
	}
	from := i
	for from < end && t[from] == t[i] {
		from++
	}
	to := s.unspacedEnd(from, end)
	if to <= from || t[to-1] != t[i] {
		return 0
	}
	for to > from && t[to-1] == t[i] {
		to--
	}
	s.text, s.at.end, s.rowOf, s.within = t[:to], to, noRow, true
	s.floor, s.open = max(s.floor, from), from
	s.scanLine(from, to)
	s.text, s.at.end, s.within = t, end, false
	if s.kept >= 0 {
		s.lines[s.kept].end = end
	}
	return max(to, s.floor)
}

// unspacedEnd gives the end of the text without spaces that holds i, without
// the punctuation behind it. It looks at each such text once.
func (s *scanner) unspacedEnd(i, end int) int {
	if i < s.unspaced.end {
		return s.unspaced.last
	}
	to := i
	for to < end && s.text[to] > ' ' {
		to++
	}
	s.unspaced.end = to
	for to > i && strings.IndexByte(".,;:!?)]}>\"'`|", s.text[to-1]) >= 0 {
		to--
	}
	s.unspaced.last = to
	return to
}
