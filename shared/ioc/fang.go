package ioc

import (
	"strings"
	"unicode/utf8"
)

// What people write in place of a dot, an at sign and "://" so that a value
// can't be clicked. Each reader looks at a bounded number of bytes.

// sep is a separator as it stands in the text.
type sep struct {
	n      int  // length in bytes, 0: there is none
	fanged bool // it is not the plain character
	spoken bool // it is the bare word, as in "evil dot com"
}

// dotAt reads the dot at i of a name; a label follows it.
func dotAt(s string, i int) sep {
	if i >= len(s) {
		return sep{}
	}
	switch s[i] {
	case '.':
		return plainDot(s, i)
	case '[', '(', '{', '<':
		if n := bracketed(s, i, ".,", "dot"); n > 0 {
			return label(s, i, n)
		}
		if s[i] == '[' && i+1 < len(s) && s[i+1] == '.' && startsWord(s, i+2) {
			return sep{n: 2, fanged: true}
		}
	case '\\':
		if i+1 < len(s) && s[i+1] == '.' {
			return label(s, i, 2)
		}
	case ' ':
		return spacedDot(s, i)
	case 0xC2, 0xE2, 0xE3, 0xEF:
		return highDot(s, i)
	}
	return sep{}
}

func plainDot(s string, i int) sep {
	if startsWord(s, i+1) {
		return sep{n: 1}
	}
	if i+2 < len(s) {
		switch {
		case s[i+1] == ']' && startsWord(s, i+2):
			return sep{n: 2, fanged: true}
		case s[i+1] == 0xE2 || s[i+1] == 0xC2:
			if n := unseen(s, i+1); n > 0 {
				return label(s, i, 1+n)
			}
		}
	}
	return sep{}
}

// label makes the separator of n bytes at i valid if a label follows, perhaps
// after one space.
func label(s string, i, n int) sep {
	if startsWord(s, i+n) {
		return sep{n: n, fanged: true}
	}
	if i+n >= len(s) {
		return sep{}
	}
	if s[i+n] == ' ' && startsWord(s, i+n+1) && (s[i] == ' ' || s[i] == '[' && sureTop(s, i+n+1)) {
		return sep{n: n + 1, fanged: true}
	}
	if u := unseen(s, i+n); u > 0 && startsWord(s, i+n+u) {
		return sep{n: n + u, fanged: true}
	}
	return sep{}
}

// spacedDot reads " [.] " and " dot ".
func spacedDot(s string, i int) sep {
	if i+2 >= len(s) {
		return sep{}
	}
	switch s[i+1] {
	case '[', '(', '{', '<':
		if n := bracketed(s, i+1, ".,", "dot"); n > 0 {
			return label(s, i, 1+n)
		}
	case 'd', 'D':
		if hasFold(s, i+1, "dot ") && startsWord(s, i+5) {
			return sep{n: 5, fanged: true, spoken: true}
		}
	}
	return sep{}
}

// bracketed reads one of the signs, or the word, in brackets at i, and gives
// its length.
func bracketed(s string, i int, signs, word string) int {
	k := i + 1
	if k < len(s) && s[k] == ' ' {
		k++
	}
	switch {
	case k < len(s) && has(signs, s[k]):
		k++
	case hasFold(s, k, word):
		k += len(word)
	default:
		return 0
	}
	if k < len(s) && s[k] == ' ' {
		k++
	}
	if k >= len(s) || !closes(s[i], s[k]) {
		return 0
	}
	return k + 1 - i
}

func has(signs string, c byte) bool {
	for k := range len(signs) {
		if signs[k] == c {
			return true
		}
	}
	return false
}

// closes reports whether c closes the bracket; people mix them up, so any of
// the three does, and only < wants its own.
func closes(open, c byte) bool {
	if open == '<' {
		return c == '>'
	}
	return c == ']' || c == ')' || c == '}'
}

// highDot reads the dots beyond ASCII, and dots behind unseen characters.
func highDot(s string, i int) sep {
	for _, d := range [...]string{"\u3002", "\uff0e", "\uff61", "\u2024"} {
		if len(s)-i > len(d) && s[i:i+len(d)] == d && alnum(s[i+len(d)]) && i > 0 && alnum(s[i-1]) {
			return sep{n: len(d), fanged: true}
		}
	}
	n := unseen(s, i)
	if n == 0 {
		return sep{}
	}
	d := plainDot(s, min(i+n, len(s)-1))
	if i+n >= len(s) || s[i+n] != '.' || d.n == 0 {
		return sep{}
	}
	return sep{n: n + d.n, fanged: true}
}

