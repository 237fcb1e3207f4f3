package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestTableLayout(t *testing.T) {
	figures := &table{title: "Speed", head: []string{"", "MB/s", "Waggle is faster"}}
	figures.row("Waggle", "100", "")
	figures.row("a_peer *", "1.5", "67×")
	figures.row("broken", "failed")
	figures.note("* of a sample | %d documents.", 3)
	empty := &table{title: "Accuracy", head: []string{"", "F1"}}
	empty.note("Not measured.")

	var text, markdown strings.Builder
	for _, made := range []*table{figures, empty} {
		require.NoError(t, made.text(&text))
		made.markdown(&markdown)
	}
	golden(t, "tables.txt", text.String())
	golden(t, "tables.md", markdown.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}
