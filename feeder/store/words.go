package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/waggle-cti/waggle/feeder/wording"
)

// maxWords bounds the text of a post that is searched, in bytes. A tsvector of
// PostgreSQL holds 1 MB at most.
// https://www.postgresql.org/docs/current/textsearch-limitations.html
const maxWords = 256 << 10

// words are the words of a text as both databases index them, with a space
// between: in small letters, without accents, and each letter of a script
// without spaces a word of its own. What is no letter and no digit parts words.
func words(text string) string {
	if len(text) > maxWords {
		text = text[:maxWords]
	}
	var out strings.Builder
	out.Grow(len(text))
	part := false // a space is due before the next letter
	put := func(r rune, alone bool) {
		if (part || alone) && out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
		part = alone
	}
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			if lower := r | 0x20; lower >= 'a' && lower <= 'z' {
				put(lower, false)
			} else if r >= '0' && r <= '9' {
				put(r, false)
			} else {
				part = true
			}
		case wording.Spaceless(r):
			put(r, true)
		case accent(r):
		case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
			put(unicode.ToLower(plain(r)), false)
		default:
			part = true
		}
	}
	return out.String()
}

// accent tells the marks that are put on Latin, Greek and Cyrillic letters.
func accent(r rune) bool { return r >= 0x300 && r <= 0x36F }

// plain is a letter without its accents.
func plain(r rune) rune {
	parts := norm.NFD.PropertiesString(string(r)).Decomposition()
	first, width := utf8.DecodeRune(parts)
	if second, _ := utf8.DecodeRune(parts[width:]); accent(second) {
		return first
	}
	return r
}

// phrases is what a text is searched for: for each of its words as they were
// typed, those that the index cuts it into ("evil[.]top" into two), which must
// stand side by side.
func phrases(text string) []string {
	var all []string
	for typed := range strings.FieldsSeq(text) {
		if phrase := words(typed); phrase != "" {
			all = append(all, phrase)
		}
	}
	return all
}
