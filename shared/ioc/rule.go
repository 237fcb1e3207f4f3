package ioc

import "strings"

// yaraRule notes the name of the YARA rule that the line t[from:end] begins:
// "rule Name {", the bracket on this line or the next
// (https://yara.readthedocs.io/en/stable/writingrules.html).
func (s *scanner) yaraRule(from, end int) {
	t := s.text
	k := from
	for _, word := range [...]string{"private ", "global ", "rule "} {
		if strings.HasPrefix(t[k:end], word) {
			k += len(word)
		}
	}
	if !strings.HasPrefix(t[max(0, k-len("rule ")):], "rule ") {
		return
	}
	to := k
	for to < end && class[t[to]]&isWord != 0 {
		to++
	}
	rest := strings.TrimLeft(t[to:min(len(t), to+maxLabelled)], " \t")
	if strings.HasPrefix(rest, ":") { // tags
		rest = strings.TrimLeft(rest[1:], " \tabcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")
	}
	if ruleName(t[k:to]) && strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n\u00a0"), "{") {
		floor := s.floor
		s.add(YARARule, t[k:to], k, to, false)
		s.floor = floor
	}
}

// maxRule is the longest name that YARA takes, in bytes.
const maxRule = 128

// ruleName reports whether the word can be a rule's name and is not just a word.
func ruleName(w string) bool {
	return len(w) > 3 && len(w) <= maxRule && !digit(w[0]) && strings.IndexByte(w, '-') < 0 && strings.ContainsAny(w, "_0123456789")
}

// maxSigma bounds how far behind its title a Sigma rule says what it looks at.
const maxSigma = 4 << 10

// sigma reports whether the title whose colon is at i is that of a Sigma rule,
// which says what log it is for
// (https://sigmahq.io/docs/basics/rules.html). The text is searched once.
func (s *scanner) sigma(i int) bool {
	const mark = "\nlogsource:"
	from, to := max(i, s.sigmaSeen-len(mark)), min(len(s.text), i+maxSigma)
	if s.sigmaMark < i && from < to {
		s.sigmaSeen = to
		if n := strings.Index(s.text[from:to], mark); n >= 0 {
			s.sigmaMark = from + n
		}
	}
	return s.sigmaMark >= i
}
