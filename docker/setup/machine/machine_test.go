package machine

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func listen(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func TestBusyTellsOnlyWhatIsTaken(t *testing.T) {
	taken := listen(t)
	assert.Equal(t, []string{taken}, busy(t.Context(), []string{taken, "127.0.0.1:0"}))
}

func TestDiskOfAFolderThatIsNotThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	assert.Positive(t, disk(&path))
	assert.Equal(t, "/", path)
}

func TestFolder(t *testing.T) {
	assert.False(t, folder(filepath.Join(t.TempDir(), "none")).There)
	assert.True(t, folder(t.TempDir()).There)
}
