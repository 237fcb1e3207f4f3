package knownbenign

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListsLookup(t *testing.T) {
	l := compiled(t, invented()...)
	for _, test := range []struct {
		name, kind, value string
		want              []Hit
	}{
		{"hostname: the entry itself", "domain", "bank.example", []Hit{{"List of known bank domains", Benign, "bank.example"}}},
		{"hostname: a name below", "domain", "www.bank.example", []Hit{{"List of known bank domains", Benign, "bank.example"}}},
		{"hostname: a trailing dot, capitals", "domain", "WWW.Bank.Example.", []Hit{{"List of known bank domains", Benign, "bank.example"}}},
		{"hostname: no name below", "domain", "mybank.example", nil},
		{"hostname: a lure", "domain", "bank.example.evil.example", nil},
		{"hostname: a page of anybody's", "domain", "evil.github.io", []Hit{{"List of known bank domains", Flags, "github.io"}}},
		{"hostname: all below a public suffix", "domain", "evil-invented.com", []Hit{{"List of known bank domains", Flags, "com"}}},
		{"hostname: a URL is flagged", "url", "https://u:p@www.bank.example:8443/login?x", []Hit{{"List of known bank domains", Flags, "bank.example"}}},
		{"hostname: a URL whose user is a lure", "url", "https://bank.example@evil.example/", nil},
		{"hostname: a URL with an address", "url", "http://203.0.113.8/x", nil},
		{"hostname: an address of a list of names", "url", "http://192.0.2.200:8080/x", []Hit{{"Resolvers by name", Flags, "192.0.2.200"}}},
		{"hostname: that address alone", "ip", "192.0.2.200", []Hit{{"Resolvers by name", Flags, "192.0.2.200"}}},
		{"hostname: an IPv6 address", "url", "http://[2001:db8::53]/x", []Hit{{"Resolvers by name", Flags, "2001:db8::53"}}},
		{"hostname: the end of an address is no domain above it", "ip", "203.0.2.200", nil},
		{"hostname: a long name", "domain", strings.Repeat("a.", 200) + "bank.example", nil},

		{"cidr: one of two", "ip", "198.51.100.200", []Hit{{"Wide ranges", Flags, "198.51.100.200"}}},
		{"cidr: both", "ip", "198.51.100.1", []Hit{{"Rented ranges", Flags, "198.51.100.1"}, {"Wide ranges", Flags, "198.51.100.1"}}},
		{"cidr: three, one of them harmless", "ip", "198.51.100.95", []Hit{{"Rented ranges", Flags, "198.51.100.95"}, {"Wide ranges", Flags, "198.51.100.95"}, {"List of known Apple IP ranges", Benign, "198.51.100.95"}}},
		{"cidr: before the first", "ip", "192.0.2.0", nil},
		{"cidr: an address", "ip", "203.0.113.7", []Hit{{"Rented ranges", Flags, "203.0.113.7"}}},
		{"cidr: its neighbour", "ip", "203.0.113.8", nil},
		{"cidr: the last there is", "ip", "255.255.255.255", []Hit{{"Wide ranges", Flags, "255.255.255.255"}}},
		{"cidr: IPv6", "ip", "2001:db8:1:ffff::1", []Hit{{"Rented ranges", Flags, "2001:db8:1:ffff::1"}}},
		{"cidr: IPv6 beside", "ip", "2001:db8:2::", nil},
		{"cidr: IPv6, the last there is", "ip", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", []Hit{{"Wide ranges", Flags, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}}},
		{"cidr: IPv4 written as IPv6 in the list", "ip", "192.0.2.1", []Hit{{"Rented ranges", Flags, "192.0.2.1"}}},
		{"cidr: IPv4 written as IPv6 in the value", "ip", "::ffff:203.0.113.7", []Hit{{"Rented ranges", Flags, "::ffff:203.0.113.7"}}},
		{"cidr: IPv4's number as IPv6", "ip", "::203.0.113.7", nil},
		{"cidr: a range in one entry", "cidr", "198.51.100.0/26", []Hit{{"Rented ranges", Flags, "198.51.100.0/26"}, {"Wide ranges", Flags, "198.51.100.0/26"}}},
		{"cidr: a range over two entries", "cidr", "198.51.100.0/25", []Hit{{"Rented ranges", Flags, "198.51.100.0/25"}, {"Wide ranges", Flags, "198.51.100.0/25"}}},
		{"cidr: a range wider than the entry", "cidr", "198.51.100.0/24", []Hit{{"Wide ranges", Flags, "198.51.100.0/24"}}},
		{"cidr: a range wider than all", "cidr", "198.0.0.0/8", nil},
		{"cidr: no address", "ip", "198.51.100", nil},

		{"string: the entry", "domain", "shop.example", []Hit{{"Top sites", Flags, "shop.example"}, {"Everything", Flags, "shop.example"}}},
		{"string: no name below", "domain", "www.shop.example", nil},
		{"string: a dot before it is part of it", "domain", "dotted.example", nil},
		{"string: punycode", "domain", "xn--bcher-kva.example", []Hit{{"Top sites", Flags, "xn--bcher-kva.example"}}},
		{"string: a URL as a whole", "url", "http://page.example/start", []Hit{{"Top sites", Flags, "http://page.example/start"}}},
		{"string: not the host of a URL", "url", "http://shop.example/", nil},
		{"string: a hash in capitals", "md5", strings.Repeat("AB", 16), []Hit{{"List of known hashes for empty files", Benign, strings.Repeat("ab", 16)}}},
		{"string: not asked for the kind", "email", strings.Repeat("ab", 16), nil},
		{"string: a list for every kind", "sha256", strings.Repeat("cd", 32), []Hit{{"Everything", Flags, strings.Repeat("cd", 32)}}},

		{"substring: in it", "email", "someone@mail.example.net", []Hit{{"Disposable", Flags, "mail.example"}}},
		{"substring: at its end", "email", "someone@mail.example", []Hit{{"Disposable", Flags, "mail.example"}}},
		{"substring: at its beginning", "email", "trash-1@example.com", []Hit{{"Disposable", Flags, "trash-"}}},
		{"substring: a value as short as an entry", "email", "@drop", []Hit{{"Disposable", Flags, "@drop"}}},
		{"substring: shorter than any entry", "email", "@d", nil},
		{"substring: another", "email", "someone@maid.example", nil},
		{"regex: it matches", "email", "Abuse@example.com", []Hit{{"Contacts", Flags, `(?i)^(abuse|noc)\@.*\..*$`}}},
		{"regex: it does not", "email", "no-abuse@example.com", nil},

		{"vouched for: a name", "domain", "www.acme.example", []Hit{{"Our own", Benign, "acme.example"}}},
		{"vouched for: a URL", "url", "https://acme.example/", []Hit{{"Our own", Benign, "acme.example"}}},
		{"built in, and flagged", "ip", "9.9.9.9", []Hit{{Resolvers, Benign, "9.9.9.9"}}},
		{"a kind without lists", "cve", "shop.example", nil},
		{"nothing", "domain", "", nil},
		{"dots", "domain", "...", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			assert.Equal(t, test.want, l.Lookup(test.kind, test.value))
		})
	}
}

