package blocks

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// clock is a present that tests move.
type clock struct{ now time.Time }

func newBook(t *testing.T) (Book, *clock, *bytes.Buffer) {
	t.Helper()
	data, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "waggle.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, data.Close()) })
	c, log := &clock{noon}, &bytes.Buffer{}
	return Book{Store: data, Now: func() time.Time { return c.now }, Log: slog.New(slog.NewTextHandler(log, nil)),
		Never: Never{Domains: []string{"ours-4471.net"}, Networks: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, Known: knownbenign.Lookup}}, c, log
}

func states(changes []Change) string {
	var out []string
	for _, c := range changes {
		out = append(out, c.State)
	}
	return strings.Join(out, " ")
}

const sha256Of = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0"

func TestBlocksLastAndAreRepeated(t *testing.T) {
	b, c, log := newBook(t)
	o := Order{Values: []string{"203.0.113.7", "evil-cdn-4471.top", "hxxp://evil-cdn-4471[.]top/a", sha256Of, "two words"}, Reason: "C2\nof the loader", Record: "case 3", By: "analyst@example.com"}
	first, err := b.Block(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, "blocked blocked blocked blocked refused", states(first))
	assert.Equal(t, []time.Time{noon.AddDate(0, 0, 30), noon.AddDate(0, 0, 90), noon.AddDate(0, 0, 90), noon.AddDate(0, 0, 365)},
		[]time.Time{first[0].Until, first[1].Until, first[2].Until, first[3].Until})
	assert.Contains(t, first[4].Why, "no list takes such a value")
	assert.Contains(t, log.String(), "analyst@example.com")
	assert.NotContains(t, log.String(), "evil-cdn-4471.top", "defanged")

	all, changed, err := b.Store.Blocks(t.Context(), noon)
	require.NoError(t, err)
	require.Len(t, all, 4)
	assert.Equal(t, noon, changed)
	assert.Equal(t, "C2 of the loader", all[0].Reason)

	c.now = noon.Add(time.Hour)
	second, err := b.Block(t.Context(), o)
	require.NoError(t, err)
	assert.Equal(t, "stood stood stood stood refused", states(second))
	again, changed, err := b.Store.Blocks(t.Context(), c.now)
	require.NoError(t, err)
	assert.Equal(t, all, again, "nothing changed")
	assert.Equal(t, noon, changed)

	c.now = noon.AddDate(0, 0, 20)
	third, err := b.Block(t.Context(), Order{Values: o.Values[:2], By: "other"})
	require.NoError(t, err)
	assert.Equal(t, "prolonged stood", states(third), "half of an address's time is over, and not half of a domain's")
	assert.Equal(t, c.now.AddDate(0, 0, 30), third[0].Until)

	c.now = noon.AddDate(0, 0, 60)
	all, changed, err = b.Store.Blocks(t.Context(), c.now)
	require.NoError(t, err)
	assert.Len(t, all, 3, "the address has expired")
	assert.Equal(t, noon.AddDate(0, 0, 50), changed, "when it did")

	taken, err := b.Unblock(t.Context(), Order{Values: []string{"EVIL-CDN-4471.top", "203.0.113.7", "never.example.net"}, By: "analyst"})
	require.NoError(t, err)
	assert.Equal(t, "removed absent absent", states(taken))
	taken, err = b.Unblock(t.Context(), Order{Values: []string{"evil-cdn-4471.top"}})
	require.NoError(t, err)
	assert.Equal(t, "absent", states(taken))
	back, err := b.Block(t.Context(), Order{Values: []string{"evil-cdn-4471.top"}, Days: 7})
	require.NoError(t, err)
	assert.Equal(t, "blocked", states(back))
	assert.Equal(t, c.now.AddDate(0, 0, 7), back[0].Until)
}

