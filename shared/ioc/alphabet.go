package ioc

import (
	"math/bits"
	"unicode/utf8"
)

// A byte's classes. A word is what may stand between two dots of a name:
// letters, digits, hyphen, underscore and every byte of a non-ASCII letter.
const (
	isWord  = 1 << iota // continues a word
	isDigit             // 0-9
	isHex               // a-f, A-F
	isOther             // any other letter, hyphen or underscore: the word is no hex number
	isHigh              // byte of a non-ASCII rune
	isUpper             // A-Z; its value is 'a'-'A'
	isLocal             // may stand in the local part of a mail address, RFC 5322 atext and dot
	isPath              // may stand in a URL's path, query or fragment without a second look
)

// localSigns are the signs beside word and dot that are read in a mail
// address' local part; RFC 5322 has more, which text uses for other things: a
// sentence ends with "!", and no mail is written to it.
const localSigns = "#$%&*+~"

// class gives the classes of each byte.
var class = classes()

func classes() (t [256]byte) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9':
			t[c] = isWord | isDigit | isLocal | isPath
		case 'a' <= c && c <= 'f':
			t[c] = isWord | isHex | isLocal | isPath
		case 'g' <= c && c <= 'z':
			t[c] = isWord | isOther | isLocal | isPath
		case 'A' <= c && c <= 'F':
			t[c] = isWord | isHex | isUpper | isLocal | isPath
		case 'G' <= c && c <= 'Z':
			t[c] = isWord | isOther | isUpper | isLocal | isPath
		case c == '-' || c == '_':
			t[c] = isWord | isOther | isLocal | isPath
		case c >= utf8.RuneSelf:
			t[c] = isHigh
		}
	}
	for _, c := range []byte("." + localSigns) {
		t[c] |= isLocal
	}
	for _, c := range []byte("/?=%+~#@!$") {
		t[c] |= isPath
	}
	return t
}

// What a byte may do behind a word, or as the first of one, for the scanner to
// tell the words that are just that.
const (
	joins        = 1 << iota // may join the word before it to what follows
	opensDot                 // opens a separator in brackets
	startsSpoken             // may start a separator in words, "dot" or "at"
	isMarkup                 // may stand for something else than itself
	opensValue               // may open a value that isn't a word
	startsName               // a word with digits in it that starts so may be an identifier
)

// follows gives what each byte may do.
var follows = followers()

func followers() (t [256]byte) {
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = joins
	}
	for _, c := range []byte(". \\:@>]") {
		t[c] = joins
	}
	for _, c := range []byte("[({<") {
		t[c] = joins | opensDot
	}
	for _, c := range []byte("%\\/~$\"'`") {
		t[c] |= opensValue
	}
	for _, c := range []byte("TACcSGE") {
		t[c] = startsName
	}
	for _, c := range []byte("~+\\") {
		t[c] |= isMarkup
	}
	for _, c := range []byte("aAdD") {
		t[c] |= startsSpoken
	}
	return t
}

// What a byte of ASCII is in a word of prose. A table tells without a branch,
// which no processor can foresee in a hash.
const (
	isLetter = 1 << iota // a-z, A-Z
	isAlnum              // letter or digit
	isSmall              // a-z
	isLexeme             // letter, digit or &: may stand in a lexicon's word
)

// letters gives what each byte is.
var letters = letterClasses()

func letterClasses() (t [256]byte) {
	for c := byte('0'); c <= '9'; c++ {
		t[c] = isAlnum | isLexeme
	}
	for c := byte('a'); c <= 'z'; c++ {
		t[c] = isAlnum | isLetter | isSmall | isLexeme
		t[c-'a'+'A'] = isAlnum | isLetter | isLexeme
	}
	t['&'] = isLexeme
	return t
}

// minLong is the length from which a word with digits may be a hash or the
// like.
const minLong = 26

// mayJoin reports whether the byte at i, which is one that joins and not the
// last, may join the word before it to what follows.
func mayJoin(s string, i int) bool {
	next := s[i+1]
	switch s[i] {
	case ' ':
		if f := follows[next]; f&startsSpoken == 0 {
			return f&opensDot != 0 && mayOpen(s, i+1)
		}
		if i+3 >= len(s) || s[i+2]|0x20 != 't' && s[i+2]|0x20 != 'o' { // most words
			return false
		}
		return hasFold(s, i+1, "at ") || hasFold(s, i+1, "dot ")
	case '[', '(', '{', '<':
		return mayOpen(s, i)
	case ':':
		if next == ' ' && i+2 < len(s) {
			next = s[i+2]
			return next == '/' || next == '\\' || next == '[' || next == 0xEF || mayLabel(s, i)
		}
		return next > ' '
	case 0xC2:
		return next != 0xA0 // a space that doesn't break
	case 0xE2:
		return next != 0x80 || i+2 == len(s) || !punctuates(s[i+2])
	case '@':
		return hasDot(s, i+1)
	case '.':
		return class[next]&(isWord|isHigh) != 0 || next == ']'
	}
	return true
}

// mayLabel reports whether the word that ends at i may be a label's last.
func mayLabel(s string, i int) bool {
	from := i
	for from > 0 && i-from < maxLexeme && alnum(s[from-1]) {
		from--
	}
	return from < i && nameWords.may(s[from], i-from)
}

// punctuates reports whether U+2000 and c-0x80 is a quotation mark, an ellipsis
// or a bullet.
func punctuates(c byte) bool { return c >= 0x98 && c <= 0x9F || c == 0xA6 || c == 0xA2 }

