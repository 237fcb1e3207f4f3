// Package wording knows what several parts of the feeder need of language:
// where words end, and how a number goes with its noun.
package wording

import (
	"unicode"

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
