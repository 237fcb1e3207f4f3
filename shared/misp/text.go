package misp

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What MISP's database takes. A stock installation stores text in three-byte
// UTF-8: one character beyond U+FFFF in an event's info, a comment, a tag or a
// sighting's source, and the whole request ends in status 500. So does an info
// or a comment that its column cannot hold.
// https://github.com/MISP/MISP/blob/2.5/INSTALL/MYSQL.sql
const (
	maxInfo    = 60_000  // bytes
	maxComment = 60_000  // bytes
	maxTag     = 255     // characters
	maxSource  = 255     // characters, of a sighting
	maxReport  = 1 << 20 // bytes of a report's content; the column holds 16 MiB

	maxChunk = 1000 // attributes in one request
	maxFirst = 1100 // in the one that makes the event: a case of 1,000 observables has some beside them
)

// plain makes text fit for MISP: valid, without control characters but line
// breaks and tabs, nothing beyond U+FFFF, at most n bytes.
func plain(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		if r > 0xFFFF || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	return clip(strings.TrimSpace(text), n)
}

// clip shortens text to n bytes, the last of which say so.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	const more = "…"
	n -= len(more)
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + more
}

// tag makes a tag's name fit for MISP.
func tag(name string) string {
	name = strings.Join(strings.Fields(plain(name, 4*maxTag)), " ")
	if runes := []rune(name); len(runes) > maxTag {
		return string(runes[:maxTag])
	}
	return name
}
