package relevance

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/wording"
)

// maxPhrase is the number of words a phrase may have.
const maxPhrase = 24

// lexicon finds many phrases in a text in one pass: a tree of words whose
// branches end at the entries that the phrase belongs to. At each place the
// longest phrase wins, so "no evidence of exploitation" is not also read as "exploitation".
type lexicon[E comparable] struct{ root *branch[E] }

type branch[E comparable] struct {
	next    map[string]*branch[E]
	entries []E
}

func newLexicon[E comparable]() *lexicon[E] { return &lexicon[E]{root: &branch[E]{}} }

// add makes the phrase lead to the entry. It reports whether the phrase can be
// found at all: it needs between one and maxPhrase words.
func (l *lexicon[E]) add(phrase string, entry E) bool {
	words := tokens(phrase)
	if len(words) == 0 || len(words) > maxPhrase {
		return false
	}
	b := l.root
	for _, w := range words {
		if b.next == nil {
			b.next = map[string]*branch[E]{}
		}
		if b.next[w.text] == nil {
			b.next[w.text] = &branch[E]{}
		}
		b = b.next[w.text]
	}
	for _, e := range b.entries {
		if e == entry {
			return true
		}
	}
	b.entries = append(b.entries, entry)
	return true
}

// hit is a phrase found.
type hit[E comparable] struct {
	entry E
	text  string // as it stands in the text
	start int    // byte offset

	before, behind string // the words beside it, in lower case
}

// find gives the phrases of the text, split in words, in text order.
func (l *lexicon[E]) find(text string, words []token) []hit[E] {
	var hits []hit[E]
	for i := 0; i < len(words); {
		end, entries := l.longest(words[i:])
		if end == 0 {
			i++
			continue
		}
		found := hit[E]{text: text[words[i].start:words[i+end-1].end], start: words[i].start}
		if i > 0 {
			found.before = words[i-1].text
		}
		if i+end < len(words) {
			found.behind = words[i+end].text
		}
		for _, e := range entries {
			found.entry = e
			hits = append(hits, found)
		}
		i += end
	}
	return hits
}

// longest gives the length of the longest phrase that begins words.
func (l *lexicon[E]) longest(words []token) (length int, entries []E) {
	b := l.root
	for i, w := range words {
		if b = b.next[w.text]; b == nil {
			break
		}
		if len(b.entries) > 0 {
			length, entries = i+1, b.entries
		}
	}
	return length, entries
}

// token is a word of a text in lower case, and where it stands.
type token struct {
	text       string
	start, end int
}

// tokens splits a text in words: runs of letters, marks and digits, and '+' or
// '#' directly behind them (C++, C#). All else separates, so zero-day and zero
// day are the same two words. Of scripts that put no space between words, or
// hang endings on them, each character is a word: phrases are found within a run.
func tokens(text string) []token {
	out := make([]token, 0, len(text)/6)
	start := -1
	flush := func(end int) {
		if start >= 0 {
			out = append(out, token{text: strings.ToLower(text[start:end]), start: start, end: end})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case r < utf8.RuneSelf && (r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'): // most of any text
			if start < 0 {
				start = i
			}
		case wording.Spaceless(r), unicode.Is(unicode.Hangul, r): // Korean words take their endings on
			flush(i)
			start = i
			flush(i + utf8.RuneLen(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		case start >= 0 && (r == '+' || r == '#'):
		default:
			flush(i)
		}
	}
	flush(len(text))
	return out
}
