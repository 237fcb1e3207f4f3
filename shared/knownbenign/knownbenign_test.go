package knownbenign

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"sort"
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

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		Lookup("domain", "a.very.deep.name.below.example-of-a-host.com")
	}
}
