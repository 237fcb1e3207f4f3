package thehive

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What TheHive takes. The lengths are those of TheHive 5's published OpenAPI
// (https://docs.strangebee.com/thehive/api-docs/, schemas InputCreateAlert and
// InputCreateObservable). TheHive 4.1 checks none of them, but then stores a
// value that its index cannot hold, and no longer finds the alert: its check
// for duplicates misses it. So they are kept on both.
const (
	maxTitle       = 512     // characters
	maxType        = 32      // characters, of an alert's type
	maxSource      = 32      // characters
	maxSourceRef   = 128     // characters
	maxTag         = 128     // characters
	maxLink        = 4096    // characters, of an alert's external link
	maxDescription = 1 << 20 // characters; TheHive 4.1 takes less, see maxBody4
	maxMessage     = 4096    // characters, of an observable; ours, TheHive takes 1 MiB
	MaxData        = 32000   // bytes of an observable's value: what an index entry can hold

	// maxCreate is how many observables go along with a new alert. TheHive
	// 4.1's time grows with their square (100: 0.8 s, 1,000: 38 s), all in one
	// transaction; more are added afterwards, in requests of maxAdd.
	maxCreate = 200

	maxAdd      = 100     // observables in one request to a standing alert
	maxListData = 4096    // characters of one value in a list of values, TheHive 5
	maxBody4    = 250_000 // bytes; TheHive 4.1 answers 413 over 256 kB of JSON (play.http.parser.maxMemoryBuffer)
	maxBase4    = 200_000 // bytes of it for the alert itself, so that observables find room
	maxBody5    = 8 << 20 // bytes; ours: TheHive 5 publishes no figure
	observePage = 1000    // observables in one page of an answer
	maxObserved = 100_000 // observables of one case that are read
)

// clean makes text fit to be stored: valid UTF-8 without control characters
// (line breaks and tabs stay when multi is set), at most n characters.
func clean(text string, n int, multi bool) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case multi && (r == '\n' || r == '\t'):
			return r
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if !multi {
		text = strings.TrimSpace(text)
	}
	return cut(text, n)
}

// cut shortens text to n characters, the last of which says so.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return head(text, n-1) + "…"
}

// head gives the first n characters.
func head(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// name shortens a part of an alert's natural key to n characters so that two
// different keys never become one: a digest takes the place of the end. The
// semicolon divides the parts of the key in TheHive's addresses, so it cannot
// stay.
func name(text string, n int) string {
	whole := strings.ReplaceAll(clean(text, len(text), false), ";", ",")
	if utf8.RuneCountInString(whole) <= n {
		return whole
	}
	sum := sha256.Sum256([]byte(whole))
	return head(whole, n-9) + "~" + hex.EncodeToString(sum[:4])
}

// tags cleans tags, and leaves out empty and repeated ones.
func tags(in []string) []string {
	out := make([]string, 0, len(in))
	seen := make(map[string]bool, len(in))
	for _, tag := range in {
		tag = clean(tag, maxTag, false)
		if tag != "" && !seen[tag] {
			seen[tag] = true
			out = append(out, tag)
		}
	}
	return out
}
