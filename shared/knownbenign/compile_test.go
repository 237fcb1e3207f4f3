package knownbenign

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	hostTypes    = []string{"domain", "hostname", "domain|ip", "url"}
	addressTypes = []string{"ip-src", "ip-dst", "domain|ip", "ip-src|port", "ip-dst|port"}
	mailTypes    = []string{"email-src", "email-dst"}
	fileTypes    = []string{"md5", "sha1", "sha256", "filename|md5", "filename|sha256"}
)

// invented are lists of each way of matching; some have names of the
// project's, which say what they mean.
func invented() []Warninglist {
	return []Warninglist{
		{Name: "List of known bank domains", Match: Hostname, Attributes: hostTypes, Entries: []string{".bank.example", "github.io", "com"}},
		{Name: "Rented ranges", Match: CIDR, Attributes: addressTypes, Entries: []string{"198.51.100.0/25", "198.51.100.128/26", "203.0.113.7", "2001:DB8:1::/48", "::ffff:c000:0201"}},
		{Name: "Wide ranges", Match: CIDR, Attributes: addressTypes, Entries: []string{"198.51.0.5/16", "255.255.255.0/24", "ffff::/16"}},
		{Name: "List of known Apple IP ranges", Match: CIDR, Attributes: addressTypes, Entries: []string{"198.51.100.64/27"}},
		{Name: "Top sites", Match: Exact, Attributes: hostTypes, Entries: []string{"shop.example", ".dotted.example", "BÜCHER.example", "http://page.example/Start"}},
		{Name: "List of known hashes for empty files", Match: Exact, Attributes: fileTypes, Entries: []string{strings.Repeat("AB", 16)}},
		{Name: "Disposable", Match: Substring, Attributes: mailTypes, Entries: []string{"mail.example", "mail.example.com", "@drop", "trash-", "abc"}},
		{Name: "Contacts", Match: Regex, Attributes: mailTypes, Entries: []string{`/^(abuse|noc)\@.*\..*$/i`, `/(a)\1/`, `/x/e`, `//`, `abuse`}},
		{Name: "Everything", Match: Exact, Entries: []string{"203.0.113.9", "shop.example", strings.Repeat("cd", 32)}},
		{Name: "Resolvers by name", Match: Hostname, Attributes: hostTypes, Entries: []string{"192.0.2.200", "2.200", "2001:DB8:0::53"}},
		{Name: "Our own", Match: Hostname, Attributes: hostTypes, Entries: []string{"acme.example"}, Benign: true},
	}
}

// compiled makes Lists of what Add takes.
func compiled(t testing.TB, lists ...Warninglist) *Lists {
	t.Helper()
	l, err := read(compiledBytes(t, lists...))
	require.NoError(t, err)
	return l
}

func compiledBytes(t testing.TB, lists ...Warninglist) []byte {
	t.Helper()
	c := NewCompiler()
	for _, w := range lists {
		_, err := c.Add(w)
		require.NoError(t, err, w.Name)
	}
	data, err := c.Bytes(time.Unix(1795422240, 0), "a test")
	require.NoError(t, err)
	return data
}

func TestAddCountsWhatItRefuses(t *testing.T) {
	c := NewCompiler()
	for _, test := range []struct {
		name             string
		list             Warninglist
		entries, refused int
		why              string
	}{
		{"no address", Warninglist{Match: CIDR, Entries: []string{"192.0.2.0/24", "nine", "192.0.2.1/33"}}, 1, 2, `"nine": it is no address`},
		{"the whole internet", Warninglist{Match: CIDR, Entries: []string{"0.0.0.0/0", "::/0", "192.0.2.1"}}, 1, 2, `"0.0.0.0/0": it is the whole internet`},
		{"short parts", Warninglist{Match: Substring, Entries: []string{"abc", "abcd"}}, 1, 1, `"abc": it is 3 bytes long`},
		{"empty entries", Warninglist{Match: Exact, Entries: []string{"", " ", "a.example"}}, 1, 2, "it is 0 bytes long"},
		{"an entry of dots", Warninglist{Match: Hostname, Entries: []string{"...", "a.example"}}, 1, 1, "it is 0 bytes long"},
		{"a pattern with a back reference", Warninglist{Match: Regex, Entries: []string{`/(a)\1/`, "/a/"}}, 1, 1, "RE2 cannot do it"},
		{"a pattern that matches everything", Warninglist{Match: Regex, Entries: []string{"/.*/", "/a/"}}, 1, 1, "it matches everything"},
		{"a pattern without delimiters", Warninglist{Match: Regex, Entries: []string{"a.b", "/a/"}}, 1, 1, "it has no delimiters"},
		{"a pattern without end", Warninglist{Match: Regex, Entries: []string{"/a", "{a}i"}}, 1, 1, "its second delimiter is missing"},
		{"a pattern with PHP's own modifier", Warninglist{Match: Regex, Entries: []string{"/a/x", "/a/imsuD"}}, 1, 1, "its modifier 'x'"},
		{"a long pattern", Warninglist{Match: Regex, Entries: []string{"/" + strings.Repeat("a", maxPattern) + "/", "#a#"}}, 1, 1, "4096 are allowed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.list.Name = test.name
			got, err := c.Add(test.list)
			require.NoError(t, err)
			assert.Equal(t, test.entries, got.Entries)
			assert.Equal(t, test.refused, got.Refused)
			assert.Contains(t, got.Refusal, test.why)
		})
	}
}

