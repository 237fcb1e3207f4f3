package main

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// TheHive takes every folder at the top for the template of the worker it is
// named after, and any other file for a template, too.
func TestTemplatesAreOnesThatTheHiveImports(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, cortex.WriteTemplates(&out, workers()))
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	var got, want []string
	for _, f := range z.File {
		got = append(got, f.Name)
		assert.NotZero(t, f.UncompressedSize64, f.Name)
	}
	for _, w := range workers() {
		want = append(want, w.ID()+"/long.html")
	}
	assert.Equal(t, want, got)
}
