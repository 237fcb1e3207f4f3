package ioc

import "math"

// FindHTML reads all values in an HTML document. Offsets are in the text that
// Text gives for it. A link's target that the reader doesn't see is read as
// well, and is a reference: its Raw is the target, its offsets are those of
// what the link is set on.
func FindHTML(html string, o Options) []Indicator {
	p := read(html)
	text := p.text.String()
	s := scanner{text: text[:min(len(text), math.MaxInt32)]}
	s.scan()
	s.addLinks(p.links)
	return s.judge(o)
}

// addLinks notes the targets of links. One that is what the reader sees, or
// that a disarmed value was made into by an editor, is not noted again.
func (s *scanner) addLinks(links []link) {
	shown := len(s.marks)
	at := 0
	for _, l := range links {
		for at < shown && int(s.marks[at].start) < l.start {
			at++
		}
		if at < shown && int(s.marks[at].start) < l.end {
			continue
		}
		t := scanner{text: l.target}
		t.scan()
		if len(t.marks) == 0 || t.marks[0].start != 0 || t.values.all[0].kind != URL {
			continue
		}
		m := t.marks[0]
		if s.marks == nil {
			s.expect()
		}
		s.marks = append(s.marks, mark{of: s.values.of(URL, t.values.all[0].value), start: int32(l.start), end: int32(l.end),
			line: int32(len(s.targets)), link: true})
		s.targets = append(s.targets, l.target[:m.end])
	}
}
