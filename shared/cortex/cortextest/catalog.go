package cortextest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// stale is what to do when a made file is not what it would be made now.
const stale = "is stale: run `make catalog`"

// Where the table of workers stands in a README.
const (
	tableBegin = "<!-- workers: made by make catalog -->\n"
	tableEnd   = "<!-- end of workers -->\n"
)

// Catalog fails the test when the workers of a program can't be in one catalog,
// or when what is made of them in the program's folder is stale: the catalog
// <program>.json and the table in README.md. With -update both are written, the
// images' names beginning with $REGISTRY if that is set.
func Catalog(t *testing.T, program string, workers []*cortex.Worker) {
	t.Helper()
	ids := map[string]bool{}
	for _, w := range workers {
		require.NoError(t, w.Validate())
		require.False(t, ids[w.ID()], "%s stands twice in the list", w.ID())
		ids[w.ID()] = true
	}
	path := program + ".json"
	registry := os.Getenv("REGISTRY")
	if !*update {
		registry = registryOf(t, path) // a fork's own is as good
	}
	raw, err := json.Marshal(cortex.Catalog(workers, registry, ""))
	require.NoError(t, err)
	Made(t, path, Indented(t, raw))

	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, rest, begun := strings.Cut(string(readme), tableBegin)
	_, after, ended := strings.Cut(rest, tableEnd)
	require.True(t, begun && ended, "README.md lacks the lines %q and %q", tableBegin, tableEnd)
	Made(t, "README.md", []byte(before+tableBegin+cortex.Table(workers)+tableEnd+after))
}

// Made fails the test when a file does not hold what it is made to hold; with
// -update it is written.
func Made(t *testing.T, path string, content []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, content, 0o644))
		return
	}
	held, err := os.ReadFile(path)
	require.NoError(t, err, "%s %s", path, stale)
	assert.Equal(t, string(content), string(held), "%s %s", path, stale)
}

// Indented lays JSON out as the catalogs are.
func Indented(t *testing.T, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, raw, "", "  "))
	return append(out.Bytes(), '\n')
}

// registryOf is what begins the images' names in a catalog.
func registryOf(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err, "%s %s", path, stale)
	image := gjson.GetBytes(raw, "0.dockerImage").String()
	return cmp.Or(image[:max(0, strings.LastIndex(image, "/"))], cortex.DefaultRegistry)
}
