package ioc

import (
	"strings"
	"unicode"
)

// Values that only a label tells: "Mutex: x", "a mutex named “x”", or a list
// below a heading. They have no shape of their own.

// labelKinds are the kinds that labels name, by the meanings of nameWords.
var labelKinds = [...]Kind{"", Mutex, UserAgent, Subject, Task, Service, Telegram, YARARule, ASN, MAC, VHash, SigmaRule}

// nameWords are the words that labels end in, by their place in labelKinds, or
// that may stand behind those.
var nameWords = newLexicon(map[uint8]string{
	1: "mutex mutexes mutexs mutant mutants", 2: "agent agents useragent useragents", 3: "subject subjects",
	4: "task tasks", 5: "service services", 6: "telegram", 7: "yara rule rules", 8: "asn as", 9: "mac", 10: "vhash", 11: "title",
	filler: "name names named called titled entitled string strings line lines field header value values with the is was set to reads " +
		"reading following channel handle account bot user id address addresses created",
})

const filler = 12

// labelLength words of a label are looked at, with at most maxBetween bytes
// between two of them.
const (
	labelLength = 5
	maxBetween  = 8
)

// labelName gives what the last words of t name, as a place in labelKinds, and
// whether they say that a name follows: 0 if that is none.
func labelName(t string) (is uint8, named bool) {
	end := len(t)
	for range labelLength {
		for n := 0; n < maxBetween && end > 0 && !alnum(t[end-1]); n++ {
			end--
		}
		i := end
		for i > 0 && end-i < maxLexeme && alnum(t[i-1]) {
			i--
		}
		if i == end {
			return 0, false
		}
		switch is = nameWords.find(t, i, end); is {
		case 0:
			return 0, false
		case filler:
			named = named || t[end-1]|0x20 == 'd' || hasFold(t, i, "name") || hasFold(t, i, "channel")
			end = i
			continue
		}
		if labelKinds[is] == UserAgent && end-i < len("useragent") && !hasFold(t, i-len("user-"), "user") {
			return 0, false
		}
		return is, named
	}
	return 0, false
}

// maxLabelled bounds a value that is told by its label, in bytes.
const maxLabelled = 256

// label reads the value behind the label whose last word ends in a colon at i.
func (s *scanner) label(i int) {
	before := s.text[max(s.at.start, i-lookBehind):i]
	is, named := labelName(before)
	k := labelKinds[is]
	switch {
	case k == "", k == Service && !named:
		return
	case (k == Subject || k == SigmaRule) && !startsLine(s.text[s.at.start:i]):
		return
	case i < s.labelEnd || k == SigmaRule && !s.sigma(i):
		return
	}
	t, from := s.text, i+1
	for from < s.at.end && has(" \t*`\"'", t[from]) {
		from++
	}
	if from == s.at.end || k == ASN && !digit(t[from]) || k == Telegram && t[from] != '@' {
		return
	}
	to := s.valueEnd(from, longest(k))
	if free(k) {
		s.labelEnd = to // a label within is part of the value
	}
	s.labelled(k, from, to)
}

// valueEnd gives the end of the value at i: that of the line, a table's cell or
// what is in quotes. Nothing is looked at behind what would be too long.
func (s *scanner) valueEnd(i, longest int) int {
	limit := min(s.at.end, i+longest+1)
	for i < limit && !has("|\t\"`", s.text[i]) {
		i++
	}
	return i
}

// startsLine reports whether t, the beginning of a line, has nothing but a list
// item's sign and a few words.
func startsLine(t string) bool {
	t = strings.Trim(t, " \t\u00a0->*|+`\"'")
	return len(t) <= maxLexeme && strings.Count(t, " ") < 3 && !strings.ContainsAny(t, ".,;:")
}

// quoted reads the value in quotation marks that begins at from, its sign at i.
func (s *scanner) quoted(i, from int) {
	t := s.text
	if i > s.at.start && t[i-1] == '(' {
		s.base64String(from)
		return
	}
	if i == s.at.start || t[i-1] != ' ' && t[i-1] != ':' && t[i-1] != '=' && t[i-1] != 0xA0 {
		return
	}
	is, named := labelName(t[max(s.at.start, i-lookBehind):i])
	k := labelKinds[is]
	if k == "" || !named && (k == Service || k == Task || k == YARARule) || k == SigmaRule {
		return
	}
	shut := t[i:from]
	switch shut {
	case "“":
		shut = "”"
	case "‘":
		shut = "’"
	}
	rest := t[from:min(s.at.end, from+maxLabelled)]
	if n := strings.Index(rest, shut); n > 0 {
		s.labelled(k, from, from+n)
	}
}

