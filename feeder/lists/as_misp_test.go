package lists_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

// TestAsMISPSays compiles a MISP's lists and asks both for the same values. The
// last field of a case is what only Waggle finds, as knownbenign's README says.
func TestAsMISPSays(t *testing.T) {
	var kept []misptest.Warninglist
	for _, l := range []misp.Warninglist{
		{Name: "strings", Type: "string", Entries: []string{"shop.example", ".dotted.example", "http://page.example/start", "203.0.113.9", "44d88612fea8a8f36de82e1278abb02f"}},
		{Name: "names", Type: "hostname", Entries: []string{".bank.example", "deep.name.example.", "192.0.2.200", "www.only.example"}},
		{Name: "ranges", Type: "cidr", Entries: []string{"198.51.100.0/24", "203.0.113.7", "2001:db8:1::/48", "192.0.2.77/25"}},
		{Name: "parts", Type: "substring", Entries: []string{"@trash-", "mail.example"}},
		{Name: "patterns", Type: "regex", Entries: []string{"/^(abuse|noc)@/"}},
	} {
		kept = append(kept, misptest.Warninglist{Warninglist: l})
	}
	server := misptest.Start(t, misptest.Options{Warninglists: kept})
	client, err := misp.New(misp.Options{URL: server.URL, Key: misptest.Key})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), lists.File)
	_, left, err := lists.Update(t.Context(), path, lists.Options{From: []string{lists.MISP}, MISP: client})
	require.NoError(t, err)
	require.Empty(t, left)
	compiled, err := knownbenign.Open(path)
	require.NoError(t, err)
	defer compiled.Close()

	for _, c := range []struct{ kind, value, only string }{
		{kind: "domain", value: "shop.example"},
		{kind: "domain", value: "www.shop.example"},
		{kind: "domain", value: "dotted.example"},
		{kind: "domain", value: "a.dotted.example"},
		{kind: "url", value: "http://page.example/start"},
		{kind: "url", value: "http://page.example/start/x"},
		{kind: "url", value: "http://shop.example/"},
		{kind: "ip", value: "203.0.113.9"},
		{kind: "md5", value: "44d88612fea8a8f36de82e1278abb02f"},
		{kind: "domain", value: "bank.example"},
		{kind: "domain", value: "www.bank.example"},
		{kind: "domain", value: "www.bank.example."},
		{kind: "domain", value: "mybank.example"},
		{kind: "domain", value: "bank.example.evil.example"},
		{kind: "domain", value: "name.example"},
		{kind: "domain", value: "a.deep.name.example"},
		{kind: "domain", value: "only.example"},
		{kind: "url", value: "https://www.bank.example/login?x=1"},
		{kind: "url", value: "https://www.bank.example/login/bank.example"},
		{kind: "url", value: "https://evil.example/bank.example/"},
		{kind: "url", value: "http://192.0.2.200/x"},
		{kind: "ip", value: "192.0.2.200"},
		{kind: "ip", value: "198.51.100.7"},
		{kind: "ip", value: "198.51.101.7"},
		{kind: "ip", value: "203.0.113.7"},
		{kind: "ip", value: "203.0.113.8"},
		{kind: "ip", value: "2001:db8:1::7"},
		{kind: "ip", value: "2001:db8:2::7"},
		{kind: "cidr", value: "198.51.100.64/26"},
		{kind: "cidr", value: "198.51.0.0/16"},
		{kind: "cidr", value: "2001:db8:1:2::/64"},
		{kind: "url", value: "http://198.51.100.7/x"},
		{kind: "email", value: "a@trash-1.example"},
		{kind: "email", value: "a@mail.example"},
		{kind: "email", value: "abuse@shop.example"},
		{kind: "email", value: "no-abuse@shop.example"},

		{"domain", "WWW.Bank.Example", "names"},
		{"url", "https://www.bank.example:8443/", "names"},
		{"url", "https://user@www.bank.example/", ""},
		{"url", "https://user@bank.example/", "names"},
		{"ip", "::ffff:203.0.113.7", "ranges"},
		{"ip", "192.0.2.5", "ranges"},
		{"email", "Abuse@shop.example", "patterns"},
	} {
		t.Run(c.value, func(t *testing.T) {
			theirs, err := client.CheckWarninglists(t.Context(), []string{c.value})
			require.NoError(t, err)
			want := []string{}
			for _, hit := range theirs[c.value] {
				want = append(want, hit.List)
			}
			if c.only != "" {
				assert.NotContains(t, want, c.only)
				want = append(want, c.only)
			}
			got := []string{}
			for _, hit := range compiled.Lookup(c.kind, c.value) {
				got = append(got, hit.List)
			}
			assert.ElementsMatch(t, want, got)
		})
	}
}
