package main

import (
	"testing"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

func TestCatalog(t *testing.T) { cortextest.Catalog(t, "analyzers", workers()) }

func TestProgram(t *testing.T) {
	cortextest.Build(t, "github.com/waggle-cti/waggle/analyzers").Workers(t, workers())
}