// mayOpen reports whether the bracket at i may open a separator.
func mayOpen(s string, i int) bool {
	if nextIs(s, i+1, ' ') {
		i++
	}
	if i+2 >= len(s) {
		return false
	}
	switch s[i+1] {
	case '.', ',', ':', '@', '/':
		return true
	case 'd', 'D', 'a', 'A':
		return s[i+2]|0x20 == 'o' || s[i+2]|0x20 == 't'
	}
	return false
}

func digit(c byte) bool  { return c-'0' < 10 }
func small(c byte) bool  { return c-'a' < 26 }
func letter(c byte) bool { return c|0x20-'a' < 26 }
func alnum(c byte) bool  { return letters[c]&isAlnum != 0 }

// lower gives the small letter. The class of capitals is the bit that they lack,
// so that no branch is needed.
func lower(c byte) byte { return c | class[c]&isUpper }

// highWord gives the length of the non-ASCII letter or mark at i, 0 if there
// is none. Scripts that are written without spaces end an ASCII word, so that
// a name stands apart from the sentence around it.
func highWord(s string, i int, ascii bool) int {
	if i+1 < len(s) && s[i] == 0xE2 && s[i+1] == 0x80 { // punctuation, U+2000 to U+203F
		return altHyphen(s, i)
	}
	r, n := utf8.DecodeRuneInString(s[i:])
	if !inWords(r) {
		return 0
	}
	if ascii && unspaced(r) || fullWidth(r) {
		return 0
	}
	return n
}

// altHyphen gives the length of the hyphen beyond ASCII at i, which editors put
// in place of the plain one, if it stands within a word: U+2010 or U+2011.
func altHyphen(s string, i int) int {
	if len(s)-i > 3 && (s[i:i+3] == "\u2010" || s[i:i+3] == "\u2011") && i > 0 && alnum(s[i-1]) && alnum(s[i+3]) {
		return 3
	}
	return 0
}

// unspaced reports whether the rune's script sets no spaces between words.
func unspaced(r rune) bool {
	return r >= 0x0E00 && (r < 0x0F00 || // Thai, Lao
		r >= 0x2E80 && r < 0xA000 || // CJK, kana
		r >= 0xAC00 && r < 0xD7B0 || // Hangul
		r >= 0xF900 && r < 0xFB00 || r >= 0x20000)
}

func fullWidth(r rune) bool { return r >= 0xFF01 && r <= 0xFF5E }

// wordEnd gives the end of the word that starts at i, and the classes of all
// its bytes.
func wordEnd(s string, i int) (end int, seen byte) {
	for end = i; end < len(s) && class[s[end]]&isWord != 0; end++ {
		seen |= class[s[end]]
	}
	if end == len(s) || class[s[end]]&isHigh == 0 { // most words
		return end, seen
	}
	whole := false // the word is of a script without spaces: ASCII ends it
	for end < len(s) {
		c := class[s[end]]
		if c&isWord != 0 && !whole {
			seen |= c
			end++
			continue
		}
		if c&isHigh == 0 {
			break
		}
		n := highWord(s, end, seen&(isDigit|isHex|isOther) != 0)
		if n == 0 {
			if n = softBreak(s, end, seen); n == 0 {
				break
			}
			seen |= isHigh
			end += n
			continue
		}
		if n == 3 && altHyphen(s, end) > 0 {
			seen |= isOther | isHigh
			end += n
			continue
		}
		if seen&isHigh == 0 && n == 3 {
			r, _ := utf8.DecodeRuneInString(s[end:])
			whole = unspaced(r)
		}
		seen |= isHigh
		end += n
	}
	return end, seen
}

// softBreak gives the length of the unseen character at i where it lets a word,
// whose bytes so far are of the given classes, be broken: beside a hyphen, or a
// soft hyphen. A hex number is left to whom reads hashes.
func softBreak(s string, i int, seen byte) int {
	n := unseen(s, i)
	if n == 0 || i == 0 || i+n >= len(s) || !alnum(s[i+n]) && s[i+n] != '-' {
		return 0
	}
	if s[i-1] == '-' || s[i+n] == '-' || n == len("\u00ad") && alnum(s[i-1]) && seen&isOther != 0 {
		return n
	}
	return 0
}

// lettersEnd gives the end of the run of ASCII letters that starts at i, at least
// eight bytes before the end of the text or sooner. It looks at eight bytes at
// once: where a word ends is what a processor foresees worst.
func lettersEnd(s string, i int) int {
	const each, high = 0x0101010101010101, 0x8080808080808080
	for ; len(s)-i >= 8; i += 8 {
		w := s[i : i+8]
		x := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
			uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
		small := (x | 0x20*each) &^ high
		fromA, beyondZ := small+(0x80-'a')*each, small+(0x80-'z'-1)*each
		if other := (^fromA | beyondZ | x) & high; other != 0 { // the highest bit of each byte that is none
			return i + bits.TrailingZeros64(other)/8
		}
	}
	return i
}

// classesOf gives the classes of all bytes of the word.
func classesOf(w string) (seen byte) {
	for k := range len(w) {
		seen |= class[w[k]]
	}
	return seen
}

// startsWord reports whether a name's label can start at i.
func startsWord(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	c := s[i]
	if c < utf8.RuneSelf {
		return alnum(c) || c == '_'
	}
	return highWord(s, i, false) > 0
}

// goesOnWith reports whether a word goes on at i: not where a script without
// spaces begins.
func goesOnWith(s string, i int) bool {
	return i < len(s) && (alnum(s[i]) || s[i] == '_' || class[s[i]]&isHigh != 0 && highWord(s, i, true) > 0)
}

// hasFold reports whether s has the lower-case ASCII text at i, in any case.
func hasFold(s string, i int, text string) bool {
	if i < 0 || len(s)-i < len(text) {
		return false
	}
	for k := range len(text) {
		if c := s[i+k]; c != text[k] && lower(c) != text[k] {
			return false
		}
	}
	return true
}
