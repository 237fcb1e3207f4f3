package keyring

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
)

func TestRing(t *testing.T) {
	r := New(filepath.Join(t.TempDir(), "keys"))
	none, err := r.Get("feeder/thehive-key")
	require.NoError(t, err)
	assert.False(t, none.Set())

	require.NoError(t, r.Put("feeder/thehive-key", secret.New("k3y")))
	got, err := r.Get("feeder/thehive-key")
	require.NoError(t, err)
	assert.Equal(t, "k3y", got.Reveal())

	for path, mode := range map[string]os.FileMode{r.Path("feeder/thehive-key"): 0o600, r.Path("feeder"): 0o700 | os.ModeDir, r.folder: 0o700 | os.ModeDir} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode(), path)
	}
}

func TestAnEmptyFileIsNoKey(t *testing.T) {
	r := New(t.TempDir())
	require.NoError(t, os.WriteFile(r.Path("k"), nil, 0o600))
	got, err := r.Get("k")
	require.NoError(t, err)
	assert.False(t, got.Set())
}

func TestGeneratedSecretsDiffer(t *testing.T) {
	r := New(t.TempDir())
	a, b := r.Generate(), r.Generate()
	assert.Len(t, a.Reveal(), 32)
	assert.NotEqual(t, a.Reveal(), b.Reveal())
}

func TestHide(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, New(folder).Put("kept", secret.New("of-an-earlier-run")))
	r := New(folder, secret.New("of-the-settings"), secret.Text{})
	_, err := r.Get("kept")
	require.NoError(t, err)
	require.NoError(t, r.Put("put", secret.New("just-made")))
	text := "of-an-earlier-run of-the-settings just-made " + r.Generate().Reveal()
	assert.Equal(t, "[redacted] [redacted] [redacted] ", r.Hide(text)[:len("[redacted] [redacted] [redacted] ")])
	for _, s := range []string{"of-an-earlier-run", "of-the-settings", "just-made"} {
		assert.NotContains(t, r.Hide(text), s)
	}
}
