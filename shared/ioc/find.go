package ioc

import (
	"math"
	"strings"
	"sync"
	"unicode/utf8"
)

// Options are what a reader of a text knows beside the text.
type Options struct {
	// Own are the publisher's own hosts: a plain link to one of them, or to
	// a host below it, is a reference.
	Own []string
	// Known says whether a value is known to be benign, and by which list.
	// Nil means the built-in list of shared/knownbenign.
	Known func(kind Kind, value string) (list string, ok bool)
}

// Find reads all values in the text, in text order, one Indicator for each
// (Kind, Value): its most telling occurrence, of those in plain spelling among
// the first 64.
//
// The text is UTF-8 in theory and anything in practice. Time is linear in its
// length; memory is that of the values found. Texts are read up to 2 GiB.
func Find(text string, o Options) []Indicator {
	s := newScanner(text)
	defer s.done()
	s.scan()
	return s.judge(o)
}

// scanner goes through a text once, line by line and word by word.
type scanner struct {
	text    string
	before  int // how much of a stream was read before the text
	values  valueSet
	marks   []mark
	best    []choice // room for judge.choose
	fanged  bool     // a value was disarmed
	threat  threat   // the words of attack read so far
	told    bool     // more of them change nothing: there were enough, or a value was disarmed
	spare   mark     // takes the place of one that isn't kept
	lines   []line
	targets []string // of links

	at       line // the line the scanner is in
	kept     int  // index of that line in lines, -1 if it isn't there yet
	outline  outline
	floor    int  // end of the last value read: nothing before it is looked at again
	pathEnd  int  // end of the last path in a file system; what is in it is looked at again
	labelEnd int  // end of the last value that a label told
	six      int  // no IPv6 address starts before here
	rowOf    byte // what separates the cells of the line; noRow, or 0: not asked yet
	open     int  // a sign of the text's form ended here: what stands before doesn't count
	within   bool // what stands between such signs is read
	web      bool // the URL that is read is one of the web
	whole    bool // the text is one value: nothing else can say what it is
	escaped  bool // the text is JSON
	decoded  bool // the text was Base64 in another
	wordwise bool // no word is passed over, for tests to see that this makes no difference
	// the text without spaces that was looked at last: its end, and that of its words
	unspaced struct{ end, last int }
	tables   [len(cellSigns)]columns
	// what was looked through for Sigma's rules, and where the last one was
	sigmaSeen, sigmaMark int
	halved               int // where the line behind a SHA-256 in two halves begins
	keccak               keccak
	folded               folded
	host                 chain
	build                builder
}

// scanners keeps the room that readings took, for those to come: texts are
// short, and making room for what they hold would take a fifth of the time.
var scanners = sync.Pool{New: func() any { return new(scanner) }}

// newScanner gives a scanner of the text, which is cut where marks end.
func newScanner(text string) *scanner {
	s := scanners.Get().(*scanner)
	s.text = text[:min(len(text), math.MaxInt32)]
	s.values.likely(len(s.text))
	return s
}

// done gives the scanner's room back. Nothing of the text stays in it.
func (s *scanner) done() {
	s.values.clear()
	*s = scanner{marks: s.marks[:0], best: s.best, lines: s.lines[:0], values: s.values, keccak: s.keccak, folded: s.folded,
		host: chain{tops: s.host.tops, bares: s.host.bares}, build: builder{b: s.build.b[:0]}}
	scanners.Put(s)
}

func (s *scanner) scan() {
	if !s.escaped && isJSON(s.text) {
		s.escaped = true
		if listsIndicators(s.text) {
			s.threat |= outright
		}
	}
	for from := 0; from < len(s.text); {
		end := len(s.text)
		if n := strings.IndexByte(s.text[from:], '\n'); n >= 0 {
			end = from + n
		}
		s.at.start, s.at.end, s.kept, s.rowOf = from, end, -1, 0
		s.outline.see(s.text, from, end)
		s.at.section, s.at.listing, s.at.row = s.outline.now, s.outline.fence != 0, s.outline.row
		if s.outline.lists != 0 {
			s.item(from, end)
		}
		if end > from && has("rpg", s.text[from]) {
			s.yaraRule(from, end)
		}
		s.scanLine(max(from, s.floor), end)
		from = end + 1
	}
}

func (s *scanner) scanLine(i, end int) {
	t := s.text
	for i < end {
		if s.told && !s.wordwise && !mayStart(t[i]) {
			if i = s.skip(i, end); i >= end {
				return
			}
		}
		c := t[i]
		switch {
		case class[c]&isWord != 0:
			if c == '-' {
				i++
				continue
			}
			if c == '_' {
				if next := s.emphasis(i, end); next > 0 {
					i = next
					continue
				}
			}
			i = s.word(i)
		case class[c]&isHigh != 0:
			i = s.high(i, end)
		case (c == ':' || c == '[') && i >= s.six && (strings.HasPrefix(t[i:], "::") || strings.HasPrefix(t[i:], "[:][:]")):
			i = s.colons(i)
		case follows[c]&(isMarkup|opensValue) != 0:
			i = s.sign(i, end)
		default:
			i++
		}
	}
}

// sign reads what starts with the sign at i, which is no word.
func (s *scanner) sign(i, end int) int {
	c := s.text[i]
	if i >= s.pathEnd {
		switch c {
		case '%':
			s.variable(i)
		case '\\':
			s.share(i)
		case '/', '~':
			s.unixPath(i)
		case '$':
			s.variable(i)
			s.unixPath(i)
		case '"', '\'', '`':
			s.quoted(i, i+1)
		}
	}
	if follows[c]&isMarkup != 0 {
		return s.markupSign(i, end)
	}
	return i + 1
}

