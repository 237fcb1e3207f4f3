package source_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/source"
)

func TestHeadline(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":      {"", ""},
		"one line":     {"New loader seen", "New loader seen"},
		"the first":    {"\n\n  New loader seen \nand more", "New loader seen"},
		"cut at words": {strings.Repeat("loader ", 30), strings.TrimSpace(strings.Repeat("loader ", 17)) + "…"},
		"one long":     {strings.Repeat("é", 200), strings.Repeat("é", 60) + "…"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, source.Headline(c.text)) })
	}
}

func TestLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"white space":                {" A \n\t title ", "A title"},
		"tags":                       {"<b>A</b> title about <script>", "A title about <script>"},
		"twice escaped":              {"R&amp;D", "R&D"},
		"control characters":         {"A\x00 ti\x1btle", "A title"},
		"letters turned round":       {"invoice\u202efdp.exe\u202c", "invoicefdp.exe"},
		"letters turned as entity":   {"invoice&#8238;fdp.exe", "invoicefdp.exe"},
		"a script from the right":    {"فيروس الفدية", "فيروس الفدية"},
		"one picture of several":     {"👩\u200d👧 loader", "👩\u200d👧 loader"},
		"longer than a title may be": {strings.Repeat("é", 600), strings.Repeat("é", 500)},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, source.Line(c.text)) })
	}
}

func TestLinks(t *testing.T) {
	got := source.Links("https://lab.example.com/a/b", []string{"../c", "https://lab.example.com/c", "javascript:alert(1)", "mailto:x@example.com", "//cdn.example.net/x", "https://own.example.com/", "http://%zz"}, "https://own.example.com/")
	assert.Equal(t, []string{"https://lab.example.com/c", "https://cdn.example.net/x"}, got)
}

func TestALinkTakesNoTokenAlong(t *testing.T) {
	assert.Equal(t, "https://lab.example.com/feed#x", source.Absolute("https://lab.example.com/feed?token=s3cret", "#x"))
	assert.Equal(t, "https://lab.example.com/feed?p=2", source.Absolute("https://lab.example.com/feed?token=s3cret", "?p=2"))
}

func TestDate(t *testing.T) {
	day := time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-11-05":                      day,
		"2026-11-05T15:04:05+02:00":       day.Add(13*time.Hour + 4*time.Minute + 5*time.Second),
		"Thu, 05 Nov 2026 03:00:00 +0000": day.Add(3 * time.Hour),
		"November 5, 2026":                day,
		"5. November 2026":                day,
		"le 5 novembre 2026":              day,
		"Posted: 5 Nov 2026":              {},
		"yesterday":                       {},
		"":                                {},
		strings.Repeat("2026-11-05 ", 50): {},
	} {
		assert.Equal(t, want, source.Date(text), text)
	}
}

func TestSane(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	assert.Equal(t, now, source.Sane(now, now))
	assert.Zero(t, source.Sane(now.Add(25*time.Hour), now))
	assert.Zero(t, source.Sane(time.Unix(0, 0), now))
}
