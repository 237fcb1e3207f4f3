package knownbenign_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
)

// careful compiles lists that hold each of the values, as the project's lists
// of rented, shared and often met things do.
func careful(t *testing.T, values []string) *knownbenign.Lists {
	t.Helper()
	c := knownbenign.NewCompiler()
	for _, w := range []knownbenign.Warninglist{
		{Name: "Specialized list of vpn-ipv4 addresses belonging to common VPN providers and datacenters", Match: knownbenign.CIDR},
		{Name: "List of known Amazon AWS IP address ranges", Match: knownbenign.CIDR},
		{Name: "List of known Cloudflare IP ranges", Match: knownbenign.CIDR},
		{Name: "List of LOTS (Living Off Trusted Sites) Project Domains", Match: knownbenign.Hostname},
		{Name: "List of known dynamic DNS domains", Match: knownbenign.Hostname},
		{Name: "List of known URL Shorteners domains", Match: knownbenign.Hostname},
		{Name: "Top 1,000,000 most-used sites from Tranco", Match: knownbenign.Exact},
		{Name: "List of disposable email domains", Match: knownbenign.Substring},
		{Name: "A list of somebody's", Match: knownbenign.Exact, Category: "false_positive"},
	} {
		w.Entries = values
		if _, err := c.Add(w); w.Match != knownbenign.CIDR { // there may be no address
			require.NoError(t, err)
		}
	}
	data, err := c.Bytes(time.Now(), "a test")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "lists.bin")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	l, err := knownbenign.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.Close()) })
	return l
}

// asked gives how Find asks the lists.
func asked(l *knownbenign.Lists) ioc.Options {
	return ioc.Options{Known: func(kind ioc.Kind, value string) (string, bool) { return l.Known(string(kind), value) }}
}

func TestCarefulListsFlagAndDropNothing(t *testing.T) {
	const text = `Ransomware at work

Indicators of compromise:

moth-panel.top
5.188.86.237
hxxp://moth-panel[.]top/gate.php
operator@moth-panel.top
9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00b17`
	values := []string{"moth-panel.top", "5.188.86.237", "http://moth-panel.top/gate.php", "operator@moth-panel.top",
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00b17"}
	l := careful(t, values)
	found := ioc.Find(text, asked(l))
	assert.Equal(t, ioc.Find(text, ioc.Options{}), found)
	require.Len(t, found, len(values))
	for _, i := range found {
		assert.Equal(t, ioc.Attack, i.Role, i.Value)
		assert.Contains(t, l.Note(string(i.Kind), i.Value), "(flag only)", i.Value)
	}
}

// TestCarefulListsDropNothingOfReports puts each value that labelled reports
// call malicious on these lists, and reads the reports. The texts lie beside the
// repository where the project is developed.
func TestCarefulListsDropNothingOfReports(t *testing.T) {
	const corpus = "../../../shared/corpus"
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("no labelled corpus at %s: nothing is read", corpus)
	}
	for _, set := range []string{"a_tweetfeed_synth", "a_unit42_short", "b_annoctr", "b_avast", "b_eset", "b_unit42_long"} {
		t.Run(set, func(t *testing.T) {
			values := map[string]bool{}
			eachLine(t, filepath.Join(corpus, set+".labels.jsonl"), func(l line) {
				if l.Class == "gold" && len(l.Value) >= 4 {
					values[strings.ToLower(l.Value)] = true
				}
			})
			var entries []string
			for v := range values {
				entries = append(entries, v)
			}
			require.NotEmpty(t, entries)
			options, read := asked(careful(t, entries)), 0
			eachLine(t, filepath.Join(corpus, set+".docs.jsonl"), func(l line) {
				want := ioc.Find(l.Text, ioc.Options{})
				require.Equal(t, want, ioc.Find(l.Text, options), l.Doc)
				read += len(want)
			})
			assert.NotZero(t, read)
		})
	}
}

// line is a document or a label.
type line struct{ Doc, Text, Value, Class string }

func eachLine(t *testing.T, path string, do func(line)) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var l line
		require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
		do(l)
	}
	require.NoError(t, lines.Err())
}
