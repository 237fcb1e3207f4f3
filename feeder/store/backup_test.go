package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
)

func TestABackupIsRestored(t *testing.T) {
	postgrestest.File(t)
	s, path := open(t)
	save(t, s, "blog", "a", "b")
	backup := filepath.Join(t.TempDir(), "backup.db")
	reader, err := store.OpenReader(t.Context(), path)
	require.NoError(t, err)
	require.NoError(t, reader.Backup(t.Context(), backup), "while a feeder has the data")
	require.NoError(t, reader.Close())
	save(t, s, "blog", "later")
	info, err := os.Stat(backup)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	left, err := os.ReadDir(filepath.Dir(backup))
	require.NoError(t, err)
	assert.Len(t, left, 1, "nothing else is left there")

	place := filepath.Join(t.TempDir(), "new", "waggle.db")
	require.NoError(t, store.Restore(t.Context(), backup, place))

	restored, err := store.Open(t.Context(), place)
	require.NoError(t, err)
	defer func() { assert.NoError(t, restored.Close()) }()
	fates, err := restored.Fates(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 2, fates["blog"]["pending"])
}

func TestBackupAndRestoreOverwriteNothing(t *testing.T) {
	postgrestest.File(t)
	s, path := open(t)
	backup := filepath.Join(t.TempDir(), "backup.db")
	require.NoError(t, s.Backup(t.Context(), backup))
	garbage := filepath.Join(t.TempDir(), "garbage.db")
	require.NoError(t, os.WriteFile(garbage, []byte("this is no database, whatever its name"), 0o600))
	free := filepath.Join(t.TempDir(), "waggle.db")

	require.ErrorIs(t, s.Backup(t.Context(), backup), fs.ErrExist)
	require.ErrorIs(t, store.Restore(t.Context(), backup, path), store.ErrBusy)
	require.ErrorIs(t, store.Restore(t.Context(), backup, garbage), fs.ErrExist)
	require.ErrorContains(t, store.Restore(t.Context(), garbage, free), "no backup of a feeder")
	require.ErrorIs(t, store.Restore(t.Context(), backup+".none", free), fs.ErrNotExist)
	require.ErrorContains(t, store.Restore(t.Context(), backup, "postgres://db.example.com/waggle"), "pg_restore")
	require.NoError(t, os.WriteFile(free+"-wal", nil, 0o600))
	require.ErrorIs(t, store.Restore(t.Context(), backup, free), fs.ErrExist, "a log of other data")
	assert.NoFileExists(t, free)
}