func TestKnownAndNote(t *testing.T) {
	l := compiled(t, invented()...)
	for _, test := range []struct{ name, value, known, note string }{
		{"flagged by two, harmless by one", "198.51.100.95", "List of known Apple IP ranges", "on the list Rented ranges, Wide ranges (flag only)"},
		{"flagged", "203.0.113.7", "", "on the list Rented ranges (flag only)"},
		{"built in", "9.9.9.9", Resolvers, ""},
		{"on no list", "192.0.2.77", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			list, ok := l.Known("ip", test.value)
			assert.Equal(t, test.known, list)
			assert.Equal(t, test.known != "", ok)
			assert.Equal(t, test.note, l.Note("ip", test.value))
		})
	}
}

func TestNoteNamesTheFirst(t *testing.T) {
	var lists []Warninglist
	for i := range 5 {
		lists = append(lists, Warninglist{Name: fmt.Sprintf("Top %d", i), Match: Exact, Entries: []string{"shop.example"}})
	}
	assert.Equal(t, "on the list Top 0, Top 1, Top 2 and 2 more (flag only)", compiled(t, lists...).Note("domain", "shop.example"))
}

func TestWithoutFileTheBuiltInListAnswers(t *testing.T) {
	var none *Lists
	for name, l := range map[string]*Lists{"nil": none, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, []Hit{{Resolvers, Benign, "9.9.9.9"}}, l.Lookup("ip", "9.9.9.9"))
			assert.Empty(t, l.Lookup("ip", "192.0.2.1"))
			assert.Empty(t, l.Loaded())
			assert.NoError(t, l.Close())
		})
	}
}

