package web

import (
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// maxText is how much of a post's text its page shows, in bytes; the JSON has
// all of it.
const maxText = 64 << 10

// segment is a piece of text, marked when it is an indicator.
type segment struct {
	Text string
	Role ioc.Role // empty = plain text
}

// segments cuts a text at its indicators, so that a page can mark them. An
// indicator whose offsets do not hold its spelling, or that overlaps an
// earlier one, is left unmarked. Cut tells that the text was longer than a
// page shows.
func segments(text string, found []ioc.Indicator) (out []segment, cut bool) {
	if len(text) > maxText {
		text, cut = strings.ToValidUTF8(text[:maxText], ""), true
	}
	found = slices.SortedFunc(slices.Values(found), func(a, b ioc.Indicator) int { return a.Start - b.Start })
	at := 0
	for _, i := range found {
		if i.Start < at || i.End > len(text) || i.Start >= i.End || text[i.Start:i.End] != i.Raw {
			continue
		}
		out = append(out, segment{Text: text[at:i.Start]}, segment{text[i.Start:i.End], i.Role})
		at = i.End
	}
	return append(out, segment{Text: text[at:]}), cut
}