func TestWhatMustNotBeBlocked(t *testing.T) {
	b, _, _ := newBook(t)
	for value, why := range map[string]string{
		"10.1.2.3": "inner networks", "127.0.0.1": "inner networks", "169.254.169.254": "inner networks", "fd00::1": "inner networks",
		"100.64.1.1": "inner networks", "224.0.0.1": "inner networks", "8.8.8.8": "known to be harmless", "0.0.0.0/0": "too wide",
		"203.0.0.0/8": "too wide", "2001:db8::/16": "too wide", "198.51.100.9": "your own network", "198.51.0.0/16": "your own network",
		"ours-4471.net": "your own domain", "mail.ours-4471.net": "your own domain", "https://www.ours-4471.net/x": "on your own domain",
		"http://10.0.0.1/x": "inner networks", "microsoft.com": "known to be harmless", "co.uk": "public suffix",
		"d41d8cd98f00b204e9800998ecf8427e": "known to be harmless", "CVE-2026-1234": "no list takes", "x": "no list takes",
	} {
		t.Run(value, func(t *testing.T) {
			got, err := b.Block(t.Context(), Order{Values: []string{value}})
			require.NoError(t, err)
			assert.Equal(t, Refused, got[0].State)
			assert.Contains(t, got[0].Why, why)
		})
	}
	for _, value := range []string{"203.0.113.7", "203.0.113.0/24", "2001:db8::7", "bad-host.net", "https://sites.google.com/view/a-strangers-page", "notours-4471.net"} {
		got, err := b.Block(t.Context(), Order{Values: []string{value}})
		require.NoError(t, err)
		assert.Equal(t, Blocked, got[0].State, "%s: %s", value, got[0].Why)
	}
}

func TestOwn(t *testing.T) {
	domains, networks, err := Own([]string{"Example.com", "Office.local", "192.0.2.7", "2001:db8::/32", " 192.0.2.128/25 "})
	require.NoError(t, err)
	assert.Equal(t, []string{"example.com", "office.local"}, domains)
	assert.Equal(t, "[192.0.2.7/32 2001:db8::/32 192.0.2.128/25]", fmt.Sprint(networks))
	_, _, err = Own([]string{"our network"})
	assert.ErrorContains(t, err, `"our network" is no domain`)
}

func TestLists(t *testing.T) {
	blocks := []waggle.Block{
		{Kind: ioc.IP, Value: "203.0.113.7"}, {Kind: ioc.CIDR, Value: "192.0.2.0/24"}, {Kind: ioc.IP, Value: "2001:db8::7"}, {Kind: ioc.CIDR, Value: "2001:db8:0:1::/64"},
		{Kind: ioc.Domain, Value: "bad-host.net"}, {Kind: ioc.URL, Value: "http://bad-host.net/a"}, {Kind: ioc.SHA256, Value: sha256Of}, {Kind: ioc.IP, Value: "::ffff:0:0:1"},
	}
	const at = ", changed 2026-11-23T12:00:00Z\n"
	for name, want := range map[string]string{
		"ips.txt":     "# Waggle block list: 5 entries" + at + "203.0.113.7\n192.0.2.0/24\n2001:db8::7\n2001:db8:0:1::/64\n::ffff:0:0:1\n",
		"domains.txt": "# Waggle block list: 1 entries" + at + "bad-host.net\n",
		"urls.txt":    "# Waggle block list: 1 entries" + at + "http://bad-host.net/a\n",
		"hashes.txt":  "# Waggle block list: 1 entries" + at + sha256Of + "\n",
		"adguard.txt": "! Waggle block list: 1 entries" + at + "||bad-host.net^\n",
		"waggle.rpz": "; Waggle block list: 6 entries" + at + "$TTL 300\n@ IN SOA localhost. root.localhost. 1795435200 300 60 604800 60\n@ IN NS localhost.\n" +
			"32.7.113.0.203.rpz-ip CNAME .\n24.0.2.0.192.rpz-ip CNAME .\n128.7.zz.db8.2001.rpz-ip CNAME .\n64.zz.1.0.db8.2001.rpz-ip CNAME .\n" +
			"bad-host.net CNAME .\n*.bad-host.net CNAME .\n128.1.0.0.ffff.zz.rpz-ip CNAME .\n",
	} {
		t.Run(name, func(t *testing.T) {
			for _, l := range Lists() {
				if l.Name == name {
					assert.Equal(t, want, l.Write(blocks, noon))
					assert.Contains(t, l.Write(nil, time.Time{}), "0 entries, changed never")
				}
			}
		})
	}
	assert.Len(t, Lists(), 6)
}

func FuzzBlockable(f *testing.F) {
	for _, s := range []string{"203.0.113.7", "bad-host.net", "http://bad-host.net/a b", "a\nb.example", "bad-host.net\n@ IN A 1.2.3.4", sha256Of} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, ok := blockable(text)
		if !ok {
			return
		}
		for _, l := range Lists() {
			lines := strings.Count(l.Write([]waggle.Block{{Kind: v.Kind, Value: v.Value}}, noon), "\n")
			empty := strings.Count(l.Write(nil, noon), "\n")
			if lines > empty+2 {
				t.Fatalf("%q writes %d lines into %s", text, lines-empty, l.Name)
			}
		}
	})
}
