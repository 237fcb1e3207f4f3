package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDataThatCannotBeUsed wants of each refusal what to do about it.
func TestDataThatCannotBeUsed(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "waggle.db")
	s, err := Open(t.Context(), whole)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	data, err := os.ReadFile(whole)
	require.NoError(t, err)
	const head = 100 // bytes, the file's header
	damaged := append(bytes.Clone(data[:head]), bytes.Repeat([]byte{0xA5}, len(data)-head)...)

	for name, c := range map[string]struct {
		data       []byte
		write, see string // what Open says, and OpenReader
	}{
		"another kind of file": {bytes.Repeat([]byte("hello "), 2000), "it is no feeder's data: move it away", "it is no feeder's data: move it away"},
		"damaged":              {damaged, "it is damaged: move it away", "it is damaged: move it away"},
		"empty":                {nil, "", "it is no feeder's database, or empty"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "waggle.db")
			require.NoError(t, os.WriteFile(path, c.data, 0o600))
			reader, err := OpenReader(t.Context(), path)
			if assert.ErrorContains(t, err, c.see) {
				assert.ErrorContains(t, err, path)
			} else {
				assert.NoError(t, reader.Close())
			}
			s, err := Open(t.Context(), path)
			if c.write == "" {
				require.NoError(t, err)
				assert.NoError(t, s.Close())
				return
			}
			assert.ErrorContains(t, err, c.write)
			assert.ErrorContains(t, err, path)
		})
	}
}

func TestCreatable(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	assert.NoError(t, Creatable(filepath.Join(folder, "waggle.db")))
	assert.NoError(t, Creatable(filepath.Join(folder, "some", "where", "waggle.db")), "its folders are made")
	assert.NoDirExists(t, filepath.Join(folder, "some"))
	assert.NoError(t, Creatable("postgres://db.example.com/waggle"))
	assert.ErrorContains(t, Creatable(filepath.Join(file, "waggle.db")), "give another path as database")
	assert.Error(t, Creatable(""))
}
