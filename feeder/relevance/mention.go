package relevance

import (
	"slices"
	"strings"
	"unicode"
)

// lead is how far into a text what it is about has been said, in bytes.
const lead = 1500

// mention is how a text speaks of something.
type mention[E comparable] struct {
	entry E
	text  string // the first place, as written
	title bool   // in the title
	early bool   // within the lead
	times int
}

// prominent reports whether the text is about it rather than naming it in passing.
func (m mention[E]) prominent() bool { return m.title || m.early || m.times > 1 }

// document is a text made ready to be searched.
type document struct {
	title, text           string
	titleWords, textWords []token
	small                 bool // written without any capital
}

// newDocument takes the title out of the text where the text begins with it,
// so that nothing is counted twice.
func newDocument(title, text string) document {
	text = strings.TrimPrefix(strings.TrimSpace(text), strings.TrimSpace(title))
	return document{title: title, text: text, titleWords: tokens(title), textWords: tokens(text),
		small: !strings.ContainsFunc(title, unicode.IsUpper) && !strings.ContainsFunc(text, unicode.IsUpper)}
}

// wholeWords are the words of the text that the document was made of, the title
// at its beginning included.
func (d document) wholeWords(text string) []token {
	at := strings.LastIndex(text, d.text)
	words := tokens(text[:at])
	out := slices.Grow(words, len(d.textWords))
	for _, w := range d.textWords {
		out = append(out, token{text: w.text, start: w.start + at, end: w.end + at})
	}
	return out
}

// written tells whether a word stands there as a name is written. Who writes
// all in small letters gives capitals to no name.
func (d document) written(word, name string) bool {
	return word == name || d.small && word == strings.ToLower(name)
}

// mentions gives what of the lexicon the document speaks of, in the order of
// appearance.
func mentions[E comparable](l *lexicon[E], d document) []mention[E] {
	return mentionsOf(l, d, func(hit[E]) bool { return true })
}

// mentionsOf is mentions of the places that count.
func mentionsOf[E comparable](l *lexicon[E], d document, counts func(hit[E]) bool) []mention[E] {
	var found []mention[E]
	at := map[E]int{}
	note := func(h hit[E]) *mention[E] {
		i, ok := at[h.entry]
		if !ok {
			i = len(found)
			at[h.entry] = i
			found = append(found, mention[E]{entry: h.entry, text: h.text})
		}
		found[i].times++
		return &found[i]
	}
	for _, h := range l.find(d.title, d.titleWords) {
		if counts(h) {
			note(h).title = true
		}
	}
	for _, h := range l.find(d.text, d.textWords) {
		if counts(h) {
			m := note(h)
			m.early = m.early || h.start < lead
		}
	}
	return found
}
