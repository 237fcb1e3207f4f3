package ioc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// readTold gives what stands where in a text that is known to be about an attack.
func readTold(text string, wordwise bool) []Indicator {
	s := newScanner(text)
	defer s.done()
	s.told, s.wordwise = true, wordwise
	s.scan()
	return s.judge(Options{})
}

// TestSkip: passing words over loses nothing, wherever a value begins. The words
// before it shift it through the eight bytes that are looked at together.
func TestSkip(t *testing.T) {
	for name, value := range map[string]string{
		"host": "bad-host.net", "disarmed": "bad-host[.]net", "spaces": "bad-host [.] net", "spoken": "bad-host dot net",
		"spoken mail": "sales at bad-host dot net", "brackets": "bad-host(dot)net", "half a bracket": "bad-host.]net",
		"URL": "hxxp://bad-host[.]net/a", "address": "198.51.100.7", "IPv6": "::ffff:203.0.114.7", "CVE": "CVE-2021-0001", "ASN": "ASN 64496",
		"label": "Telegram: @bad_desk", "quoted": "mutex named \"ab cd\"", "quoted beyond ASCII": "mutex named “ab cd”", "quoted behind an apostrophe": "it’s mutex named 'ab cd'",
		"path": `C:\Users\a.exe`, "variable": `%APPDATA%\a.exe`, "Unix path": "/tmp/a.sh", "in brackets": "(/tmp/a.sh)", "behind an apostrophe": "hosts’ /tmp/a.sh",
		"home": "~/.a/b", "registry": `HKLM\Software\a`, "MAC": "aa-bb-cc-dd-ee-ff", "emphasis": "_bad-host[.]net_", "beyond ASCII": "bäd-host.net", "dot beyond ASCII": "bad-host。net",
		"full-width": "ｂａｄ．ｎｅｔ", "account": "t.me/bad_desk", "hash": hexExample, "data that isn't spoken": "data domain dots bad-host.net",
	} {
		t.Run(name, func(t *testing.T) {
			for n := range 20 {
				text := "Indicators\n\nWe saw " + strings.Repeat("x", n) + " and more of " + value + ", which this ends with, and nothing else follows.\n"
				want := readTold(text, true)
				assert.Equal(t, want, readTold(text, false), text)
				if name != "MAC" { // read only in a table
					assert.NotEmpty(t, want, text)
				}
			}
		})
	}
}

// FuzzSkip: what is passed over holds nothing.
func FuzzSkip(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		assert.Equal(t, readTold(s, true), readTold(s, false))
	})
}

// TestSkipGoesOn: text is looked at once, also where nothing follows that ends it.
func TestSkipGoesOn(t *testing.T) {
	for _, unit := range []string{"a ", "at ", "at x ", " d", "abc, ", "x’ "} {
		s := newScanner(strings.Repeat(unit, 1000))
		assert.Greater(t, s.skip(0, len(s.text)), len(s.text)-32, unit)
		s.done()
	}
}
