package kinds_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source/kinds"
)

// TestEveryKindHasItsRow compares the table of kinds with the list of them.
func TestEveryKindHasItsRow(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	rows := map[string]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) != 5 || !strings.HasPrefix(cells[1], " [") {
			continue
		}
		name, page, _ := strings.Cut(strings.Trim(cells[1], " [)"), "](")
		assert.FileExists(t, "../"+page)
		rows[name] = strings.TrimSpace(cells[3])
	}
	for name, kind := range kinds.All() {
		var keys string
		if len(kind.Keys) > 0 {
			keys = "`" + strings.Join(kind.Keys, "`, `") + "`"
		}
		row, ok := rows[name]
		assert.True(t, ok, "kind %s has no row", name)
		assert.Equal(t, keys, row, name)
		delete(rows, name)
	}
	assert.Empty(t, rows, "rows of kinds that there are not")
}
