package ioc

// Where values stand.

// mark is one occurrence of a value, before its role is known. Texts can hold
// a great many, so that it is kept small; hence Find's limit on their length.
type mark struct {
	of         int32 // number of the value in scanner.values
	start, end int32
	line       int32 // index in scanner.lines; of a link: in scanner.targets
	fanged     bool
	doubtful   bool // could as well be a file name, code or a version
	link       bool // the target of a link whose text is something else
	encoded    bool // in a command in Base64
}

// at gives where the mark stands.
func (m *mark) at() (start, end int) { return int(m.start), int(m.end) }

// line is a line of the text that holds a value.
type line struct {
	start, end int
	section    section
	listing    bool // it is part of a block shown as it is
	row        byte // what separates the cells of the table it is part of; 0: of none
}

// add notes a value that stands at s[start:end].
func (s *scanner) add(k Kind, value string, start, end int, fanged bool) *mark {
	return s.mark(s.values.of(k, value), start, end, fanged)
}

// addHost is add for the host that was read.
func (s *scanner) addHost(k Kind, start, end int, fanged bool) *mark {
	if c := &s.host; !c.asRead() {
		return s.mark(s.values.ofBytes(k, c.name()), start, end, fanged)
	}
	return s.add(k, s.host.string(s.text), start, end, fanged)
}

// addBuilt is add for the value that was put together.
func (s *scanner) addBuilt(k Kind, start, end int, fanged bool) *mark {
	if b := &s.build; b.own {
		return s.mark(s.values.ofBytes(k, b.b), start, end, fanged)
	}
	return s.add(k, s.build.string(), start, end, fanged)
}

// addLower is add for s[start:end], of the given classes, in small letters.
func (s *scanner) addLower(k Kind, start, end int, seen byte) *mark {
	if seen&isUpper == 0 {
		return s.add(k, s.text[start:end], start, end, false)
	}
	s.build.reset(s.text, start).lower(start, end)
	return s.addBuilt(k, start, end, false)
}

// mark notes an occurrence of the value with that number.
func (s *scanner) mark(of int32, start, end int, fanged bool) *mark {
	s.floor = end
	s.fanged, s.told = s.fanged || fanged, s.told || fanged
	m := mark{of: of, start: int32(start), end: int32(end), fanged: fanged}
	if !s.values.all[of].wants(fanged) {
		s.spare = m
		return &s.spare
	}
	if s.marks == nil {
		s.marks, s.lines = make([]mark, 0, s.values.first), make([]line, 0, s.values.first/2)
	}
	if s.kept < 0 {
		s.kept = len(s.lines)
		s.lines = append(s.lines, s.at)
	}
	m.line = int32(s.kept)
	s.marks = append(s.marks, m)
	return &s.marks[len(s.marks)-1]
}