// unseen gives the length of the zero-width character at i: zero-width space,
// joiners, word joiner, soft hyphen.
func unseen(s string, i int) int {
	if i >= len(s) || s[i] < utf8.RuneSelf {
		return 0
	}
	for _, u := range [...]string{"\u200b", "\u200c", "\u200d", "\u2060", "\u00ad"} {
		if len(s)-i >= len(u) && s[i:i+len(u)] == u {
			return len(u)
		}
	}
	return 0
}

// atSign reads the at sign of a mail address at i.
func atSign(s string, i int) sep {
	if i+1 >= len(s) {
		return sep{}
	}
	switch s[i] {
	case '@':
		return sep{n: 1}
	case '[', '(', '{', '<':
		return sep{n: bracketed(s, i, "@", "at"), fanged: true}
	case ' ':
		return spacedAt(s, i)
	case 0xEF:
		if strings.HasPrefix(s[i:], "\uff20") {
			return sep{n: 3, fanged: true}
		}
	}
	return sep{}
}

func spacedAt(s string, i int) sep {
	n := 0
	switch s[i+1] {
	case '[', '(', '{', '<':
		n = bracketed(s, i+1, "@", "at")
	case 'a', 'A':
		if hasFold(s, i+1, "at ") && startsWord(s, i+4) {
			return sep{n: 4, fanged: true, spoken: true}
		}
	}
	if n == 0 {
		return sep{}
	}
	n++
	if i+n < len(s) && s[i+n] == ' ' {
		n++
	}
	return sep{n: n, fanged: true}
}

// schemeSep reads "://" at i in all its spellings.
func schemeSep(s string, i int) sep {
	k, fanged := i, false
	switch {
	case i+2 >= len(s):
		return sep{}
	case s[i] == ':':
		if class[s[i+1]]&isWord != 0 { // most
			return missingSlash(s, i)
		}
		k++
	case strings.HasPrefix(s[i:], "\uff1a"):
		k, fanged = k+3, true
	case s[i] == '[' || s[i] == '(' || s[i] == '{':
		if s[i+1] != ':' {
			return sep{}
		}
		k, fanged = k+2, true
		if closes(s[i], s[k]) {
			k++
			break
		}
		n := slashes(s, k)
		if n == 0 || k+n >= len(s) || !closes(s[i], s[k+n]) {
			return sep{}
		}
		return sep{n: k + n + 1 - i, fanged: true}
	default:
		return sep{}
	}
	if k < len(s) && s[k] == ' ' {
		k, fanged = k+1, true
	}
	if k+3 < len(s) && s[k] == '[' && s[k+1] == '/' {
		if n := slashes(s, k+1); n > 0 && k+1+n < len(s) && s[k+1+n] == ']' {
			return sep{n: k + n + 2 - i, fanged: true}
		}
	}
	n := slashes(s, k)
	if n == 0 {
		return missingSlash(s, i)
	}
	return sep{n: k + n - i, fanged: fanged || s[k] == '\\' && s[k+1] == '\\'} // "\/\/" is but escaped
}

// missingSlash reads the colon at i that lacks one or both of its slashes behind
// a scheme that was disarmed ("hxxp:/bad.example").
func missingSlash(s string, i int) sep {
	if s[i] != ':' || i < 4 || s[i-1]|0x20 != 'p' && s[i-1]|0x20 != 's' {
		return sep{}
	}
	if _, _, fanged := scheme(s, 0, i); !fanged {
		return sep{}
	}
	if nextIs(s, i+1, '/') {
		return sep{n: 2, fanged: true}
	}
	if startsWord(s, i+1) {
		return sep{n: 1, fanged: true}
	}
	return sep{}
}

// slashes reads the two slashes (or backslashes, or escaped slashes) at k.
func slashes(s string, k int) int {
	switch {
	case len(s)-k >= 2 && s[k] == '/' && s[k+1] == '/':
		return 2
	case len(s)-k >= 4 && s[k:k+4] == `\/\/`:
		return 4
	case strings.HasPrefix(s[k:], "\uff0f\uff0f"):
		return 6
	case len(s)-k >= 2 && s[k] == '\\' && s[k+1] == '\\':
		return 2
	}
	return 0
}
