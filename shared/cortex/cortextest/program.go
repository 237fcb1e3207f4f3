package cortextest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// Program is a built program that holds workers.
type Program struct {
	Path string
	Env  []string // added to what the way of starting gives
}

// Build builds the program of a package, like "./analyzers", for the test.
func Build(t *testing.T, pkg string) Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), filepath.Base(pkg))
	build := exec.Command("go", "build", "-buildvcs=false", "-o", path, pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return Program{Path: path}
}

// Way is a way in which Cortex starts a worker.
type Way string

// The ways.
const (
	// Process: a command with the job folder as argument, in the folder above the
	// command's, with Cortex' environment. The command is a link with the
	// worker's name, since Cortex passes no other argument.
	Process Way = "process"
	// Docker: the program with the worker's name, as the image's entry point has
	// it, no argument, an environment of next to nothing. The folder /job is
	// replaced by CORTEX_JOB_FOLDER.
	Docker Way = "docker"
	// Kubernetes: as Docker, with the folder as argument and a read-only input.
	Kubernetes Way = "kubernetes"
)

// Ways lists the ways.
func Ways() []Way { return []Way{Process, Docker, Kubernetes} }

// Command makes the command that starts a worker. ca is a file of authorities
// that Cortex names in the environment; it may be "".
func (p Program) Command(t *testing.T, way Way, w *cortex.Worker, folder cortex.Folder, ca string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	var c *exec.Cmd
	switch way {
	case Process:
		bundle := filepath.Join(t.TempDir(), "bundle")
		require.NoError(t, os.Mkdir(bundle, 0o755))
		link := filepath.Join(bundle, w.Command())
		require.NoError(t, os.Symlink(p.Path, link))
		c = exec.CommandContext(ctx, link, string(folder))
		c.Dir, c.Env = filepath.Dir(bundle), os.Environ()
	case Docker:
		c = exec.CommandContext(ctx, p.Path, w.Command())
		c.Dir, c.Env = "/", []string{"PATH=/usr/bin", "HOSTNAME=4d2f", "HOME=/", "CORTEX_JOB_FOLDER=" + string(folder)}
	case Kubernetes:
		input := filepath.Join(string(folder), "input")
		require.NoError(t, os.Chmod(input, 0o555))
		t.Cleanup(func() { _ = os.Chmod(input, 0o755) }) // so that the folder can be removed
		c = exec.CommandContext(ctx, p.Path, w.Command(), string(folder))
		c.Dir, c.Env = "/", []string{"PATH=/usr/bin", "HOSTNAME=4d2f", "HOME=/", "CORTEX_JOB_FOLDER=cortex-job-1"}
	}
	if ca != "" {
		c.Env = append(c.Env, "REQUESTS_CA_BUNDLE="+ca)
	}
	c.Env = append(c.Env, p.Env...)
	return c
}

// Case runs a case with the program in one of Cortex' ways. The recorded
// answers come through a proxy with an authority of its own, and both are given
// to the worker as Cortex gives them. Pauses between tries take their time here.
func (p Program) Case(t *testing.T, way Way, w *cortex.Worker, dir string) {
	t.Helper()
	folder := NewFolder(t)
	copyInput(t, dir, folder)
	named := withNameserver(t, w, dir, folder)
	replay := newReplay(t, exchanges(t, dir))
	proxy := startProxy(t, replay)
	throughProxy(t, folder, proxy)
	ca := filepath.Join(string(folder), "input", "cacerts")

	c := p.Command(t, way, w, folder, ca)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	require.NoError(t, c.Run(), "%s", &stderr)
	assert.Empty(t, stdout.String())
	assert.Empty(t, stderr.String())
	replay.finish()
	report := AcceptFolder(t, folder)
	withoutSecrets(t, report.Raw, secretsOfInput(t, dir)...)
	golden, err := os.ReadFile(filepath.Join(dir, "output.json"))
	require.NoError(t, err)
	assert.JSONEq(t, withoutInput(t, golden), withoutInput(t, named([]byte(report.Raw))))
}

func startProxy(t *testing.T, network http.RoundTripper) *recorded.Proxy {
	t.Helper()
	p, err := recorded.NewProxy(network)
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

// throughProxy changes the job's configuration as an admin who sets proxy and
// authorities for a worker does.
func throughProxy(t *testing.T, folder cortex.Folder, p *recorded.Proxy) {
	t.Helper()
	path := filepath.Join(string(folder), "input", "input.json")
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var in map[string]any
	if json.Unmarshal(raw, &in) != nil {
		return // a case of bad input
	}
	if config, ok := in["config"].(map[string]any); ok {
		p.Into(config)
	}
	WriteInput(t, folder, "input.json", encoded(t, in))
	WriteInput(t, folder, "cacerts", p.PEM)
}

// withoutInput leaves the echo of the job out of a report: it holds the proxy.
func withoutInput(t *testing.T, report []byte) string {
	t.Helper()
	var r map[string]any
	require.NoError(t, json.Unmarshal(report, &r))
	delete(r, "input")
	return string(encoded(t, r))
}