func TestEveryFlagIsTheDefault(t *testing.T) {
	for _, name := range []string{
		"Specialized list of vpn-ipv4 addresses belonging to common VPN providers and datacenters",
		"List of LOTS (Living Off Trusted Sites) Project Domains", "List of known dynamic DNS domains",
		"List of known Amazon AWS IP address ranges", "List of known Cloudflare IP ranges",
		"Top 1,000,000 most-used sites from Tranco", "A list that nobody knows",
	} {
		t.Run(name, func(t *testing.T) { assert.Zero(t, harmless(name)) })
	}
	for _, b := range benign {
		assert.Zero(t, b.kinds&URL, "%s: no list makes a URL harmless", b.list)
	}
}

func TestWhatANameIsNotEnoughFor(t *testing.T) {
	const name = "List of known bank domains"
	for _, test := range []struct {
		name string
		list Warninglist
		want Kinds
	}{
		{"as the project has it", Warninglist{Match: Hostname}, Domain},
		{"of parts", Warninglist{Match: Substring}, 0},
		{"of known identifiers", Warninglist{Match: Hostname, Category: "known"}, 0},
		{"of known identifiers, and vouched for", Warninglist{Match: Hostname, Category: "known", Benign: true}, all},
		{"of false positives", Warninglist{Match: Hostname, Category: "false_positive"}, Domain},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.list.Name, test.list.Entries = name, []string{"bank.example"}
			got, err := NewCompiler().Add(test.list)
			require.NoError(t, err)
			assert.Equal(t, test.want, got.Benign)
		})
	}
}

func TestOpen(t *testing.T) {
	data := compiledBytes(t, invented()...)
	other := append([]byte(nil), data...)
	binary.LittleEndian.PutUint32(other[8:], format+1)
	flipped := append([]byte(nil), data...)
	flipped[headerSize+9] ^= 1
	longHead := append([]byte(nil), data...)
	binary.LittleEndian.PutUint32(longHead[24:], uint32(len(data)))
	for _, test := range []struct {
		name string
		data []byte
		want error
	}{
		{"whole", data, nil},
		{"empty", nil, ErrDamaged},
		{"cut in the header", data[:headerSize-1], ErrDamaged},
		{"cut after the header", data[:headerSize], ErrDamaged},
		{"cut", data[:len(data)-1], ErrDamaged},
		{"longer", append(append([]byte(nil), data...), 0), ErrDamaged},
		{"one bit of the head changed", flipped, ErrDamaged},
		{"of another version", other, ErrFormat},
		{"something else", []byte("<html>not found, and some more bytes"), ErrDamaged},
		{"no sections", whole(nil, nil), ErrDamaged},
		{"a head longer than the file", longHead, ErrDamaged},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "lists.bin")
			require.NoError(t, os.WriteFile(path, test.data, 0o600))
			l, err := Open(path)
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
				assert.ErrorContains(t, err, path)
				return
			}
			require.NoError(t, err)
			assert.Len(t, l.Loaded(), len(invented()))
			when, from := l.Built()
			assert.Equal(t, time.Unix(1795422240, 0).UTC(), when)
			assert.Equal(t, "a test", from)
			assert.NotEmpty(t, l.Lookup("domain", "shop.example"))
			assert.NoError(t, l.Verify())
			assert.NoError(t, l.Close())
		})
	}
	t.Run("not there", func(t *testing.T) {
		_, err := Open(filepath.Join(t.TempDir(), "lists.bin"))
		assert.ErrorIs(t, err, fs.ErrNotExist)
	})
	t.Run("a folder", func(t *testing.T) {
		_, err := Open(t.TempDir())
		assert.Error(t, err)
	})
}

