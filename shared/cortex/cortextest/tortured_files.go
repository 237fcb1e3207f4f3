package cortextest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// large is the size of a file that is too large for most workers.
const large = 30 << 20

// badFiles are the ways a job's file can be wrong, by name.
func badFiles(w *cortex.Worker, config map[string]any) map[string]badInput {
	naming := func(file any, says string, put func(t *testing.T, path string)) badInput {
		return badInput{says: says, prepare: func(t *testing.T, folder cortex.Folder) {
			in := fileJob(w, config)
			in["file"] = file
			if file == nil {
				in["data"] = "text where a file should be"
			}
			WriteInput(t, folder, "input.json", encoded(t, in))
			put(t, filepath.Join(string(folder), "input", attachment))
		}}
	}
	nothing := func(*testing.T, string) {}
	bad := map[string]badInput{
		"data and no file": naming(nil, "brings none", nothing),
		"path of a file":   naming("../input/input.json", "without a path", nothing),
		"file missing":     naming(attachment, "not in the input folder", nothing),
		"file a number":    naming(5, "not in the input folder", nothing),
		"file a list":      naming([]any{"a"}, "file", nothing),
		"file empty": naming(attachment, "empty", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, nil, 0o644))
		}),
		"file a folder": naming(attachment, "not a regular file", func(t *testing.T, path string) {
			require.NoError(t, os.Mkdir(path, 0o755))
		}),
		"file a link out of the folder": naming(attachment, "can't be read", func(t *testing.T, path string) {
			require.NoError(t, os.Symlink(os.Args[0], path))
		}),
	}
	if w.MaxFile < large {
		bad["file of 30 MB"] = naming(attachment, "takes at most", func(t *testing.T, path string) {
			require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("a"), large), 0o644))
		})
	}
	return bad
}

func fileJob(w *cortex.Worker, config map[string]any) map[string]any {
	in := job(w, config)
	delete(in, "data")
	in["dataType"], in["file"], in["filename"], in["contentType"] = "file", attachment, "report.txt", "text/plain"
	return in
}

// torturedByFolder runs the worker in folders that no report can be written
// to. It must say so, and must not have asked any service.
func torturedByFolder(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	for name, spoil := range map[string]func(t *testing.T, output string){
		"no output folder": func(t *testing.T, output string) { require.NoError(t, os.Remove(output)) },
		"output a file": func(t *testing.T, output string) {
			require.NoError(t, os.Remove(output))
			require.NoError(t, os.WriteFile(output, nil, 0o644))
		},
		"output.json a folder": func(t *testing.T, output string) {
			require.NoError(t, os.MkdirAll(filepath.Join(output, "output.json", "a"), 0o755))
		},
	} {
		t.Run("folder/"+name, func(t *testing.T) {
			folder := goodFolder(t, w, config)
			spoil(t, filepath.Join(string(folder), "output"))
			asked := newReplay(t, nil)
			err := w.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output(), Getenv: noEnvironment, Transport: asked})
			require.Error(t, err)
			assert.Contains(t, err.Error(), w.Name+": no report can be written to ")
			assert.Contains(t, err.Error(), "check that")
		})
	}
}
