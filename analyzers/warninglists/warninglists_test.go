package warninglists

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

// compiled writes a file of lists and gives its path.
func compiled(t *testing.T) string {
	t.Helper()
	c := knownbenign.NewCompiler()
	for _, w := range []knownbenign.Warninglist{
		{Name: "Rented ranges", Match: knownbenign.CIDR, Attributes: []string{"ip-src"}, Entries: []string{"198.51.100.0/24", "2001:db8:1::/48"}},
		{Name: "Hosters", Match: knownbenign.Hostname, Attributes: []string{"domain", "url"}, Entries: []string{"hoster.com"}},
		{Name: "Names alone", Match: knownbenign.Exact, Attributes: []string{"domain"}, Entries: []string{"hoster.com"}},
		{Name: "Disposable", Match: knownbenign.Substring, Attributes: []string{"email-src"}, Entries: []string{"@trash-"}},
		{Name: "Our own", Match: knownbenign.Hostname, Attributes: []string{"domain", "url"}, Entries: []string{"acme.com", "printer.lan"}, Benign: true},
	} {
		_, err := c.Add(w)
		require.NoError(t, err)
	}
	data, err := c.Bytes(time.Unix(1795422240, 0), "a test")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "lists.bin")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func TestCompiledLists(t *testing.T) {
	path := compiled(t)
	flag := func(list, match string) hit {
		return hit{Hit: knownbenign.Hit{List: list, Effect: knownbenign.Flags, Match: match}}
	}
	of := func(h hit, host string) hit { h.Host = host; return h }
	ours := func(match string) hit {
		return hit{Hit: knownbenign.Hit{List: "Our own", Effect: knownbenign.Benign, Match: match}}
	}
	for _, test := range []struct {
		name, dataType, data string
		level                cortex.Level
		hits                 []hit
	}{
		{"an address", "ip", "198.51.100[.]7", cortex.Info, []hit{flag("Rented ranges", "198.51.100.7")}},
		{"a range", "ip", "198.51.100.0/25", cortex.Info, []hit{flag("Rented ranges", "198.51.100.0/25")}},
		{"a name", "domain", "hoster.com", cortex.Info, []hit{flag("Hosters", "hoster.com"), flag("Names alone", "hoster.com")}},
		{"a name below", "fqdn", "WWW.Hoster.com", cortex.Info, []hit{flag("Hosters", "hoster.com")}},
		{"a URL, and its host", "url", "hxxps://hoster[.]com/x", cortex.Info, []hit{flag("Hosters", "hoster.com"), of(flag("Names alone", "hoster.com"), "hoster.com")}},
		{"a URL of an address", "url", "http://198.51.100.7:8080/x", cortex.Info, []hit{of(flag("Rented ranges", "198.51.100.7"), "198.51.100.7")}},
		{"a URL of an IPv6 address", "url", "http://[2001:db8:1::7]/x", cortex.Info, []hit{of(flag("Rented ranges", "2001:db8:1::7"), "2001:db8:1::7")}},
		{"a mail address, and its host", "mail", "a@trash-1.hoster.com", cortex.Info, []hit{flag("Disposable", "@trash-"), of(flag("Hosters", "hoster.com"), "trash-1.hoster.com")}},
		{"a mail address at a harmless host", "mail", "a@acme.com", cortex.Info, []hit{of(flag("Our own", "acme.com"), "acme.com")}},
		{"one's own", "domain", "www.acme.com", cortex.Safe, []hit{ours("acme.com")}},
		{"one's own URL", "url", "https://www.acme.com/login", cortex.Safe, []hit{ours("acme.com")}},
		{"a local name", "fqdn", "Printer.lan.", cortex.Safe, []hit{ours("printer.lan")}},
		{"on none", "domain", "evil-invented.com", cortex.Info, []hit{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			report, err := run(t.Context(), &cortex.Job{DataType: test.dataType, Data: test.data}, Config{Lists: path})
			require.NoError(t, err)
			f := report.Full.(full)
			assert.Equal(t, test.hits, f.Hits)
			assert.Equal(t, test.level, f.Level)
			assert.Equal(t, 5, f.Compiled)
			assert.Equal(t, "2026-11-23 08:24 UTC", f.Built)
			require.Len(t, report.Taxonomies, 1)
			assert.Equal(t, test.level, report.Taxonomies[0].Level)
		})
	}
}

func TestListsThatAreNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lists.bin")
	require.NoError(t, os.WriteFile(path, []byte("no lists at all, whatever else it is"), 0o600))
	_, err := run(t.Context(), &cortex.Job{DataType: "ip", Data: "192.0.2.1"}, Config{Lists: path})
	require.ErrorIs(t, err, upstream.BadInput)
	require.ErrorIs(t, err, knownbenign.ErrDamaged)
	assert.ErrorContains(t, err, "compile them again")
}
