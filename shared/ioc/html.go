package ioc

// FindHTML reads all values in an HTML document. Offsets are in the text that
// Text gives for it. A link's target that the reader doesn't see is read as
// well, and is a reference: its Raw is the target, its offsets are those of
// what the link is set on.
func FindHTML(html string, o Options) []Indicator {
	p := read(html)
	s := newScanner(p.text.String())
	defer s.done()
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
		url, end := leads(l.target)
		if url == "" {
			continue
		}
		s.marks = append(s.marks, mark{of: s.values.of(URL, url), start: int32(l.start), end: int32(l.end),
			line: int32(len(s.targets)), link: true})
		s.targets = append(s.targets, l.target[:end])
	}
}

// leads gives the URL that a link's target starts with, and where it ends.
func leads(target string) (url string, end int32) {
	t := newScanner(target)
	defer t.done()
	t.scan()
	if len(t.marks) == 0 || t.marks[0].start != 0 || t.values.all[0].kind != URL {
		return "", 0
	}
	return t.values.all[0].value, t.marks[0].end
}
