package ioc

import "strings"

// Fingerprints of files and of how a program speaks TLS, which tell kin rather
// than one file.

// isTLSH reports whether the word is a TLSH digest: T1 and 70 hex digits
// (https://github.com/trendmicro/tlsh).
func isTLSH(w string) bool {
	return len(w) == 72 && w[:2] == "T1" && hexDigits(w[2:])
}

// isJA4 reports whether the word is a JA4 client fingerprint, such as
// t13d1516h2_8daaf6152771_b186095e22b6
// (https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/JA4.md).
func isJA4(w string) bool {
	return len(w) == 36 && has("tqd", w[0]) && digit(w[1]) && digit(w[2]) && has("di", w[3]) && decimal(w[4:8]) &&
		alnum(w[8]) && alnum(w[9]) && w[10] == '_' && w[23] == '_' && hexDigits(w[11:23]) && hexDigits(w[24:])
}

// jarmLength is how many hex digits a JARM server fingerprint has
// (https://github.com/salesforce/jarm); a SHA-256 that lost two has as many.
const jarmLength = 62

// jarm reports whether the hex word s[i:end] is a JARM fingerprint: the line
// says so before it, or it is all there is.
func (s *scanner) jarm(i, end int) bool {
	return end-i == jarmLength && (s.whole || s.saysBefore(i, "jarm")) && hexDigits(s.text[i:end])
}

// saysBefore reports whether the line has the lower-case word shortly before i.
func (s *scanner) saysBefore(i int, word string) bool {
	for k := max(s.at.start, i-lookBehind); k+len(word) <= i; k++ {
		if hasFold(s.text, k, word) {
			return true
		}
	}
	return false
}

// saysWord gives what the lexicon makes of the words that the line has shortly
// before i: of the last that means something.
func (s *scanner) saysWord(i int, l *lexicon) uint8 {
	for k := i; k > max(s.at.start, i-lookBehind); {
		end := k
		for k > s.at.start && end-k <= maxLexeme && alnum(s.text[k-1]) {
			k--
		}
		if k == end {
			k--
		} else if is := l.find(s.text, k, end); is > 0 {
			return is
		}
	}
	return 0
}

// ssdeep reads a context-triggered piecewise hash, "size:hash:hash", whose size
// is the word s[i:end] (https://ssdeep-project.github.io/ssdeep/). Sizes are 3
// times a power of two.
func (s *scanner) ssdeep(i, end int) (next int, ok bool) {
	size, e := number(s.text, i)
	if e != end || size%3 != 0 || size/3&(size/3-1) != 0 || size == 0 {
		return 0, false
	}
	first := base64End(s.text, end+1)
	if n := first - end - 1; n < 8 || n > 64 || !nextIs(s.text, first, ':') {
		return 0, false
	}
	next = base64End(s.text, first+1)
	if n := next - first - 1; n < 4 || n > 64 || strings.IndexByte(s.text[end+1:next], '/') < 0 && !mixed(s.text[end+1:first]) {
		return 0, false
	}
	s.add(SSDeep, s.text[i:next], i, next, false)
	return next, true
}

func base64End(t string, i int) int {
	for i < len(t) && (alnum(t[i]) || t[i] == '+' || t[i] == '/') {
		i++
	}
	return i
}

// mixed reports whether there are capitals and small letters.
func mixed(w string) bool { return strings.ToLower(w) != w && strings.ToUpper(w) != w }

func decimal(w string) bool {
	for k := range len(w) {
		if !digit(w[k]) {
			return false
		}
	}
	return true
}

func hexDigits(w string) bool {
	for k := range len(w) {
		if class[w[k]]&(isDigit|isHex) == 0 {
			return false
		}
	}
	return true
}
