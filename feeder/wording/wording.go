// Package wording knows what several parts of the feeder need of language:
// where words end, how a text is shortened, and how a number goes with its noun.
package wording

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
)

// Spaceless tells the letters of scripts that put no space between words:
// Chinese, Japanese, Thai, Lao, Khmer and Burmese. The Japanese sign for a long
// vowel is none of these to Unicode, and stands within their words.
// https://www.unicode.org/reports/tr29/#Word_Boundaries
func Spaceless(r rune) bool {
	return r >= 0x0E00 && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar))
}

// Number is a number with its noun: "1 post", "1,024 posts".
func Number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return humanize.Comma(int64(n)) + " " + many
}

// Short is a text of at most n characters: a longer one ends at a word's end,
// if one is near, and with an ellipsis.
func Short(n int, text string) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	text = string([]rune(text)[:n-1])
	if space := strings.LastIndexByte(text, ' '); space > len(text)/2 {
		text = text[:space]
	}
	return strings.TrimRight(text, " ,.;:") + "…"
}
