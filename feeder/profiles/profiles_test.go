package profiles_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/profiles"
)

func TestRead(t *testing.T) {
	file, data, err := profiles.Read("small-business")
	require.NoError(t, err)
	assert.Equal(t, "small-business.yaml", file)
	assert.Contains(t, string(data), "name: small-business")

	path := filepath.Join(t.TempDir(), "ours.yaml")
	require.NoError(t, os.WriteFile(path, []byte("name: ours\n"), 0o600))
	file, data, err = profiles.Read(path)
	require.NoError(t, err)
	assert.Equal(t, path, file)
	assert.Equal(t, "name: ours\n", string(data))
}

func TestReadFails(t *testing.T) {
	huge := filepath.Join(t.TempDir(), "huge.yaml")
	require.NoError(t, os.WriteFile(huge, []byte(strings.Repeat("#", 5<<20)), 0o600))
	for name, c := range map[string]struct{ profile, want string }{
		"no such name":   {"large-business", `no profile "large-business" is shipped: use small-business`},
		"no such file":   {"./none.yaml", "no such file"},
		"a folder":       {t.TempDir(), "is a directory"},
		"too long":       {huge, "longer than"},
		"out of the set": {"../profiles/small-business", "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := profiles.Read(c.profile)
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// TestSourcesSayWhereTheyWereNoted keeps the promise in the file's own words.
func TestSourcesSayWhereTheyWereNoted(t *testing.T) {
	for _, name := range profiles.Names() {
		_, data, err := profiles.Read(name)
		require.NoError(t, err)
		_, sources, ok := strings.Cut(string(data), "\nsources:\n")
		require.True(t, ok)
		seen := map[string]bool{}
		for line := range strings.Lines(sources) {
			if !strings.HasPrefix(strings.TrimSpace(line), "- {") {
				continue
			}
			assert.Regexp(t, `url: "https://[^"]+".*\}\s+# [A-C](, [A-C])*\n$`, line)
			_, url, _ := strings.Cut(line, `url: "`)
			url, _, _ = strings.Cut(url, `"`)
			assert.False(t, seen[url], "%s twice", url)
			seen[url] = true
		}
		assert.GreaterOrEqual(t, len(seen), 30)
	}
}
