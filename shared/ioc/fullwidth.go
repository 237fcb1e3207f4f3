package ioc

import "unicode/utf8"

// maxFullWidth bounds a value in full-width letters, in bytes, and how much of it
// may stand in plain ones before.
const (
	maxFullWidth = 1024
	maxPlain     = 64
)

// folded is room for such a word in plain letters.
type folded struct {
	text   []byte
	stands []int32 // where each byte of it does, and where the word ends
}

// fullWidthValue reads the values in a word with full-width letters or digits, the
// first of them at i, as if they were plain (Unicode's compatibility forms of
// ASCII, U+FF01 to U+FF5E, https://www.unicode.org/reports/tr15/). It gives the
// word's end; ok is false if it is no such word.
func (s *scanner) fullWidthValue(i, end int) (next int, ok bool) {
	if r, _ := utf8.DecodeRuneInString(s.text[i:end]); !fullWidth(r) || !alnum(byte(r-0xFF01+'!')) {
		return 0, false
	}
	from := s.plainStart(i)
	folded, stands := s.folded.text[:0], s.folded.stands[:0]
	signs := false
	for next = from; next < end && next-from < maxFullWidth; {
		r, n := utf8.DecodeRuneInString(s.text[next:end])
		if fullWidth(r) {
			r += '!' - 0xFF01
		}
		if r <= ' ' || r >= utf8.RuneSelf {
			break
		}
		signs = signs || has(".:-@", byte(r))
		folded, stands = append(folded, byte(r)), append(stands, int32(next))
		next += n
	}
	stands = append(stands, int32(next))
	s.folded.text, s.folded.stands = folded, stands
	if len(folded) < len("a.io") || !signs && len(folded) < 32 { // shorter than a host, or a hash
		return next, true
	}
	in := newScanner(string(folded))
	defer in.done()
	in.scan()
	for n := range in.marks {
		if m := &in.marks[n]; !m.doubtful && int(stands[m.end]) > i {
			e := &in.values.all[m.of]
			s.add(e.kind, e.value, int(stands[m.start]), int(stands[m.end]), true)
		}
	}
	return next, true
}

// plainStart gives where the word with the full-width letter at i begins.
func (s *scanner) plainStart(i int) int {
	floor := max(s.floor, s.at.start, i-maxPlain)
	for i > floor {
		r, n := utf8.DecodeLastRuneInString(s.text[floor:i])
		if !fullWidth(r) && (r >= utf8.RuneSelf || !alnum(byte(r)) && !has(".:/-_", byte(r))) {
			break
		}
		i -= n
	}
	return i
}