// TestVerifyFindsDamage changes each byte of the body in turn.
func TestVerifyFindsDamage(t *testing.T) {
	data := compiledBytes(t, invented()...)
	_, body, err := parts(data)
	require.NoError(t, err)
	for at := len(data) - len(body); at < len(data); at++ {
		changed := append([]byte(nil), data...)
		changed[at] ^= 0x40
		l, err := read(changed)
		require.NoError(t, err)
		require.ErrorIs(t, l.Verify(), ErrDamaged, "byte %d", at)
		askAll(l, "198.51.100.7", "www.bank.example", "trash-1@mail.example")
	}
}

// askAll asks for values as each kind that lists know.
func askAll(l *Lists, values ...string) {
	for _, value := range values {
		for _, kind := range []string{"ip", "cidr", "domain", "url", "email", "md5"} {
			l.Lookup(kind, value)
		}
	}
}

// FuzzRead takes damage that no checksum tells, as in a file that somebody made
// on purpose.
func FuzzRead(f *testing.F) {
	for _, w := range invented() { // small seeds: the fuzzer first shrinks what it finds
		head, body, err := parts(compiledBytes(f, w))
		require.NoError(f, err)
		f.Add(head, body, strings.Trim(w.Entries[0], "."))
	}
	f.Fuzz(func(t *testing.T, head, body []byte, value string) {
		l, err := read(whole(head, body))
		if err != nil {
			require.ErrorIs(t, err, ErrDamaged)
			return
		}
		askAll(l, value)
	})
}

// FuzzDamage changes bytes of a file that opens all the same, and asks for values
// that are on its lists: lookups stay inside of the file.
func FuzzDamage(f *testing.F) {
	data := compiledBytes(f, invented()...)
	f.Add(uint32(0), []byte{0xff, 0xff, 0xff, 0xff}, "shop.example")
	f.Add(uint32(len(data)/2), []byte("0123456789abcdef"), "198.51.100.95")
	f.Add(uint32(len(data)-9), []byte{'\n', 0}, "trash-1@mail.example")
	f.Fuzz(func(t *testing.T, at uint32, change []byte, value string) {
		head, body, err := parts(append([]byte(nil), data...))
		require.NoError(t, err)
		copy(body[int(at)%len(body):], change)
		l, err := read(whole(head, body))
		require.NoError(t, err, "nothing of the head was changed")
		askAll(l, value, "shop.example", "198.51.100.95", "2001:db8:1::7", "trash-1@mail.example")
	})
}

// FuzzAdd compiles what strangers wrote and asks for it.
func FuzzAdd(f *testing.F) {
	for _, w := range invented() {
		f.Add(string(w.Match), w.Entries[0], "www.bank.example")
	}
	f.Fuzz(func(t *testing.T, match, entry, value string) {
		c := NewCompiler()
		list, err := c.Add(Warninglist{Name: "a", Match: Match(match), Entries: []string{entry}})
		if err != nil {
			return
		}
		require.Equal(t, 1, list.Entries)
		data, err := c.Bytes(time.Now(), "")
		require.NoError(t, err)
		l, err := read(data)
		require.NoError(t, err)
		l.Lookup("domain", value)
		if same, err := normal(entry, Exact, all); err == nil && same == entry && strings.TrimSpace(entry) == entry && list.Match == Exact {
			require.NotEmpty(t, l.Lookup("url", entry))
		}
	})
}

