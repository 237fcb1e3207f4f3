package ioc

import (
	"math/bits"
	"unicode/utf8"
)

// What is passed over: words that are nothing but that. Most of a report is such
// text, and looking at it word by word took half of the time of reading it: where
// a word ends is what a processor foresees worst.

// Something begins only where a byte of one set stands before one of another. What
// sets a byte is in as the second of such a pair:
const (
	behindDot     = 1 << iota // goes on behind a dot: a word, and what shuts "[.]"
	behindBracket             // begins a separator in brackets
	behindSpace               // counts behind a space or a sign only: quotation marks, slashes
	maySpeak                  // may begin the word "dot"
	behindAny                 // all bytes
)

// pairs gives for each byte which sets it begins a pair with, in its high byte, and
// which it is in, in its low byte.
var pairs = bytePairs()

func bytePairs() (t [256]uint16) {
	for c := range t {
		t[c] = behindAny
		if class[c]&(isWord|isHigh) != 0 {
			t[c] |= behindDot
		}
		if c >= utf8.RuneSelf {
			t[c] |= behindAny << 8
		}
	}
	for _, p := range []struct {
		second uint16
		before string
		bytes  string
	}{
		{behindDot, ".", "]"},
		{behindBracket, "[({<", " .,:@/dDaA"},
		{behindSpace, " \t\n(=>|[,*:\"'`", "\"'`/"},
		{maySpeak, " ", "dD"},
		{behindAny, "0123456789-_:@\\%~$+>]\n", ""},
	} {
		for _, c := range []byte(p.before) {
			t[c] |= p.second << 8
		}
		for _, c := range []byte(p.bytes) {
			t[c] |= p.second
		}
	}
	return t
}

// mayStart reports whether what the byte begins, or is the first to begin with, is
// never passed over.
func mayStart(c byte) bool { return pairs[c]&(behindAny<<8|behindSpace) != 0 }

// skip gives where to look on from i in the line, which ends at end: between are
// words in which nothing begins. It is for texts of which the words themselves say
// nothing new. Eight bytes are looked at together with what each is followed by.
func (s *scanner) skip(i, end int) int {
	t := s.text
	k := i
	for ; len(t)-k >= 16; k += 8 {
		w := t[k : k+9]
		a, b, c, d, e, f, g, h, n := pairs[w[0]], pairs[w[1]], pairs[w[2]], pairs[w[3]], pairs[w[4]], pairs[w[5]], pairs[w[6]], pairs[w[7]], pairs[w[8]]
		met := uint64(a>>8&b) | uint64(b>>8&c)<<8 | uint64(c>>8&d)<<16 | uint64(d>>8&e)<<24 |
			uint64(e>>8&f)<<32 | uint64(f>>8&g)<<40 | uint64(g>>8&h)<<48 | uint64(h>>8&n)<<56
		for met != 0 {
			n := bits.TrailingZeros64(met) / 8
			at := k + n
			switch {
			case at == end:
				return end
			case byte(met>>(8*n)) == maySpeak && !hasFold(t, at, " dot "):
				met &^= 0xff << (8 * n)
			case closesQuote(t, at) && !mayStart(t[at+3]):
				k, met = at+3-8, 0
			default:
				return wordBefore(t, i, at)
			}
		}
	}
	if k == i { // the text ends: its last words are looked at one by one
		return i
	}
	return wordBefore(t, i, k)
}

// closesQuote reports whether a quotation mark that ends something, an apostrophe
// or an ellipsis is at i, beyond ASCII: they join nothing.
func closesQuote(t string, i int) bool {
	return t[i] == 0xE2 && t[i+1] == 0x80 && t[i+2] != 0x98 && t[i+2] != 0x9C && punctuates(t[i+2])
}

// wordBefore gives where the word begins that stands before i, as far back as
// floor: before the space there if a bracket follows, and the word before an
// " at " instead of the one behind.
func wordBefore(t string, floor, i int) int {
	if i > floor && t[i-1] == ' ' && follows[t[i]]&opensDot != 0 {
		i--
	}
	i = wordStart(t, floor, i)
	if i-floor > len(" at ") && t[i-2]|0x20 == 't' && hasFold(t, i-len(" at "), " at ") {
		return wordStart(t, floor, i-len(" at "))
	}
	return i
}

func wordStart(t string, floor, i int) int {
	for i > floor && class[t[i-1]]&isWord != 0 {
		i--
	}
	return i
}
