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

// fingerprintKinds are the fingerprints written as hashes are, which only a
// label tells from those.
var fingerprintKinds = [...]Kind{"", Imphash, Authentihash, PEHash, VHash, JA3, JA3S, HASSH}

// fingerprintLength is how many hex digits they have, 0 for any number that a
// hash has.
func fingerprintLength(k Kind) int {
	switch k {
	case Imphash, JA3, JA3S, HASSH:
		return 32
	case PEHash:
		return 40
	case Authentihash:
		return 64
	}
	return 0
}

// fingerprintWords name them, by their place in fingerprintKinds, or leave it
// to the word before.
var fingerprintWords = newLexicon(map[uint8]string{
	1: "imphash imphashes", 2: "authentihash", 3: "pehash", 4: "vhash", 5: "ja3", 6: "ja3s", 7: "hassh hasshserver",
	lastWord: "hash hashes fingerprint fingerprints digest value md5 sha256 string client server is",
})

const lastWord = 8 // and is no name

// fingerprintName gives what the label ends in, "JA3" or "JA3S fingerprint", as
// a place in fingerprintKinds: 0 if that is none.
func fingerprintName(label string) uint8 {
	end := len(label)
	for range 3 {
		for end > 0 && !alnum(label[end-1]) {
			end--
		}
		i := end
		for i > 0 && end-i < maxLexeme && alnum(label[i-1]) {
			i--
		}
		if i == end {
			return 0
		}
		is := fingerprintWords.find(label, i, end)
		if is != lastWord {
			return is
		}
		end = i
	}
	return 0
}

// fingerprint gives what the line or the table's heading makes of the hash
// s[i:end]; "" where nothing says that it is no file's.
func (s *scanner) fingerprint(i, end int) Kind {
	k := fingerprintKinds[s.fingerprintAt(i, end)]
	if n := fingerprintLength(k); n != 0 && n != end-i {
		return ""
	}
	return k
}

// fingerprintAt gives that as a place in fingerprintKinds.
func (s *scanner) fingerprintAt(i, end int) uint8 {
	if i > s.at.start {
		before := s.text[max(s.at.start, i-lookBehind):i]
		if is := fingerprintName(before); is > 0 && labels(before) {
			return is
		}
		if is := s.column(i); is > 0 {
			return is
		}
	}
	return s.nameBehind(end)
}

// labels reports whether what stands before a value is a label rather than a
// sentence that comes to its end.
func labels(before string) bool {
	for k := len(before) - 1; k >= 0 && !alnum(before[k]); k-- {
		if has(".;,", before[k]) {
			return false
		}
	}
	return true
}

// nameBehind gives the fingerprint that is named right behind a hash that ends
// there: "0f1e… (imphash)", "0f1e… | JA3 |". A name with a value of its own is
// that one's.
func (s *scanner) nameBehind(end int) uint8 {
	t := s.text[end:s.at.end]
	i := 0
	for i < len(t) && i < 4 && has(" |\t(-`", t[i]) {
		i++
	}
	if i == 0 || i == len(t) {
		return 0
	}
	e := i
	for e < len(t) && alnum(t[e]) && e-i < maxLexeme {
		e++
	}
	is := fingerprintName(t[i:e])
	for e < len(t) && has(" `\r)|.", t[e]) {
		e++
	}
	if e < len(t) {
		return 0
	}
	return is
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
	return lastMeaning(s.text[max(s.at.start, i-lookBehind):i], l)
}

// lastMeaning gives what the lexicon makes of the last word in t that means
// something.
func lastMeaning(t string, l *lexicon) uint8 {
	for k := len(t); k > 0; {
		end := k
		for k > 0 && end-k <= maxLexeme && alnum(t[k-1]) {
			k--
		}
		if k == end {
			k--
		} else if is := l.find(t, k, end); is > 0 {
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
func mixed(w string) bool {
	var capital, small bool
	for k := range len(w) {
		capital = capital || class[w[k]]&isUpper != 0
		small = small || w[k]-'a' < 26
	}
	return capital && small
}

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
