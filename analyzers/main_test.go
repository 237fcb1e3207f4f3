package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

func TestCatalog(t *testing.T) { cortextest.Catalog(t, "analyzers", workers()) }

// TestProgram runs each analyzer as Cortex starts it, over one of its cases.
func TestProgram(t *testing.T) {
	cases := map[string]string{"iocs": "text", "misp": "found_to_ids", "urlhaus": "url_online"}
	program := cortextest.Build(t, "github.com/waggle-cti/waggle/analyzers")
	for _, w := range workers() {
		name, ok := cases[w.Command()]
		require.True(t, ok, "name a case of %s here", w.Command())
		for _, way := range cortextest.Ways() {
			t.Run(w.Command()+"/"+string(way), func(t *testing.T) {
				program.Case(t, way, w, filepath.Join(w.Command(), "testdata", name))
			})
		}
		t.Run(w.Command()+"/torture", func(t *testing.T) {
			program.Torture(t, w, map[string]any{"url": "https://misp.example.com"})
		})
	}
}
