package ioc

import "strings"

// Values that were broken over lines, or within, by what they were copied from.

// brokenHash reads the hash whose first part is the hex word s[i:end], with a
// line break or an unseen character behind it. Parts that could each be a hash
// of their own are two lines of a list, unless nothing seen parts them.
func (s *scanner) brokenHash(i, end int) (next int, ok bool) {
	t := s.text
	from := end + unseen(t, end)
	list := from == end
	if list {
		if hashLength(end-i) != "" {
			return s.halves(i, end)
		}
		if from = lineBreak(t, end); from == end {
			return 0, false
		}
	}
	to, seen := wordEnd(t, from)
	if seen&(isOther|isHigh) != 0 || list && hashLength(to-from) != "" || hashLength(end-i+to-from) == "" {
		return 0, false
	}
	value := lowerASCII(t[i:end] + t[from:to])
	k := hashKind(value)
	if k == "" {
		return 0, false
	}
	s.add(k, value, i, to, false)
	return to, true
}

// half is how many digits half of a SHA-256 has, and an MD5.
const half = 32

// halves reads the SHA-256 that was broken in the middle, whose first half is the
// hex word s[i:end]: two lines that hold nothing else. They are two MD5s unless
// something says SHA-256: the first line or the one above, or the lines around,
// where a whole one or another in halves stands.
func (s *scanner) halves(i, end int) (next int, ok bool) {
	t := s.text
	from := lineBreak(t, end)
	if end-i != half || from == end {
		return 0, false
	}
	to, seen := wordEnd(t, from)
	if to-from != half || seen&(isOther|isHigh) != 0 || lineBreak(t, to) == to && to < len(t) {
		return 0, false
	}
	named := saysSHA256(t[s.at.start:i])
	if !named && !bullet(t, s.at.start, i) {
		return 0, false
	}
	above := strings.TrimRight(t[max(0, s.at.start-maxAbove):s.at.start], " \t\r\n")
	above = above[strings.LastIndexByte(above, '\n')+1:]
	below, _ := wordEnd(t, lineBreak(t, to))
	if !named && !saysSHA256(above) && (s.halved == 0 || s.halved != s.at.start) && !endsInSHA256(above) && hashKind(t[lineBreak(t, to):below]) != SHA256 {
		return 0, false
	}
	value := lowerASCII(t[i:end] + t[from:to])
	if hashKind(value) != SHA256 {
		return 0, false
	}
	s.halved = lineBreak(t, to)
	s.add(SHA256, value, i, to, false)
	return to, true
}

// maxAbove is how far is looked back for the line above.
const maxAbove = 100

// saysSHA256 reports whether a label or a heading names that digest.
func saysSHA256(t string) bool {
	for k := max(0, len(t)-lookBehind); k < len(t); k++ {
		if hasFold(t, k, "sha256") || hasFold(t, k, "sha-256") {
			return true
		}
	}
	return false
}

// endsInSHA256 reports whether a whole one is the last word of the line.
func endsInSHA256(line string) bool {
	return len(line) >= 2*half && hashKind(line[len(line)-2*half:]) == SHA256 && (len(line) == 2*half || !alnum(line[len(line)-2*half-1]))
}

// maxIndent bounds the white space behind a line break within a value.
const maxIndent = 16

// lineBreak gives the end of the line break at i, and of the white space behind
// it; i if there is none.
func lineBreak(t string, i int) int {
	k := i
	if nextIs(t, k, '\r') {
		k++
	}
	if !nextIs(t, k, '\n') {
		return i
	}
	k++
	for n := k; k < len(t) && k-n < maxIndent && (t[k] == ' ' || t[k] == '\t'); k++ {
	}
	return k
}

// A line that was broken because it was full is at least fullLine long; what it
// goes on with is not longer than maxRest.
const (
	fullLine = 60
	maxRest  = 200
)

// restOfPath reads the rest of a path that ends at i, the end of a full line,
// in a sign that promises more. It gives the rest's bounds, equal if there is
// none. The rest is all that stands on the next line, and nothing by itself.
// A line that is set in may be anything, and is left alone.
func restOfPath(s string, i int) (from, to int) {
	from = lineBreak(s, i)
	if from == i || s[from-1] != '\n' || strings.IndexByte("-_&?%=+", s[i-1]) < 0 || i < fullLine || strings.IndexByte(s[i-fullLine:i], '\n') >= 0 {
		return i, i
	}
	for to = from; to < len(s) && to-from < maxRest && (class[s[to]]&isPath != 0 || s[to] == '.' || s[to] == '&'); to++ {
	}
	if to == from || to < len(s) && s[to] != '\n' && s[to] != '\r' || strings.Contains(s[from:to], "://") {
		return i, i
	}
	return from, pathTrim(s, from, to)
}
