package ioc

import "strings"

// heads takes in that the line is a heading, of a list of what it names or of
// something else.
func (o *outline) heads(line string) {
	is, named := labelName(line)
	o.lists = 0
	switch k := labelKinds[is]; k {
	case Mutex, UserAgent, Subject, Task, Service, YARARule, Telegram:
		if k != Service || named {
			o.lists = is
		}
	}
}

// item reads the item t[from:end] of a list whose heading says what is in it:
// behind a list item's sign, in a block shown as it is, or a table's first cell.
func (s *scanner) item(from, end int) {
	t := s.text
	start := from
	from = end - len(strings.TrimLeft(t[from:end], " \t-*+|`\"'•"))
	if from == start && s.outline.fence == 0 || from == end || strings.HasPrefix(t[start:end], "|--") {
		return
	}
	k := labelKinds[s.outline.lists]
	to := s.valueEnd(from, longest(k))
	if n := strings.Index(t[from:to], ": "); n > 0 && n < maxLexeme { // it has a label of its own
		return
	}
	s.labelled(k, from, to)
}