func TestAddLeavesOut(t *testing.T) {
	for _, test := range []struct {
		name string
		list Warninglist
		why  string
	}{
		{"a list of other things", Warninglist{Name: "x", Match: Regex, Attributes: []string{"phone-number"}, Entries: []string{"/1/"}}, "nothing that is looked up"},
		{"ranges for names", Warninglist{Name: "x", Match: CIDR, Attributes: []string{"domain"}, Entries: []string{"192.0.2.0/24"}}, "nothing that is looked up"},
		{"an unknown way of matching", Warninglist{Name: "x", Match: "glob", Entries: []string{"a"}}, `type is "glob"`},
		{"no name", Warninglist{Match: Exact, Entries: []string{"a"}}, "name is 0 bytes"},
		{"a long name", Warninglist{Name: strings.Repeat("x", maxName+1), Match: Exact, Entries: []string{"a"}}, "name is 257 bytes"},
		{"no entries", Warninglist{Name: "x", Match: Exact}, "no entry can be used (it has none)"},
		{"no usable entries", Warninglist{Name: "x", Match: CIDR, Entries: []string{"a"}}, `no entry can be used ("a": it is no address)`},
		{"a name taken", Warninglist{Name: "taken", Match: Exact, Entries: []string{"a"}}, "of this name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := NewCompiler()
			_, err := c.Add(Warninglist{Name: "taken", Match: Exact, Entries: []string{"b"}})
			require.NoError(t, err)
			_, err = c.Add(test.list)
			assert.ErrorContains(t, err, test.why)
			assert.Len(t, c.Lists(), 1)
		})
	}
}

func TestUnusableListLeavesNothingBehind(t *testing.T) {
	c := NewCompiler()
	_, err := c.Add(Warninglist{Name: "short parts", Match: Substring, Entries: []string{"abc"}})
	require.Error(t, err)
	_, err = c.Add(Warninglist{Name: "parts", Match: Substring, Entries: []string{"abcd"}})
	require.NoError(t, err)
	data, err := c.Bytes(time.Now(), "")
	require.NoError(t, err)
	l, err := read(data)
	require.NoError(t, err)
	assert.Equal(t, []Hit{{"parts", Flags, "abcd"}}, l.Lookup("domain", "xabcdx"))
}

func TestParse(t *testing.T) {
	shipped, err := os.ReadFile(filepath.Join("testdata", "list.json"))
	require.NoError(t, err)
	for _, test := range []struct {
		name, text string
		want       Warninglist
		err        string
	}{
		{"as the project has them", string(shipped), Warninglist{Name: "List of invented hosting", Version: 20260811, Match: Hostname, Attributes: hostTypes, Entries: []string{".sites.example", "Pages.Example.", "bücher.example"}}, ""},
		{"without type", `{"name":"a","list":["b"]}`, Warninglist{Name: "a", Match: Exact, Entries: []string{"b"}}, ""},
		{"a list of types", `{"name":"a","type":["cidr"],"list":["192.0.2.1"]}`, Warninglist{Name: "a", Match: CIDR, Entries: []string{"192.0.2.1"}}, ""},
		{"entries with comments", `{"name":"a","version":"7","list":{"b":"why"}}`, Warninglist{Name: "a", Version: 7, Match: Exact, Entries: []string{"b"}}, ""},
		{"no JSON", `{"name":`, Warninglist{}, "not JSON"},
		{"no list", `{"name":"a","type":"cidr"}`, Warninglist{Name: "a", Match: CIDR}, "no list of entries"},
		{"another type", `{"name":"a","type":"glob","list":[]}`, Warninglist{Name: "a", Match: "glob"}, "glob"},
		{"a list, not an object", `[1]`, Warninglist{Match: Exact}, "no list of entries"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Parse([]byte(test.text))
			assert.Equal(t, test.want, got)
			if test.err == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, test.err)
			}
		})
	}
}

func TestManyEntries(t *testing.T) {
	var hosts []string
	for i := range 5000 {
		hosts = append(hosts, fmt.Sprintf("host-%d.example", i))
	}
	l := compiled(t, Warninglist{Name: "many", Match: Exact, Entries: hosts})
	for _, name := range hosts {
		require.Len(t, l.Lookup("domain", name), 1, name)
	}
	assert.Empty(t, l.Lookup("domain", "host-5000.example"))
	assert.Empty(t, l.Lookup("domain", "example"))
}
