package knownbenign

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLookup(t *testing.T) {
	empty := md5.Sum(nil)
	braces := sha256.Sum256([]byte("{}"))
	for _, c := range []struct{ name, kind, value, list string }{
		{"the name itself", "domain", "google.com", WellKnown},
		{"a name below", "domain", "mail.google.com", WellKnown},
		{"a longer entry wins", "domain", "drive.google.com", Hosting},
		{"a lure is no match", "domain", "google.com.evil.example", ""},
		{"a suffix without a dot is no match", "domain", "notgoogle.com", ""},
		{"a top-level domain alone", "domain", "com", ""},
		{"a URL of those who write about security", "url", "https://www.virustotal.com/gui/file/x", Sandboxes},
		{"a URL with user and port", "url", "https://u:p@twitter.com:443/x", Social},
		{"a URL whose user is a lure", "url", "http://twitter.com@evil.example/x", ""},
		{"a URL of a file sharing site", "url", "https://drive.google.com/uc?id=x", ""},
		{"a page of anybody's", "domain", "evil.blogspot.com", ""},
		{"the site of anybody's pages", "domain", "www.blogspot.com", Hosting},
		{"a mailbox at a provider", "email", "someone@gmail.com", ""},
		{"a resolver", "ip", "9.9.9.9", Resolvers},
		{"a resolver's IPv6 address", "ip", "2620:fe::fe", Resolvers},
		{"a neighbour of a resolver", "ip", "9.9.9.8", ""},
		{"MD5 of nothing", "md5", hex.EncodeToString(empty[:]), Nothing},
		{"SHA-256 of {}", "sha256", hex.EncodeToString(braces[:]), Nothing},
		{"a kind without a list", "cve", "CVE-2024-0001", ""},
		{"nothing at all", "domain", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, ok := Lookup(c.kind, c.value)
			assert.Equal(t, c.list, list)
			assert.Equal(t, c.list != "", ok)
		})
	}
}

func TestListsAreSorted(t *testing.T) {
	assert.True(t, sort.SliceIsSorted(hosts[:], func(a, b int) bool { return hosts[a].name < hosts[b].name }))
	assert.True(t, sort.StringsAreSorted(resolvers[:]))
	assert.True(t, sort.StringsAreSorted(nothing[:]))
}

func TestResolversAreCanonical(t *testing.T) {
	for _, r := range resolvers {
		a, err := netip.ParseAddr(r)
		if assert.NoError(t, err, r) {
			assert.Equal(t, r, a.String())
		}
	}
}

// TestHostsAreFoundAsByWalking asks for names on the list, below and beside them,
// and wants what a plain walk over the list answers.
func TestHostsAreFoundAsByWalking(t *testing.T) {
	for _, h := range hosts {
		for _, name := range []string{h.name, "www." + h.name, "a.b." + h.name, "not" + h.name, "." + h.name, h.name + ".", h.name + ".evil.example", h.name[1:]} {
			want, wanted := walk(name)
			got, ok := Lookup("domain", name)
			assert.Equal(t, wanted, ok, name)
			assert.Equal(t, want, got, name)
		}
	}
}

// walk asks for the name and each of its parents.
func walk(name string) (list string, ok bool) {
	for at := name; ; {
		for _, h := range hosts {
			if h.name == at && (h.list != Hosting || at == strings.TrimPrefix(name, "www.")) {
				return h.list, true
			} else if h.name == at {
				return "", false
			}
		}
		_, above, below := strings.Cut(at, ".")
		if !below {
			return "", false
		}
		at = above
	}
}

func TestURLHost(t *testing.T) {
	for _, c := range []struct{ url, want string }{
		{"https://example.com/a", "example.com"},
		{"https://example.com", "example.com"},
		{"https://example.com:8443?x", "example.com"},
		{"https://u:p@example.com:8443#x", "example.com"},
		{"https://a@b@example.com/", "example.com"},
		{"https://example.com/@else.example:80", "example.com"},
		{"https://example.com/[x]", "example.com"},
		{"http://[2001:db8::7]:8080/x", "2001:db8::7"},
		{"http://u:p@[2001:db8::7]", "2001:db8::7"},
		{"example.com/x", "example.com"},
		{"https://", ""},
		{"", ""},
	} {
		assert.Equal(t, c.want, urlHost(c.url), c.url)
	}
}

func BenchmarkLookup(b *testing.B) {
	for _, c := range []struct{ name, kind, value string }{
		{"domain on none", "domain", "a.very.deep.name.below.example-of-a-host.com"},
		{"domain on one", "domain", "mail.google.com"},
		{"URL on none", "url", "https://www.example-of-a-host.com/a/path?with=more"},
		{"URL on one", "url", "https://www.virustotal.com/gui/file/x"},
		{"IPv4", "ip", "198.51.100.7"},
		{"SHA-256", "sha256", "0e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85"},
		{"mail", "email", "someone@example.com"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Lookup(c.kind, c.value)
			}
		})
	}
}
