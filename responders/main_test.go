package main

import (
	"path/filepath"
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

func TestCatalog(t *testing.T) { cortextest.Catalog(t, "responders", workers()) }

func TestProgram(t *testing.T) {
	cortextest.Build(t, "github.com/waggle-cti/waggle/responders").Workers(t, workers())
}

func TestLooseServices(t *testing.T) {
	for _, w := range workers() {
		t.Run(w.Command(), func(t *testing.T) { cortextest.Loose(t, w, filepath.Join(w.Command(), "testdata")) })
	}
}