// labelled notes the labelled value t[from:to], if it can be one of its kind.
func (s *scanner) labelled(k Kind, from, to int) {
	t := s.text
	v := strings.TrimFunc(strings.TrimRight(t[from:to], " \r*,;("), unicode.IsSpace)
	from += strings.Index(t[from:to], v)
	if k == Mutex || k == Task || k == Service {
		v = strings.TrimRightFunc(v, func(r rune) bool { return r == '.' || unicode.IsSpace(r) })
	}
	if v == "" || len(v) > maxLabelled || len(v) < maxPlaceholder && placeholderName(v) {
		return
	}
	value, n := v, len(v)
	if !free(k) {
		value, n = labelledWord(k, v)
	} else if !plausible(k, v) {
		return
	}
	if n == 0 {
		return
	}
	to = from + n
	floor := s.floor
	s.add(k, value, from, to, false)
	s.floor = floor
}

// free tells the kinds that may be any text.
func free(k Kind) bool {
	switch k {
	case Subject, SigmaRule, UserAgent, Mutex, Task, Service:
		return true
	}
	return false
}

// longest gives how long a value of the kind may be, in bytes. Those that have a
// shape are short, and a text can have a label for each few bytes.
func longest(k Kind) int {
	switch {
	case free(k):
		return maxLabelled
	case k == YARARule:
		return maxRule
	case k == VHash:
		return 64
	}
	return len("@") + 32 // a Telegram account
}

// plausible reports whether the text can be a value of that kind, which has no
// shape, and is not a sentence about one.
func plausible(k Kind, v string) bool {
	words := strings.Count(v, " ") + 1
	switch k {
	case Subject:
		return hasLetters(v) && !strings.Contains(v, "CN=") && !strings.Contains(v, "O=") && !strings.HasPrefix(v, "C =") // a certificate's
	case UserAgent:
		return hasLetters(v) && v[0] != '[' && (words < 3 || strings.ContainsAny(v, "/("))
	case Mutex, Task, Service:
		return len(v) > 2 && words < 6 && strings.Trim(v, "=-_*. ") != "" && !strings.Contains(v, ". ") && !strings.Contains(v, ": ") && !strings.Contains(v, ".exe ")
	}
	return true
}

// maxPlaceholder is longer than what placeholderName knows.
const maxPlaceholder = 40

// placeholderName reports whether the value stands for none.
func placeholderName(v string) bool {
	switch strings.ToLower(v) {
	case "nan", "none", "null", "n/a", "na", "-", "--", "---", "yes", "no", "true", "false", "unknown", "not set", "(null)", "[removed]":
		return true
	}
	if nameWords.find(v, 0, len(v)) > 0 { // a table's heading
		return true
	}
	return strings.HasPrefix(v, "[") && strings.HasSuffix(v, "]") && strings.IndexByte(v[1:], '[') < 0
}

// hasLetters reports whether there are three letters in a row, or a rune beyond
// ASCII.
func hasLetters(v string) bool {
	n := 0
	for i := range len(v) {
		switch {
		case class[v[i]]&isHigh != 0:
			return true
		case letter(v[i]):
			if n++; n == 3 {
				return true
			}
		default:
			n = 0
		}
	}
	return false
}

// labelledWord gives the value that v begins with, of a kind that has a shape,
// and its length; 0 if it has not that shape.
func labelledWord(k Kind, v string) (value string, n int) {
	for n < len(v) && (class[v[n]]&isWord != 0 || n == 0 && v[0] == '@' || k == MAC && (v[n] == '.' || v[n] == ':')) {
		n++
	}
	for n > 0 && v[n-1] == '.' {
		n--
	}
	w := v[:n]
	switch k {
	case Telegram:
		if telegramName(strings.TrimPrefix(w, "@")) && w[0] == '@' {
			return lowerASCII(w), n
		}
	case YARARule:
		if ruleName(w) && n == len(v) {
			return w, n
		}
	case ASN:
		if n >= 2 && n <= 10 && decimal(w) && w[0] != '0' {
			return "AS" + w, n
		}
	case MAC:
		if m := hardwareAddress(w); m != "" {
			return m, n
		}
	case VHash:
		if n > 15 && n < 64 && alnums(w) && hashKind(w) == "" && strings.ContainsAny(w, "0123456789") {
			return lowerASCII(w), n
		}
	}
	return "", 0
}

func alnums(w string) bool {
	for i := range len(w) {
		if !alnum(w[i]) {
			return false
		}
	}
	return true
}
