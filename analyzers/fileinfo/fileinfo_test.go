package fileinfo

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

// The documents, programs and archives were made for these tests, with what a
// reader looks for and little else. The import hash in pe_packed is the one that
// pefile 2024.8.26 of Python gives.
func TestCases(t *testing.T) { cortextest.Run(t, Analyzer) }

func TestBadInput(t *testing.T) { cortextest.Torture(t, Analyzer, nil) }

// look reads a file as a job would.
func look(t testing.TB, path, name string) (*subject, error) {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	info, err := file.Stat()
	require.NoError(t, err)
	s := &subject{full: &full{Name: name, Size: info.Size()}, file: file, size: info.Size(), entropy: 7.2}
	err = s.read(context.Background())
	s.Level = s.Findings.Worst()
	return s, err
}

// opened is a file of which nothing was read yet.
func opened(t testing.TB, data []byte) *subject {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	file, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = file.Close() })
	return &subject{full: &full{}, file: file, size: int64(len(data))}
}

// These are the examples of MS-OVBA 3.2.
func TestMacrosAreDecompressed(t *testing.T) {
	for name, c := range map[string]struct{ packed, want string }{
		"no compression": {"0119B000 6162636465666768 00 696A6B6C6D6E6F70 00 717273747576 2E", "abcdefghijklmnopqrstuv."},
		"normal compression": {
			"012FB000 23616161626364658266007061676869 6A013808616B6C00306D6E6F7006710270041072737475761077 78797A003C",
			"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa",
		},
		"most compression":       {"0103B002614500", strings.Repeat("a", 73)},
		"nothing":                {"01", ""},
		"cut in a header":        {"0119", ""},
		"cut in a chunk":         {"0119B0006162", "ab"},
		"a copy of nothing":      {"0103B001FFFF", ""},
		"a sign that is not one": {"01190000616263", ""},
	} {
		t.Run(name, func(t *testing.T) {
			packed, err := hex.DecodeString(strings.ReplaceAll(c.packed, " ", ""))
			require.NoError(t, err)
			assert.Equal(t, c.want, decompress(packed))
		})
	}
}

// A URL counts wherever windows meet, and once.
func TestURLsBetweenWindows(t *testing.T) {
	const url = "http://moth-panel.top/between/windows"
	for _, filler := range []string{"\x00", " ", "a\n"} {
		for _, at := range []int{window - 10, window, window - longest + 5} {
			text := strings.Repeat(filler, at/len(filler)) + url + "\x00 " + url + "\n" + strings.Repeat(filler, 100)
			s := opened(t, []byte(text))
			require.NoError(t, readURLs(t.Context(), s))
			require.Len(t, s.URLs, 1, "%q up to %d", filler, at)
			assert.Equal(t, url, s.URLs[0].URL)
		}
	}
}

func TestMoreThanIsRead(t *testing.T) {
	lines := new(strings.Builder)
	for i := range 300 {
		lines.WriteString("http://moth-panel.top/" + strings.Repeat("x", i) + "\n")
	}
	s := opened(t, []byte(lines.String()))
	require.NoError(t, s.read(t.Context()))
	assert.Len(t, s.URLs, most)
	assert.Equal(t, 300, s.URLsTotal)
	assert.Len(t, s.artifacts(), most)

	b := &budget{strings.NewReader("abcdef"), 4}
	_, err := b.ReadAt(make([]byte, 3), 0)
	require.NoError(t, err)
	_, err = b.ReadAt(make([]byte, 3), 0)
	assert.ErrorIs(t, err, errTooMuch)

	assert.EqualError(t, readPDF(t.Context(), &subject{size: mostPDF + 1}), "it has more than 16 MB")
}

// What breaks a library must not hide the hashes.
func TestAPanicIsANote(t *testing.T) {
	s := &subject{full: &full{}}
	err := s.safely(t.Context(), reader{read: func(context.Context, *subject) error { panic("index out of range") }})
	assert.ErrorContains(t, err, "it is damaged: index out of range")
}

func TestAJobThatIsOverStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file, err := os.Open("fileinfo_test.go")
	require.NoError(t, err)
	defer file.Close()
	s := &subject{full: &full{}, file: file, size: 100}
	assert.ErrorIs(t, s.read(ctx), context.Canceled)
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
		s, err := look(t, path, "file")
		require.NoError(t, err)
		out, err := json.Marshal(s.full)
		require.NoError(t, err)
		assert.Less(t, len(out), 4<<20)
		assert.LessOrEqual(t, len(s.artifacts()), most)
		for _, note := range s.Notes {
			assert.NotContains(t, note, "it is damaged:", "a panic")
		}
		for _, one := range s.Findings {
			assert.Contains(t, []cortex.Level{cortex.Info, cortex.Suspicious}, one.Level)
		}
	})
}

func FuzzDecompress(f *testing.F) {
	f.Add([]byte("\x01\x19\xB0\x00abcdefgh\x00ijklmnop\x00qrstuv."))
	f.Add([]byte("\x01\x03\xB0\x02aE\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 0 {
			assert.LessOrEqual(t, len(decompress(data)), 4*mostCode) // Windows-1252 grows as UTF-8
		}
	})
}
