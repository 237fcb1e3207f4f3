// Package cortextest runs workers as Cortex runs them, over recorded cases and
// over everything that can go wrong.
//
// A case is a folder of testdata:
//
//	input.json   the job, as Cortex writes it, beside the file it may name; {testdata}
//	             in it is the path of testdata, for items that name a file there
//	http.json    what the worker asks services and what they answer; see recorded.Exchange
//	dns.json     what it asks its DNS resolver and what that answers; see recorded.Lookup
//	output.json  the report that must come out
//	files/       the files of artifacts that must come out
//
// `go test -update` writes output.json and files/ anew.
package cortextest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// Run runs a worker over every case in testdata, each as a test of its own.
func Run(t *testing.T, w *cortex.Worker) {
	t.Helper()
	require.NoError(t, w.Validate())
	cases, err := filepath.Glob(filepath.Join("testdata", "*", "input.json"))
	require.NoError(t, err)
	require.NotEmpty(t, cases, "there is no case: testdata/<case>/input.json")
	for _, path := range cases {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) { Case(t, w, dir) })
	}
}

// Case runs a worker over one case. Its clock is a fake one that starts at
// midnight of 2000-01-01 UTC, so pauses between tries take no time and dates
// in reports stay the same.
func Case(t *testing.T, w *cortex.Worker, dir string) {
	t.Helper()
	folder := NewFolder(t)
	copyInput(t, dir, folder)
	named := withNameserver(t, w, dir, folder)
	asked := exchanges(t, dir)
	synctest.Test(t, func(t *testing.T) {
		replay := newReplay(t, asked)
		var stderr bytes.Buffer
		err := w.Run(t.Context(), folder, cortex.Surroundings{Stderr: &stderr, Getenv: noEnvironment, Transport: replay})
		require.NoError(t, err)
		replay.finish()
		assert.Empty(t, stderr.String(), "the worker wrote to its standard error")
	})
	out := named(Output(t, folder))
	Accept(t, out)
	withoutSecrets(t, string(out), secretsOfInput(t, dir)...)
	compare(t, filepath.Join(dir, "output.json"), out)
	compareFiles(t, filepath.Join(dir, "files"), string(folder))
}

func noEnvironment(string) string { return "" }

// NewFolder makes an empty job folder as Cortex does: mode 0700, with input
// and output in it.
func NewFolder(t *testing.T) cortex.Folder {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o700))
	for _, sub := range []string{"input", "output"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, sub), 0o755))
	}
	return cortex.Folder(dir)
}

// Output reads the report that a run left.
func Output(t *testing.T, folder cortex.Folder) []byte {
	t.Helper()
	out, err := os.ReadFile(filepath.Join(string(folder), "output", "output.json"))
	require.NoError(t, err, "the run left no report")
	return out
}

// WriteInput puts a file into the folder's input.
func WriteInput(t *testing.T, folder cortex.Folder, name string, content []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(string(folder), "input", name), content, 0o644))
}

// copyInput copies the job and the file it names.
func copyInput(t *testing.T, dir string, folder cortex.Folder) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "input.json"))
	require.NoError(t, err)
	testdata, err := filepath.Abs(filepath.Dir(dir))
	require.NoError(t, err)
	raw = bytes.ReplaceAll(raw, []byte("{testdata}"), []byte(testdata))
	WriteInput(t, folder, "input.json", raw)
	var job struct{ File string }
	if json.Unmarshal(raw, &job) != nil || job.File == "" {
		return
	}
	if content, err := os.ReadFile(filepath.Join(dir, job.File)); err == nil {
		WriteInput(t, folder, job.File, content)
	}
}

// compare compares a report with the golden one, or writes the golden one.
func compare(t *testing.T, golden string, out []byte) {
	t.Helper()
	var pretty bytes.Buffer
	require.NoError(t, json.Indent(&pretty, out, "", "  "))
	if *update {
		require.NoError(t, os.WriteFile(golden, pretty.Bytes(), 0o644))
		return
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "run `go test -update` and look at what it writes")
	assert.Equal(t, string(want), pretty.String())
}

// compareFiles compares the files of artifacts with the golden ones.
func compareFiles(t *testing.T, golden, folder string) {
	t.Helper()
	got := filesOf(t, filepath.Join(folder, "output"))
	delete(got, "output.json")
	if *update {
		require.NoError(t, os.RemoveAll(golden))
		for name, content := range got {
			require.NoError(t, os.MkdirAll(golden, 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(golden, name), []byte(content), 0o644))
		}
		return
	}
	assert.Equal(t, filesOf(t, golden), got, "files in the output folder")
}

// filesOf reads a folder; one that is missing is empty.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if !os.IsNotExist(err) {
		require.NoError(t, err)
	}
	files := map[string]string{}
	for _, e := range entries {
		require.True(t, e.Type().IsRegular(), "%s is not a regular file", e.Name())
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(content)
	}
	return files
}
