package fileinfo

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The documents, programs and archives were made for these tests, with what a
// reader looks for and little else. The import hash in pe_packed is the one that
// pefile 2024.8.26 of Python gives.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

// written writes a file, and gives its path.
func written(t testing.TB, data string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
	return path
}

func TestMoreThanIsShown(t *testing.T) {
	lines := new(strings.Builder)
	for i := range 300 {
		lines.WriteString("http://moth-panel.top/" + strings.Repeat("x", i) + "\n")
	}
	r, err := read(t.Context(), written(t, lines.String()), "file", readers(7.2))
	require.NoError(t, err)
	assert.Len(t, r.URLs, sample.Most)
	assert.Equal(t, 300, r.URLsTotal)
	assert.Len(t, r.artifacts(), most)
}

// What breaks a library must not hide the hashes.
func TestAPanicIsANote(t *testing.T) {
	breaking := reader{what: "The text", read: func(context.Context, *sample.File, *full) error { panic("index out of range") }}
	r, err := read(t.Context(), written(t, "text"), "file", []reader{breaking})
	require.NoError(t, err)
	assert.Equal(t, []string{"The text can't be read to the end: it is damaged: index out of range"}, r.Notes)
	assert.NotEmpty(t, r.Hashes["sha256"])
}

func TestAJobThatIsOverStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := read(ctx, "fileinfo_test.go", "file", readers(7.2))
	assert.ErrorIs(t, err, context.Canceled)
}

// FuzzFile reads any file as what its first bytes say it is. A report must come
// out that Cortex takes, and no library may panic.
func FuzzFile(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/attachment")
	require.NoError(f, err)
	for _, path := range seeds {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 1<<20 {
			return
		}
		require.NoError(t, os.WriteFile(path, data, 0o600))
		r, err := read(context.Background(), path, "file", readers(7.2))
		require.NoError(t, err)
		out, err := json.Marshal(r)
		require.NoError(t, err)
		assert.Less(t, len(out), 4<<20)
		assert.LessOrEqual(t, len(r.artifacts()), most)
		for _, note := range r.Notes {
			assert.NotContains(t, note, "it is damaged:", "a panic")
		}
		for _, one := range r.Findings {
			assert.Contains(t, []cortex.Level{cortex.Info, cortex.Suspicious}, one.Level)
		}
	})
}