// high reads what starts with the non-ASCII byte at i.
func (s *scanner) high(i, end int) int {
	if end-i > 3 && closesQuote(s.text, i) { // most
		return i + 3
	}
	if highWord(s.text, i, false) > 0 {
		end, seen := wordEnd(s.text, i)
		return s.joined(i, end, seen)
	}
	if s.text[i] == 0xEF && i < end {
		if next, ok := s.fullWidthValue(i, end); ok {
			return next
		}
	}
	if strings.HasPrefix(s.text[i:end], "“") || strings.HasPrefix(s.text[i:end], "‘") {
		s.quoted(i, i+len("“"))
	}
	i++
	for i < end && s.text[i]&0xC0 == 0x80 {
		i++
	}
	return i
}

// word reads what starts with the ASCII word at i and gives where to go on.
// Most words are just letters, which shows in them and the byte behind; then it
// goes on with the next.
func (s *scanner) word(i int) int {
	t := s.text
	for {
		end := lettersEnd(t, i)
		if end+1 >= len(t) || class[t[end]]&isWord != 0 {
			return s.mixed(i, end)
		}
		if follows[t[end]]&joins != 0 && mayJoin(t, end) {
			return s.joined(i, end, classesOf(t[i:end]))
		}
		if !s.told && threatWords.may(t[i], end-i) {
			s.told = s.threat.see(t, i, end)
		}
		if t[end] != ' ' || class[t[end+1]]&isWord == 0 || t[end+1] == '-' {
			return end
		}
		i = end + 1
	}
}

// mixed is word for one that doesn't end with its letters, at end.
func (s *scanner) mixed(i, end int) int {
	t := s.text
	seen := classesOf(t[i:end])
	for len(t)-end >= 4 { // hashes are long
		a, b, c, d := class[t[end]], class[t[end+1]], class[t[end+2]], class[t[end+3]]
		if a&b&c&d&isWord == 0 {
			break
		}
		seen |= a | b | c | d
		end += 4
	}
	for end < len(t) {
		c := class[t[end]]
		if c&isWord == 0 {
			break
		}
		seen |= c
		end++
	}
	if end+1 >= len(t) || t[end-1] == '-' || follows[t[end]]&joins != 0 && mayJoin(t, end) ||
		seen&isDigit != 0 && (end-i >= minLong || follows[t[i]]&startsName != 0) {
		return s.joined(i, end, seen)
	}
	s.inContext(i, end)
	if !s.told && threatWords.may(t[i], end-i) {
		s.told = s.threat.see(t, i, end)
	}
	return end
}

// joined reads the word at s[i:end], of the given classes as far as it is ASCII,
// and what is joined to it.
func (s *scanner) joined(i, end int, seen byte) int {
	if end < len(s.text) && s.text[end] >= utf8.RuneSelf {
		end, seen = wordEnd(s.text, i)
	}
	if end == len(s.text) {
		return s.single(i, end, seen)
	}
	switch c := s.text[end]; c {
	case '.', '\\', 0xC2, 0xE2, 0xE3:
		if dotAt(s.text, end).n > 0 {
			return s.dotted(i)
		}
	case 0xEF, '[', '(', '{', '<', ' ', ':', '@':
		if c == ' ' && !s.spacedSign(end) {
			break
		}
		if next, ok := s.signed(i, end, seen); ok {
			return next
		}
	}
	return s.single(i, end, seen)
}

// spacedSign reports whether the space at i may belong to a separator.
func (s *scanner) spacedSign(i int) bool {
	if i+1 >= len(s.text) {
		return false
	}
	switch s.text[i+1] {
	case '[', '(', '{', '<':
		return true
	case 'd', 'D':
		return hasFold(s.text, i+1, "dot ")
	case 'a', 'A':
		return hasFold(s.text, i+1, "at ")
	}
	return false
}

// signed reads the word at i whose end may be a separator's start.
func (s *scanner) signed(i, end int, seen byte) (int, bool) {
	t := s.text
	if t[end] == ':' && i >= s.pathEnd {
		if end-i == 1 && letter(t[i]) {
			s.drive(i)
		} else if mayLabel(t, end) {
			s.label(end)
		}
		if end+2 < len(t) && t[end+1] == '\\' && class[t[end+2]]&isWord != 0 { // a path, or nothing
			return 0, false
		}
	}
	if t[end] == ':' && seen&isOther == 0 {
		if next, ok := s.coloned(i, end, seen); ok {
			return next, true
		}
	}
	if seen&isOther == 0 && end-i <= 4 && i >= s.six && (t[end] == ':' || t[end] == '[') {
		if next, ok := s.readIPv6(i); ok {
			return next, true
		}
	}
	if next, ok := s.url(end); ok {
		return next, true
	}
	if t[end] == ':' {
		return 0, false
	}
	if dotAt(t, end).n > 0 {
		return s.dotted(i), true
	}
	return s.mail(i, end)
}

// coloned reads what is written in parts with colons between them, the first of
// which is the hex word s[i:end].
func (s *scanner) coloned(i, end int, seen byte) (next int, ok bool) {
	switch {
	case end-i == 2:
		return s.mac(i)
	case seen&isHex == 0:
		return s.ssdeep(i, end)
	}
	return 0, false
}
