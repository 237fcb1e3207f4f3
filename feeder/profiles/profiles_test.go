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
		"no such name":   {"large-business", `no profile "large-business" is shipped: use healthcare, msp, small-business`},
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
		if !ok {
			assert.Contains(t, string(data), "\nextends: ", "%s has sources of its own or another profile's", name)
			continue
		}
		seen := map[string]bool{}
		for line := range strings.Lines(sources) {
			if !strings.HasPrefix(strings.TrimSpace(line), "- {") {
				continue
			}
			assert.Regexp(t, `url: "https://[^"]+".*\}\s+# [A-H](, [A-H])*\n$`, line)
			_, url, _ := strings.Cut(line, `url: "`)
			url, _, _ = strings.Cut(url, `"`)
			assert.False(t, seen[url], "%s twice", url)
			seen[url] = true
		}
		if !strings.Contains(string(data), "\nextends: ") {
			assert.GreaterOrEqual(t, len(seen), 40)
		}
	}
}

func TestLayers(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	write("base.yaml", "name: base\nextends: small-business\n")
	files := func(file, text string) ([]string, error) {
		layers, err := profiles.Layers(file, []byte(text))
		var out []string
		for _, l := range layers {
			out = append(out, filepath.Base(l.File))
		}
		return out, err
	}
	top := filepath.Join(folder, "ours.yaml")
	for name, c := range map[string]struct {
		text string
		want []string
		err  string
	}{
		"alone":               {"name: ours\n", []string{"ours.yaml"}, ""},
		"on a shipped one":    {"extends: msp\n", []string{"small-business.yaml", "msp.yaml", "ours.yaml"}, ""},
		"on a file beside it": {"extends: ./base.yaml\n", []string{"small-business.yaml", "base.yaml", "ours.yaml"}, ""},
		"on nothing":          {"extends: ./none.yaml\n", nil, "ours.yaml: extends: profile: open"},
		"on an unknown one":   {"extends: none\n", nil, `no profile "none" is shipped`},
		"on itself":           {"extends: ./circle.yaml\n", nil, "is there a circle?"},
		"no YAML":             {"extends: [", []string{"ours.yaml"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			write("circle.yaml", "extends: ./circle.yaml\n")
			got, err := files(top, c.text)
			if c.err != "" {
				assert.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}
