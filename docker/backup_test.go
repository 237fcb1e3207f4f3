package docker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kept is a project of the engine with one volume that holds files of all kinds,
// and a container that runs.
type kept struct {
	project, folder, container string
}

func newKept(t *testing.T) kept {
	t.Helper()
	requireEngine(t)
	k := kept{project: "waggle-backup-test", folder: t.TempDir()}
	for _, script := range []string{"backup", "restore"} {
		require.NoError(t, exec.Command("cp", script, k.folder).Run())
	}
	require.NoError(t, os.WriteFile(filepath.Join(k.folder, ".env"), []byte("COMPOSE_PROJECT_NAME="+k.project+"\nTHEHIVE_SECRET=example\n"), 0o600))
	t.Cleanup(k.remove)
	k.remove() // of a run that was killed

	label := "com.docker.compose.project=" + k.project
	run(t, "docker", "volume", "create", "--label", label, "--label", "com.docker.compose.volume=thehive", k.volume())
	data := k.mountpoint(t)
	require.NoError(t, os.MkdirAll(filepath.Join(data, "db", "empty folder"), 0o750))
	require.NoError(t, os.WriteFile(filepath.Join(data, "db", "00.jdb"), []byte("a database"), 0o640))
	require.NoError(t, os.Chown(filepath.Join(data, "db", "00.jdb"), 1000, 1001))
	require.NoError(t, os.Symlink("db", filepath.Join(data, "link")))

	bin := t.TempDir()
	build := exec.Command("go", "build", "-buildvcs=false", "-o", bin+"/", "./fakes")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	image := registry + "/fakes-idle:1"
	made := exec.Command("docker", "build", "--quiet", "--tag", image, "--file", "-", bin)
	made.Stdin = strings.NewReader("FROM scratch\nCOPY fakes /fakes\nENTRYPOINT [\"/fakes\"]\n")
	out, err = made.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Cleanup(func() { _ = exec.Command("docker", "rmi", "-f", image).Run() })
	k.container = strings.TrimSpace(run(t, "docker", "run", "--detach", "--label", label, "-v", k.volume()+":/data", image, "idle"))
	return k
}

func (k kept) volume() string { return k.project + "_thehive" }

func (k kept) mountpoint(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(run(t, "docker", "volume", "inspect", "--format", "{{.Mountpoint}}", k.volume()))
}

func (k kept) remove() {
	_ = exec.Command("sh", "-c", `docker ps -aq --filter "label=com.docker.compose.project=$0" | xargs -r docker rm -f; docker volume rm -f "$1"`, k.project, k.volume()).Run()
}

func (k kept) script(name string, args ...string) (string, error) {
	out, err := exec.Command(filepath.Join(k.folder, name), args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func (k kept) state(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(run(t, "docker", "inspect", "--format", "{{.State.Running}} {{.State.StartedAt}}", k.container))
}

func TestBackupAndRestore(t *testing.T) {
	k := newKept(t)
	before := k.state(t)
	copied, err := k.script("backup", filepath.Join(k.folder, "copies"))
	require.NoError(t, err, copied)
	after := k.state(t)
	assert.NotEqual(t, before, after, "it was stopped while its volume was copied")
	assert.True(t, strings.HasPrefix(after, "true "), "and runs again")
	info, err := os.Stat(copied)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())

	out, err := k.script("restore", copied)
	require.Error(t, err)
	assert.Contains(t, out, "stop them first")

	run(t, "docker", "rm", "-f", k.container)
	out, err = k.script("restore", copied)
	require.Error(t, err)
	assert.Contains(t, out, "holds something")

	// Everything is lost, and comes back as it was.
	k.remove()
	require.NoError(t, os.Remove(filepath.Join(k.folder, ".env")))
	out, err = k.script("restore", copied)
	require.NoError(t, err, out)
	data := k.mountpoint(t)
	text, err := os.ReadFile(filepath.Join(data, "db", "00.jdb"))
	require.NoError(t, err)
	assert.Equal(t, "a database", string(text))
	info, err = os.Stat(filepath.Join(data, "db", "00.jdb"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode())
	owner := info.Sys().(*syscall.Stat_t)
	assert.Equal(t, [2]uint32{1000, 1001}, [2]uint32{owner.Uid, owner.Gid})
	assert.DirExists(t, filepath.Join(data, "db", "empty folder"))
	link, err := os.Readlink(filepath.Join(data, "link"))
	require.NoError(t, err)
	assert.Equal(t, "db", link)
	assert.Equal(t, k.project, strings.TrimSpace(run(t, "docker", "volume", "inspect", "--format", `{{index .Labels "com.docker.compose.project"}}`, k.volume())))
	info, err = os.Stat(filepath.Join(k.folder, ".env"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
}

func TestRestoreRefusesADamagedCopy(t *testing.T) {
	k := newKept(t)
	copied, err := k.script("backup", filepath.Join(k.folder, "copies"))
	require.NoError(t, err, copied)
	k.remove()
	require.NoError(t, os.Truncate(filepath.Join(copied, "thehive.tar.gz"), 20))
	out, err := k.script("restore", copied)
	require.Error(t, err)
	assert.Contains(t, out, "damaged; nothing was changed")
	assert.Error(t, exec.Command("docker", "volume", "inspect", k.volume()).Run())
}

// A disk that is full, a volume that cannot be read: nothing half-made stays, and
// what ran runs again.
func TestBackupThatFailsLeavesTheStackRunning(t *testing.T) {
	k := newKept(t)
	broken := filepath.Join(k.folder, "bin")
	require.NoError(t, os.Mkdir(broken, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(broken, "tar"), []byte("#!/bin/sh\necho no space left on device >&2\nexit 2\n"), 0o755))
	t.Setenv("PATH", broken+":"+os.Getenv("PATH"))
	copies := filepath.Join(k.folder, "copies")
	out, err := k.script("backup", copies)
	require.Error(t, err)
	assert.Contains(t, out, "not made; what runs was started again")
	assert.True(t, strings.HasPrefix(k.state(t), "true "))
	left, err := os.ReadDir(copies)
	require.NoError(t, err)
	assert.Empty(t, left)
}
