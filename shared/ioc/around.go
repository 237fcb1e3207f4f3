package ioc

import "strings"

// What stands around a value says what it is: the values beside it in a list,
// and the word that names it.

// amongHosts reports whether a line right above or below the mark's has a host
// that nobody takes for a file, and nothing before it.
func (j *judge) amongHosts(m *mark) bool {
	for _, n := range [...]int{j.n - 1, j.n + 1} {
		if n < 0 || n >= len(j.marks) {
			continue
		}
		o := &j.marks[n]
		if j.values.all[o.of].kind != Domain || o.doubtful || o.link {
			continue
		}
		a, b := &j.lines[min(o.line, m.line)], &j.lines[max(o.line, m.line)]
		if a.end+1 == b.start && bullet(j.text, j.lines[o.line].start, int(o.start)) {
			return true
		}
	}
	return false
}

// nothingElse reports whether the text is a list of values, each alone on its
// line, and has next to nothing beside them.
func (s *scanner) nothingElse() bool {
	sure, size := 0, 0
	for k := range s.marks {
		m := &s.marks[k]
		if m.link || !s.fills(m) {
			continue
		}
		size += int(m.end - m.start)
		if !m.doubtful {
			sure++
		}
	}
	return sure > 2 && 2*sure > len(s.marks) && 4*size > 3*len(s.text)
}

// fills reports whether the mark's line holds nothing but it.
func (s *scanner) fills(m *mark) bool {
	l := &s.lines[m.line]
	return bullet(s.text, l.start, int(m.start)) && strings.TrimRight(s.text[m.end:max(l.end, int(m.end))], " ,;\r\"'") == ""
}

// behindListed reports whether the mark stands in brackets right behind the
// first value of its line, "x@a.example (mail.a.example)".
func (j *judge) behindListed(m *mark) bool {
	if j.n == 0 {
		return false
	}
	o := &j.marks[j.n-1]
	return !o.link && o.line == m.line && j.text[o.end:m.start] == " (" && bullet(j.text, j.lines[m.line].start, int(o.start))
}

// sender reports whether what stands on a line before a mail address says that
// it is where a mail came from, RFC 5322 §3.6.2 and RFC 5321 §4.1.1.2.
func sender(t string) bool {
	i := 0
	for i < len(t) && !alnum(t[i]) {
		i++
	}
	for _, h := range [...]string{"from:", "sender:", "reply-to:", "return-path:"} {
		if hasFold(t, i, h) {
			return true
		}
	}
	t = strings.TrimRight(t, " <:=\"")
	for _, w := range [...]string{"from", "sender"} {
		if hasFold(t, len(t)-len(w), w) && (len(t) == len(w) || !alnum(t[len(t)-len(w)-1])) {
			return true
		}
	}
	return false
}
