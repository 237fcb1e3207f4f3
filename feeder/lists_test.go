package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/shared/knownbenign"
)

const rented = `{"name":"Rented names","version":3,"type":"hostname","description":"Invented","matching_attributes":["domain"],"list":["rented.example",""]}`

func TestLists(t *testing.T) {
	d := newDesk(t, "")
	code, out, _ := d.feeder(t, "lists")
	assert.Equal(t, exitWell, code)
	assert.Contains(t, out, "The built-in list alone")

	from := filepath.Join(d.folder, "rented.json")
	require.NoError(t, os.WriteFile(from, []byte(rented), 0o600))
	code, out, log := d.feeder(t, "lists", "update", "--from", from)
	require.Equal(t, exitWell, code, log)
	assert.Contains(t, out, "Rented names: 1 entries cannot be used")
	assert.Contains(t, out, "1 lists with 1 entries are in "+filepath.Join(d.folder, lists.File))

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
		"no place":        {nil, "--from is missing"},
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

	code, _, log := d.feeder(t, "lists")
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, log, "compile the lists again")
}
