package ioc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSections(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       section // that holds at the text's end
	}{
		{"none", "Some text.\nMore text, which is not a heading at all and goes on.", body},
		{"Markdown", "# Indicators of Compromise\n", iocs},
		{"AsciiDoc", "=== SHA-1 hashes\n", iocs},
		{"capitals", "ASSOCIATED MALWARE:\n", iocs},
		{"a line with a colon", "Here are the domains:\n", iocs},
		{"a short line", "C2 servers\n", iocs},
		{"bold", "**Network indicators**\n", iocs},
		{"references win", "REFERENCE URLS:\n", refs},
		{"mail headers", "EMAIL HEADERS FROM AN EXAMPLE:\n", headers},
		{"the next heading ends it", "## Indicators\n## Conclusion of it all\n", refs},
		{"a heading about something else ends it", "## Indicators\n## Attribution\n", body},
		{"a deeper heading doesn't", "# Indicators\n## Stage one\n", iocs},
		{"a deeper heading about references does", "# Indicators\n## References\n", refs},
		{"numbers don't", "C2:\n198.51.100.7\n", iocs},
		{"rules don't", "C2:\n--------\n", iocs},
		{"a name is no heading", "## Indicators\nsource.links.bad-host.net\nsources[.]com\nread@about.net\n", iocs},
		{"a number before it", "1.2 Indicators\n", iocs},
		{"a long line is text", "# " + strings.Repeat("indicators ", 20) + "\n", body},
	} {
		t.Run(c.name, func(t *testing.T) {
			var o outline
			for l := range strings.Lines(c.text) {
				o.see(l, 0, len(strings.TrimRight(l, "\n")))
			}
			assert.Equal(t, c.want, o.now)
		})
	}
}