// large makes a file of lists that have so many names, ranges and hashes each.
func large(b *testing.B, each int) string {
	lists := invented()
	for n, match := range []Match{Exact, Hostname, CIDR} {
		w := Warninglist{Name: fmt.Sprintf("large %d", n), Match: match}
		for i := range each {
			switch match {
			case CIDR:
				w.Entries = append(w.Entries, fmt.Sprintf("%d.%d.%d.%d/%d", 20+i%180, i>>8&255, i>>16&255, i&255, 20+i%13))
			default:
				w.Entries = append(w.Entries, fmt.Sprintf("%s-%d.example", match, i))
			}
		}
		lists = append(lists, w)
	}
	parts := Warninglist{Name: "large parts", Match: Substring, Attributes: []string{"email-src"}}
	for i := range 8000 {
		parts.Entries = append(parts.Entries, fmt.Sprintf("%x-mail.example", i*7919))
	}
	for i := range 130 { // as many lists as the project has
		lists = append(lists, Warninglist{Name: fmt.Sprintf("List of known domains and addresses, number %d", i), Match: Hostname, Attributes: hostTypes, Entries: []string{"a.example"}})
	}
	path := filepath.Join(b.TempDir(), "lists.bin")
	require.NoError(b, os.WriteFile(path, compiledBytes(b, append(lists, parts)...), 0o600))
	return path
}

// few and many are as the project's lists are together, without and with those
// of a million sites and of file collections.
const few, many = 170_000, 1_500_000

func BenchmarkOpen(b *testing.B) {
	for _, each := range []int{few, many} {
		path := large(b, each)
		about, err := os.Stat(path)
		require.NoError(b, err)
		b.Run(fmt.Sprintf("%dMB", about.Size()>>20), func(b *testing.B) {
			for b.Loop() {
				l, err := Open(path)
				require.NoError(b, err)
				require.NoError(b, l.Close())
			}
		})
		b.Run(fmt.Sprintf("%dMB and verify", about.Size()>>20), func(b *testing.B) {
			for b.Loop() {
				l, err := Open(path)
				require.NoError(b, err)
				require.NoError(b, errors.Join(l.Verify(), l.Close()))
			}
		})
	}
}

func BenchmarkListsLookup(b *testing.B) {
	l, err := Open(large(b, few))
	require.NoError(b, err)
	b.Cleanup(func() { assert.NoError(b, l.Close()) })
	for _, c := range []struct{ name, kind, value string }{
		{"domain on none", "domain", "a.deep.name.below.evil.example"},
		{"domain on one", "domain", "www.hostname-77.example"},
		{"URL", "url", "https://www.hostname-77.example/a/path?with=more"},
		{"IPv4", "ip", "45.1.2.3"},
		{"IPv6", "ip", "2001:db8:1::77"},
		{"mail", "email", "some.one.with.a.name@7bd6f-mail.example"},
		{"hash", "sha256", strings.Repeat("0e", 32)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Lookup(c.kind, c.value)
			}
		})
	}
}

// BenchmarkListsLookupSpread asks the largest file for ever other values, which
// finds little of it in the processor's caches.
func BenchmarkListsLookupSpread(b *testing.B) {
	l, err := Open(large(b, many))
	require.NoError(b, err)
	b.Cleanup(func() { assert.NoError(b, l.Close()) })
	values := map[string][]string{}
	for i := range 100_003 {
		name := fmt.Sprintf("www.h%d.sub-%d.com", i*7919, i)
		values["domain"] = append(values["domain"], name)
		values["url"] = append(values["url"], "https://"+name+"/a/b?c=d")
		values["ip"] = append(values["ip"], fmt.Sprintf("%d.%d.%d.%d", i%223+1, i*7%256, i*31%256, i*17%256))
	}
	for kind, values := range values {
		b.Run(kind, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				l.Lookup(kind, values[i%len(values)])
			}
		})
	}
}
