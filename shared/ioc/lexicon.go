package ioc

import (
	"cmp"
	"slices"
	"strings"
)

// lexicon tells words, in any case, that mean something to a reader. Most words
// of a text are none of them, which a look at the first letter and the length
// tells.
type lexicon struct {
	shape [26]uint32                 // by first letter: the lengths there are, a bit each
	at    [26<<lexemeBits + 1]uint16 // by first letter and length: where those words begin
	words []meaning                  // sorted by both
}

type meaning struct {
	word string
	is   uint8
}

// A lexicon's words are not longer than maxLexeme.
const (
	lexemeBits = 5
	maxLexeme  = 1<<lexemeBits - 1
)

// bucket gives the place in lexicon.at of the words with that first letter, a
// small one, and of that length.
func bucket(first byte, length int) int { return int(first-'a')<<lexemeBits | length }

func (m meaning) bucket() int { return bucket(m.word[0], len(m.word)) }

// newLexicon takes the words of each meaning, separated by spaces, in lower case.
func newLexicon(meanings map[uint8]string) *lexicon {
	l := &lexicon{}
	for is, words := range meanings {
		for w := range strings.FieldsSeq(words) {
			l.shape[w[0]-'a'] |= 1 << len(w)
			l.words = append(l.words, meaning{w, is})
		}
	}
	slices.SortFunc(l.words, func(a, b meaning) int {
		return cmp.Or(a.bucket()-b.bucket(), strings.Compare(a.word, b.word))
	})
	for _, m := range l.words {
		l.at[m.bucket()+1]++
	}
	for b := range l.at[1:] {
		l.at[b+1] += l.at[b]
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
	b, last := bucket(s[i]|0x20, end-i), lower(s[end-1])
	for _, m := range l.words[l.at[b]:l.at[b+1]] {
		if m.word[len(m.word)-1] == last && hasFold(s, i, m.word) {
			return m.is
		}
	}
	return 0
}
