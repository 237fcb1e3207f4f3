package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

const rented = `{"name":"Rented names","version":3,"type":"hostname","description":"Invented","matching_attributes":["domain"],"list":["rented.example",""]}`

func TestLists(t *testing.T) {
	d := newDesk(t, "")
	code, out, _ := d.feeder(t, "lists")
	assert.Equal(t, exitWell, code)
	assert.Contains(t, out, "The built-in list alone")
	_, out, _ = d.feeder(t, "check")
	assert.Regexp(t, `warninglists +ok .* is not there: only the built-in list is used; feeder lists update`, out)

	from := filepath.Join(d.folder, "rented.json")
	require.NoError(t, os.WriteFile(from, []byte(rented), 0o600))
	code, out, log := d.feeder(t, "lists", "update", "--from", from)
	require.Equal(t, exitWell, code, log)
	assert.Contains(t, out, "Rented names: 1 entries cannot be used")
	assert.Contains(t, out, "1 lists with 1 entries are in "+filepath.Join(d.folder, lists.File))

	_, out, _ = d.feeder(t, "check")
	assert.Regexp(t, `warninglists +ok +\S*lists.bin: 1 lists, 1 entries, compiled .*, 0 days ago\n`, out)
	code, out, _ = d.feeder(t, "lists")
	assert.Equal(t, exitWell, code)
	assert.Regexp(t, `Rented names +3 +hostname +domain +1 +1\n`, out)

	code, _, log = d.feeder(t, "lists", "update", "--from", from, "--benign", "Rented names")
	require.Equal(t, exitWell, code, log)
	code, out, _ = d.feeder(t, "lists", "--json")
	assert.Equal(t, exitWell, code)
	var loaded []knownbenign.List
	require.NoError(t, json.Unmarshal([]byte(out), &loaded))
	require.Len(t, loaded, 1)
	assert.Equal(t, knownbenign.Domain, loaded[0].Benign)
}

func TestListsThatCannotBe(t *testing.T) {
	d := newDesk(t, "")
	for name, test := range map[string]struct {
		args []string
		why  string
	}{
		"no such threats": {[]string{"--threats", filepath.Join(d.folder, "nothing"), "--from", "misp"}, "no MISP is configured"},
		"no such place":   {[]string{"--from", filepath.Join(d.folder, "nothing")}, "no such file"},
		"a private place": {[]string{"--from", "http://10.1.2.3/lists.zip"}, "10.1.2.3"},
		"no MISP":         {[]string{"--from", "misp"}, "no MISP is configured"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, log := d.feeder(t, append([]string{"lists", "update"}, test.args...)...)
			assert.Equal(t, exitWrong, code)
			assert.Contains(t, log, test.why)
		})
	}
}

// TestDamagedListsDoNotStopTheFeeder reads posts all the same, and says so.
func TestDamagedListsDoNotStopTheFeeder(t *testing.T) {
	d := newDesk(t, "")
	require.NoError(t, os.WriteFile(filepath.Join(d.folder, lists.File), []byte("no lists at all, whatever else it is"), 0o600))
	_, out, log := d.feeder(t, "once")
	assert.Contains(t, log, "only the built-in list is; run feeder lists update")
	assert.Contains(t, out, "reports")

	code, out, _ := d.feeder(t, "check")
	assert.Equal(t, exitIncomplete, code)
	assert.Regexp(t, `warninglists +WRONG .*compile the lists again.*run feeder lists update`, out)
	code, _, log = d.feeder(t, "lists")
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, log, "compile the lists again")
}

// TestCheckSaysWhatIsWrongWithTheLists takes files that open, and yet are not as
// they should be.
func TestCheckSaysWhatIsWrongWithTheLists(t *testing.T) {
	compiler := knownbenign.NewCompiler()
	w, err := knownbenign.Parse([]byte(rented))
	require.NoError(t, err)
	_, err = compiler.Add(w)
	require.NoError(t, err)
	compiled := time.Unix(1795422240, 0)
	data, err := compiler.Bytes(compiled, "a test")
	require.NoError(t, err)
	c := &config.Config{Database: filepath.Join(t.TempDir(), "waggle.db")}

	require.NoError(t, os.WriteFile(listsPath(c), data, 0o600))
	got := checkLists(c, compiled.Add(listsAge+time.Hour))
	require.NoError(t, got.err)
	assert.Contains(t, got.said, "90 days ago: run feeder lists update for newer ones")

	data[len(data)-1] ^= 1
	require.NoError(t, os.WriteFile(listsPath(c), data, 0o600))
	got = checkLists(c, compiled)
	require.ErrorIs(t, got.err, knownbenign.ErrDamaged)
	assert.ErrorContains(t, got.err, "run feeder lists update")
}

func TestListsOfAMISP(t *testing.T) {
	server := misptest.Start(t, misptest.Options{Warninglists: []misptest.Warninglist{
		{Warninglist: misp.Warninglist{Name: "List of known bank domains", Type: "hostname", Attributes: []string{"domain"}, Entries: []string{"bank.example"}}},
		{Warninglist: misp.Warninglist{Name: "Ours", Type: "hostname", Category: "known", Attributes: []string{"domain"}, Entries: []string{"acme.example"}}},
		{Warninglist: misp.Warninglist{Name: "Off", Type: "hostname", Entries: []string{"off.example"}}, Disabled: true},
	}})
	d := newDesk(t, fmt.Sprintf("misp: {url: %q, key: %q}", server.URL, misptest.ReadOnlyKey))
	code, out, log := d.feeder(t, "lists", "update", "--from", "misp")
	require.Equal(t, exitWell, code, log)
	assert.Contains(t, out, "2 lists with 2 entries are in")
	assert.NotContains(t, out+log, misptest.ReadOnlyKey)

	l, err := knownbenign.Open(filepath.Join(d.folder, lists.File))
	require.NoError(t, err)
	defer l.Close()
	list, ok := l.Known("domain", "www.bank.example")
	assert.True(t, ok)
	assert.Equal(t, "List of known bank domains", list)
	assert.Equal(t, "on the list Ours (flag only)", l.Note("domain", "acme.example"))
	assert.Empty(t, l.Lookup("domain", "off.example"))
}
