package ioc

import "strings"

// lexicon tells words, in any case, that mean something to a reader. Most words
// of a text are none of them, which a look at the first letter and the length
// tells.
type lexicon struct {
	shape [26]uint32 // by first letter: the lengths there are, a bit each
	words [26][]meaning
}

type meaning struct {
	word string
	is   uint8
}

// lexicon's words are not longer than maxLexeme.
const maxLexeme = 31

// newLexicon takes the words of each meaning, separated by spaces, in lower case.
func newLexicon(meanings map[uint8]string) *lexicon {
	l := &lexicon{}
	for is, words := range meanings {
		for w := range strings.FieldsSeq(words) {
			n := w[0] - 'a'
			l.shape[n] |= 1 << len(w)
			l.words[n] = append(l.words[n], meaning{w, is})
		}
	}
	return l
}

// may reports whether a word of that first letter and length can mean anything.
func (l *lexicon) may(first byte, length int) bool {
	n := first | 0x20 - 'a'
	return n < 26 && length <= maxLexeme && l.shape[n]>>length&1 != 0
}

// find gives the meaning of the word s[i:end], 0 for none.
func (l *lexicon) find(s string, i, end int) uint8 {
	if !l.may(s[i], end-i) {
		return 0
	}
	for _, m := range l.words[s[i]|0x20-'a'] {
		if len(m.word) == end-i && hasFold(s, i, m.word) {
			return m.is
		}
	}
	return 0
}
