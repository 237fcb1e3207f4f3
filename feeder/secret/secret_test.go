package secret_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/secret"
)

func TestNothingShowsTheText(t *testing.T) {
	s := secret.New("hunter2")
	written, err := json.Marshal(map[string]secret.Text{"key": s})
	require.NoError(t, err)
	for _, shown := range []string{s.String(), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s, s), s.LogValue().String(), string(written)} {
		assert.NotContains(t, shown, "hunter2")
		assert.Contains(t, shown, "[hidden]")
	}
	assert.Equal(t, "hunter2", s.Reveal())
}

func TestFrom(t *testing.T) {
	folder := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	own, shared := file("own", " hunter2\n", 0o640), file("shared", "hunter2", 0o644)
	for name, c := range map[string]struct{ value, file, want, exposed, fails string }{
		"nothing":                  {},
		"itself":                   {value: " hunter2 ", want: "hunter2"},
		"a file":                   {file: own, want: "hunter2"},
		"a file that all may read": {file: shared, want: "hunter2", exposed: shared},
		"both":                     {value: "hunter2", file: own, fails: "key and key_file are both set: keep one"},
		"no such file":             {file: filepath.Join(folder, "none"), fails: "no such file or directory: name a file that holds the secret"},
		"a folder":                 {file: folder, fails: "is a directory: name a file"},
		"an empty file":            {file: file("empty", " \n", 0o600), fails: "is empty"},
		"too long a file":          {file: file("long", strings.Repeat("x", 64<<10+1), 0o600), fails: "it holds no key"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := secret.From(c.value, c.file, "key", "key_file")
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				assert.ErrorContains(t, err, "key_file")
				assert.NotContains(t, err.Error(), "hunter2")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, s.Reveal())
			assert.Equal(t, c.want != "", s.Set())
			assert.Equal(t, c.exposed, s.Exposed())
		})
	}
}
