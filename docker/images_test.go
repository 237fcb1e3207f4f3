package docker_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/absent"
)

// registry stands before the names of the images that these tests build, so
// that they replace nobody's.
const registry = "waggle.test"

// cortexUID owns job folders in Cortex' own image.
const cortexUID = 1001

func requireEngine(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("docker", "info").CombinedOutput(); err != nil {
		absent.Skip(t, "no Docker engine answers: %s", out)
	}
	if os.Getuid() != 0 {
		absent.Skip(t, "a job folder of another uid needs root")
	}
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s %s\n%s%s", name, strings.Join(args, " "), out, stderr.String())
	return string(out)
}

// written is where the binaries and the images of these tests lie.
type written struct{ binaries, out string }

// write makes every image as `make load` does, for this machine.
func write(t *testing.T, flags ...string) written {
	t.Helper()
	dir := t.TempDir()
	w := written{filepath.Join(dir, "dist"), filepath.Join(dir, "images")}
	require.NoError(t, os.MkdirAll(filepath.Join(w.binaries, "linux-"+runtime.GOARCH), 0o755))
	cmd := exec.Command("go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(w.binaries, "linux-"+runtime.GOARCH)+"/", "../analyzers", "../responders", "../feeder")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	run(t, "go", append([]string{"run", "./images", "-binaries", w.binaries, "-out", w.out, "-registry", registry, "-arch", runtime.GOARCH}, flags...)...)
	return w
}

// archive is the file to load.
func (w written) archive() string {
	return filepath.Join(w.out, "waggle-images-linux-"+runtime.GOARCH+".tar")
}

// load gives the engine an archive's images for as long as the test runs, and
// their names.
func load(t *testing.T, archive string) []string {
	t.Helper()
	var images []string
	for line := range strings.Lines(run(t, "docker", "load", "--input", archive)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "Loaded image: "); ok {
			images = append(images, name)
		}
	}
	require.NotEmpty(t, images)
	t.Cleanup(func() { _ = exec.Command("docker", append([]string{"rmi", "-f"}, images...)...).Run() })
	return images
}

// Two builds, in two places, give the same bytes.
func TestTwoBuildsGiveOneDigest(t *testing.T) {
	var sums [2]string
	for i := range sums {
		data, err := os.ReadFile(write(t).archive())
		require.NoError(t, err)
		sums[i] = fmt.Sprintf("%x", sha256.Sum256(data))
	}
	assert.Equal(t, sums[0], sums[1])
}

// The notes are followed to the letter: their commands are those that run here.
func TestExportIsInstalledByItsNotes(t *testing.T) {
	requireEngine(t)
	site := t.TempDir()
	templates, export := filepath.Join(site, "templates.zip"), filepath.Join(site, "export.tar")
	run(t, "go", "run", "../analyzers", "templates", "-o", templates)
	write(t, "-export", export, "-templates", templates)
	run(t, "tar", "--extract", "--file", export, "--directory", site)
	notes, err := os.ReadFile(filepath.Join(site, "waggle", "INSTALL.md"))
	require.NoError(t, err)

	var images []string
	for _, command := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(notes), -1) {
		cmd := exec.Command("sh", "-eu", "-c", command[1])
		cmd.Dir = filepath.Join(site, "waggle")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", command[1], out)
	}
	data, err := os.ReadFile(filepath.Join(site, "waggle", "analyzers.json"))
	require.NoError(t, err)
	var entries []struct {
		DockerImage string `json:"dockerImage"`
	}
	require.NoError(t, json.Unmarshal(data, &entries))
	for _, e := range entries {
		run(t, "docker", "image", "inspect", e.DockerImage) // what Cortex will start is there
		images = append(images, e.DockerImage)
	}
	t.Cleanup(func() { _ = exec.Command("docker", append([]string{"rmi", "-f"}, images...)...).Run() })
	readIndicators(t, image(t, images, "iocs"))
}

