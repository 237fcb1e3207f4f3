package cortextest

import (
	"bytes"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// Torture runs a worker as a process of its own where its job folder or its
// disk fail it.
func (p Program) Torture(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	t.Run("folder missing", func(t *testing.T) {
		c := p.Command(t, Process, w, cortex.Folder(filepath.Join(t.TempDir(), "none")), "")
		assert.Contains(t, p.fails(t, c), "no report can be written to")
	})
	t.Run("folder unreadable", func(t *testing.T) { p.unreadable(t, w, config) })
	t.Run("disk full", func(t *testing.T) {
		c := p.limited(t, w, goodFolder(t, w, config), 0)
		assert.Contains(t, p.fails(t, c), "free space")
	})
	t.Run("disk full for the report", func(t *testing.T) {
		// Room for a failure, and not for the echo of a long job. A shell counts
		// in blocks of 512 or of 1024 bytes.
		folder := NewFolder(t)
		in := job(w, config)
		in["dataType"], in["message"] = "no-such-type", strings.Repeat("long ", 700)
		WriteInput(t, folder, "input.json", encoded(t, in))
		said, err := p.limited(t, w, folder, 2).CombinedOutput()
		require.NoError(t, err, "%s", said)
		assert.Contains(t, AcceptFailure(t, Output(t, folder)), "can't be written: file too large")
	})
}

// fails runs a command that can't leave a report, and gives what it says.
func (p Program) fails(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	var stderr bytes.Buffer
	c.Stderr = &stderr
	err := c.Run()
	require.Error(t, err, "the worker can't have succeeded")
	assert.Equal(t, 1, c.ProcessState.ExitCode(), "%s", &stderr)
	assert.Equal(t, 1, strings.Count(stderr.String(), "\n"), "one sentence: %s", &stderr)
	withoutSecrets(t, stderr.String(), Secret)
	return stderr.String()
}

// unreadable runs a worker whose folder belongs to somebody else, as when an
// image names a user of its own.
func (p Program) unreadable(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	folder := goodFolder(t, w, config)
	c := p.Command(t, Kubernetes, w, folder, "")
	if os.Getuid() == 0 {
		// The program is copied to where another user can reach it.
		open, err := os.MkdirTemp("", "cortextest-")
		require.NoError(t, err)
		t.Cleanup(func() { os.RemoveAll(open) })
		require.NoError(t, os.Chmod(open, 0o755))
		program, err := os.ReadFile(p.Path)
		require.NoError(t, err)
		c.Path = filepath.Join(open, filepath.Base(p.Path))
		require.NoError(t, os.WriteFile(c.Path, program, 0o755))
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	} else {
		require.NoError(t, os.Chmod(string(folder), 0))
		t.Cleanup(func() { _ = os.Chmod(string(folder), 0o700) }) // so that the folder can be removed
	}
	assert.Contains(t, p.fails(t, c), "permission denied")
}

// limited runs a worker that may write files of so many blocks only.
func (p Program) limited(t *testing.T, w *cortex.Worker, folder cortex.Folder, blocks int) *exec.Cmd {
	t.Helper()
	c := p.Command(t, Docker, w, folder, "")
	limit := "ulimit -f " + strconv.Itoa(blocks) + ` && exec "$0" "$@"`
	c.Args = append([]string{"sh", "-c", limit}, c.Args...)
	c.Path = "/bin/sh"
	return c
}

// Stopped sends SIGTERM, as Cortex does at a job's timeout, while the worker
// waits for an answer.
func (p Program) Stopped(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	asked := make(chan struct{}, 100)
	end := make(chan struct{})
	if asksDNS(w) {
		deaf := startNameserver(t, &recorded.Nameserver{Asked: func(string, string, int) {
			asked <- struct{}{}
			<-end
		}})
		with := map[string]any{}
		maps.Copy(with, config)
		with[resolverItem] = deaf
		config = with
	}
	folder := goodFolder(t, w, config)
	proxy := startProxy(t, transport(func(*http.Request) (*http.Response, error) {
		asked <- struct{}{}
		<-end
		return nil, http.ErrAbortHandler
	}))
	t.Cleanup(func() { close(end) })
	throughProxy(t, folder, proxy)
	c := p.Command(t, Process, w, folder, "")
	require.NoError(t, c.Start())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-asked:
	case err := <-ended:
		require.FailNow(t, "the worker asked nothing", "%v: %s", err, Output(t, folder))
	}
	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	require.NoError(t, <-ended)
	assert.Contains(t, AcceptFailure(t, Output(t, folder)), "told to stop")
}
