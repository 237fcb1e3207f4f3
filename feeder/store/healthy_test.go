package store

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHealthy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waggle.db")
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, s.Close()) }()
	require.NoError(t, s.Healthy(t.Context(), time.Now()))

	reader, err := OpenReader(t.Context(), path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, reader.Close()) }()
	require.ErrorContains(t, reader.Healthy(t.Context(), time.Now()), "read only")

	_, err = s.write.ExecContext(t.Context(), `PRAGMA query_only = 1`)
	require.NoError(t, err)
	err = s.Healthy(t.Context(), time.Now())
	require.ErrorContains(t, err, "cannot be written")
	require.ErrorContains(t, err, path)
}

func TestHealthyNeedsRoom(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, checkRoom(folder, 1))
	require.ErrorContains(t, checkRoom(folder, math.MaxUint64), "make room")
	require.ErrorContains(t, checkRoom(filepath.Join(folder, "none"), 1), "no such file")
}