// jobFolder makes a folder as Cortex makes it: 0700, another uid's.
func jobFolder(t *testing.T, input any) string {
	t.Helper()
	job, err := os.MkdirTemp("", "cortex-job-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(job) })
	for _, dir := range []string{"input", "output"} {
		require.NoError(t, os.Mkdir(filepath.Join(job, dir), 0o700))
	}
	data, err := json.Marshal(input)
	require.NoError(t, err)
	file := filepath.Join(job, "input", "input.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	for _, path := range []string{file, filepath.Join(job, "input"), filepath.Join(job, "output"), job} {
		require.NoError(t, os.Chown(path, cortexUID, cortexUID))
	}
	require.NoError(t, os.Chmod(job, 0o700))
	return job
}

func image(t *testing.T, images []string, worker string) string {
	t.Helper()
	for _, i := range images {
		if strings.Contains(i, "/waggle-"+worker+":") {
			return i
		}
	}
	require.Fail(t, "no image of "+worker, "%v", images)
	return ""
}

// readIndicators has the worker iocs do a job, as Cortex has it done.
func readIndicators(t *testing.T, worker string) {
	t.Helper()
	job := jobFolder(t, map[string]any{
		"dataType": "other", "data": "The loader asks kx7-invoice-portal-9f2[.]top for its second stage.",
		"tlp": 2, "pap": 2, "message": nil, "parameters": map[string]any{},
		"config": map[string]any{"check_tlp": true, "max_tlp": nil, "proxy_http": nil},
	})
	run(t, "docker", "run", "--rm", "--network=none", "--read-only", "-v", job+":/job", worker)

	data, err := os.ReadFile(filepath.Join(job, "output", "output.json"))
	require.NoError(t, err)
	var report struct {
		Success   bool `json:"success"`
		Artifacts []struct {
			DataType string `json:"dataType"`
			Data     string `json:"data"`
		} `json:"artifacts"`
	}
	require.NoError(t, json.Unmarshal(data, &report), "%s", data)
	assert.True(t, report.Success, "%s", data)
	require.Len(t, report.Artifacts, 1)
	assert.Equal(t, "kx7-invoice-portal-9f2.top", report.Artifacts[0].Data)
}

func TestImages(t *testing.T) {
	requireEngine(t)
	images := load(t, write(t).archive())

	t.Run("run as Cortex runs them", func(t *testing.T) { readIndicators(t, image(t, images, "iocs")) })

	t.Run("hold one program and nothing else", func(t *testing.T) {
		for _, i := range images {
			var inspected []struct {
				Config struct {
					User       string
					Entrypoint []string
					Labels     map[string]string
				}
				RootFS struct{ Layers []string }
			}
			require.NoError(t, json.Unmarshal([]byte(run(t, "docker", "image", "inspect", i)), &inspected))
			config := inspected[0].Config
			assert.Contains(t, config.Labels, "org.opencontainers.image.version", i)
			assert.Contains(t, config.Labels, "org.opencontainers.image.title", i)
			if strings.Contains(i, "/waggle-feeder:") {
				continue
			}
			assert.Empty(t, config.User, "%s: Cortex' job folder belongs to its own uid", i)
			assert.Len(t, config.Entrypoint, 2, i)
			assert.Len(t, inspected[0].RootFS.Layers, 1, i)
		}
	})

	// What a further image costs is what its metadata costs, since the layer is shared.
	t.Run("share the layer with the binary", func(t *testing.T) {
		layers := map[string][]string{}
		for _, i := range images {
			if strings.Contains(i, "/waggle-feeder:") {
				continue
			}
			layer := strings.TrimSpace(run(t, "docker", "image", "inspect", "-f", "{{index .RootFS.Layers 0}} {{index .Config.Entrypoint 0}}", i))
			layers[layer] = append(layers[layer], i)
		}
		assert.Len(t, layers, 2, "one layer for the analyzers, one for the responders: %v", layers)

		for _, i := range images {
			metadata := len(run(t, "docker", "image", "inspect", i))
			assert.Less(t, metadata, 10_000, "bytes that %s adds on disk", i)
		}
	})

	t.Run("are what the catalogs name", func(t *testing.T) {
		for _, program := range []string{"analyzers", "responders"} {
			data, err := os.ReadFile(filepath.Join("..", program, program+".json"))
			require.NoError(t, err)
			var entries []struct {
				DockerImage string `json:"dockerImage"`
			}
			require.NoError(t, json.Unmarshal(data, &entries))
			require.NotEmpty(t, entries)
			for _, e := range entries {
				name := e.DockerImage[strings.LastIndex(e.DockerImage, "/"):]
				assert.Contains(t, images, registry+name)
			}
		}
	})

	t.Run("the feeder keeps its data under its own uid", func(t *testing.T) {
		config := filepath.Join(t.TempDir(), "waggle.yaml")
		require.NoError(t, os.WriteFile(config, []byte("sources_only: true\nsources: [{name: away, kind: rss, url: \"https://feed.example/rss\"}]\n"), 0o644))
		volume := strings.TrimSpace(run(t, "docker", "volume", "create"))
		t.Cleanup(func() { _ = exec.Command("docker", "volume", "rm", "-f", volume).Run() })
		feeder := []string{"run", "--rm", "--read-only", "--network=none", "--cap-drop=ALL",
			"-v", config + ":/waggle.yaml:ro", "-v", volume + ":/data", image(t, images, "feeder")}

		out, err := exec.Command("docker", append(feeder, "once", "--config", "/waggle.yaml")...).CombinedOutput()
		require.Error(t, err, "its only source is out of reach")
		assert.Contains(t, string(out), "away")
		assert.JSONEq(t, "[]", run(t, "docker", append(feeder, "stories", "--json")...), "what the first run left can be read by the next")
	})
}
