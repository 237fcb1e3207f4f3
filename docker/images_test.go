package docker_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
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

// build makes every image as `make images` does and gives their names.
func build(t *testing.T) []string {
	t.Helper()
	bin := t.TempDir()
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", bin+"/", "../analyzers", "../responders", "../feeder")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)

	t.Setenv("REGISTRY", registry)
	images := strings.Fields(run(t, "./images", bin))
	t.Cleanup(func() { _ = exec.Command("docker", append([]string{"rmi", "-f"}, images...)...).Run() })
	return images
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

func TestImages(t *testing.T) {
	requireEngine(t)
	images := build(t)

	t.Run("run as Cortex runs them", func(t *testing.T) {
		job := jobFolder(t, map[string]any{
			"dataType": "other", "data": "The loader asks kx7-invoice-portal-9f2[.]top for its second stage.",
			"tlp": 2, "pap": 2, "message": nil, "parameters": map[string]any{},
			"config": map[string]any{"check_tlp": true, "max_tlp": nil, "proxy_http": nil},
		})
		run(t, "docker", "run", "--rm", "--network=none", "--read-only", "-v", job+":/job", image(t, images, "iocs"))

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
	})

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
