package extract

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/knownbenign"
)

// run runs the command and gives "doc type value role" of each line printed.
func run(t *testing.T, stdin string, args ...string) []string {
	t.Helper()
	out, err := command(stdin, args...)
	require.NoError(t, err)
	var got []string
	for l := range strings.Lines(out) {
		var v struct{ Doc, Type, Value, Role string }
		require.NoError(t, json.Unmarshal([]byte(l), &v), l)
		got = append(got, strings.Join([]string{v.Doc, v.Type, v.Value, v.Role}, " "))
	}
	return got
}

func command(stdin string, args ...string) (string, error) {
	var out bytes.Buffer
	c := Command()
	c.SetArgs(args)
	c.SetIn(strings.NewReader(stdin))
	c.SetOut(&out)
	c.SetErr(&out)
	err := c.Execute()
	return out.String(), err
}

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

const post = "C2: hxxp://bad-host[.]net/a, via 10.0.0.1; see https://research-blog.net/x\n"

func TestStandardInput(t *testing.T) {
	assert.Equal(t, []string{"stdin url http://bad-host.net/a indicator"}, run(t, post))
}

func TestAllRoles(t *testing.T) {
	assert.Equal(t, []string{
		"stdin url http://bad-host.net/a indicator",
		"stdin ip 10.0.0.1 benign",
		"stdin url https://research-blog.net/x reference",
	}, run(t, post, "--all"))
}

func TestLineHoldsWhatStood(t *testing.T) {
	out, err := command(post)
	require.NoError(t, err)
	assert.JSONEq(t, `{"doc":"stdin","type":"url","value":"http://bad-host.net/a","raw":"hxxp://bad-host[.]net/a","start":4,"end":27,
		"defanged":true,"role":"indicator","confidence":95,"why":"disarmed spelling"}`, out)
}

func TestFiles(t *testing.T) {
	a := file(t, "a.txt", post)
	b := file(t, "b.html", "<!DOCTYPE html><html><body><script>x='hxxp://no[.]net/'</script><p>bad-2<b>[.]</b>net</p></body></html>")
	assert.Equal(t, []string{
		a + " url http://bad-host.net/a indicator",
		b + " domain bad-2.net indicator",
	}, run(t, "", a, b))
}

func TestDocuments(t *testing.T) {
	docs := file(t, "docs.jsonl", `{"doc":"one","text":"bad-1[.]net"}

{"doc":"two","text":"nothing"}
{"doc":"three","text":"bad-3[.]net"}
`)
	want := []string{"one domain bad-1.net indicator", "three domain bad-3.net indicator"}
	assert.Equal(t, want, run(t, "", "--docs", docs))
	b, err := os.ReadFile(docs)
	require.NoError(t, err)
	assert.Equal(t, want, run(t, string(b), "--docs", "-"))
}

func TestErrorsNameTheFile(t *testing.T) {
	_, err := command("", filepath.Join(t.TempDir(), "none.txt"))
	assert.ErrorIs(t, err, os.ErrNotExist)
	assert.ErrorContains(t, err, "none.txt")

	_, err = command("{\"doc\":\"a\",\"text\":\"b\"}\nnot json\n", "--docs", "-")
	assert.ErrorContains(t, err, `stdin line 2 is no {"doc","text"} object`)
}

// TestLists asks a compiled file: some of its lists make values harmless, the
// others are named and change nothing.
func TestLists(t *testing.T) {
	c := knownbenign.NewCompiler()
	for _, w := range []knownbenign.Warninglist{
		{Name: "Our own", Match: knownbenign.Hostname, Entries: []string{"acme-works.net"}, Benign: true},
		{Name: "Rented names", Match: knownbenign.Hostname, Entries: []string{"bad-host.net", "cited-host.net"}},
	} {
		_, err := c.Add(w)
		require.NoError(t, err)
	}
	data, err := c.Bytes(time.Now(), "a test")
	require.NoError(t, err)
	lists := file(t, "lists.bin", string(data))
	const text = "Indicators of compromise:\n\nbad-host[.]net\nwww.acme-works.net\n\nSee https://cited-host.net/x\n"
	why := func(args ...string) map[string]string {
		out, err := command(text, args...)
		require.NoError(t, err)
		got := map[string]string{}
		for l := range strings.Lines(out) {
			var v struct{ Value, Role, Why string }
			require.NoError(t, json.Unmarshal([]byte(l), &v))
			got[v.Value] = v.Role + ": " + v.Why
		}
		return got
	}
	with, without := why("--all", "--lists", lists), why("--all")
	const flagged = "; on the list Rented names (flag only)"
	assert.Equal(t, "benign: on the list Our own", with["www.acme-works.net"])
	assert.True(t, strings.HasPrefix(without["www.acme-works.net"], "indicator:"), without)
	assert.Equal(t, without["bad-host.net"]+flagged, with["bad-host.net"])
	assert.Equal(t, without["https://cited-host.net/x"]+flagged, with["https://cited-host.net/x"])
	assert.Len(t, with, 3)

	for name, path := range map[string]string{"no such file": filepath.Join(t.TempDir(), "none.bin"), "a damaged file": file(t, "damaged.bin", string(data[:len(data)-8])+"damaged!"),
		"another file": file(t, "text.bin", text)} {
		t.Run(name, func(t *testing.T) {
			_, err := command(text, "--lists", path)
			assert.ErrorContains(t, err, "extract: the lists: ")
		})
	}
}
