package docker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/absent"
)

// engine stands for the docker command: it pulls what is not on the list
// "away", and every image's digest is told from its name. It hands Compose's
// own commands on to docker-compose, which tells the services of all profiles.
const engine = `#!/usr/bin/env bash
here=$(dirname "$0")
case "$1 $2" in
  "compose version") exit 1 ;;
  "pull --quiet") ! grep -qFf "$here/away" <<<"$3" ;;
  "image inspect") [ "$3" = --format ] || exit 1; echo "${5%%:*}@sha256:$(echo "$5$(cat "$here/release")" | sha256sum | cut -c1-64)" ;;
esac
`

func TestUpdateImages(t *testing.T) {
	if _, err := exec.LookPath("docker-compose"); err != nil {
		absent.Skip(t, "docker-compose is not installed")
	}
	folder := t.TempDir()
	for _, name := range []string{"compose.yaml", "update-images", "caddy"} {
		require.NoError(t, exec.Command("cp", "-r", name, folder).Run())
	}
	example, err := os.ReadFile(".env.example")
	require.NoError(t, err)
	write := func(name, text string, mode os.FileMode) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), mode))
	}
	write(".env", regexp.MustCompile(`(?m)^([A-Z_]+)=$`).ReplaceAllString(string(example), "$1=secret"), 0o600)
	write("docker", engine, 0o755)
	update := func(args ...string) (string, error) {
		cmd := exec.Command(filepath.Join(folder, "update-images"), args...)
		cmd.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	pinned := filepath.Join(folder, "compose.digests.yaml")

	write("release", "1", 0o644)
	write("away", "misp-core", 0o644)
	out, err := update()
	require.Error(t, err)
	assert.Contains(t, out, "misp-core:v2.5.42 could not be pulled; nothing was changed")
	assert.NoFileExists(t, pinned)

	write("away", "nothing-is", 0o644)
	out, err = update("--check")
	require.Error(t, err, "something would change")
	assert.Contains(t, out, "+    image: elasticsearch:8.19.20@sha256:")
	assert.NoFileExists(t, pinned)

	_, err = update()
	require.NoError(t, err)
	first, err := os.ReadFile(pinned)
	require.NoError(t, err)
	assert.Len(t, strings.Split(strings.TrimSpace(string(first)), "\n"), 2+2*11, "a line for each service, and one for its image")

	out, err = update()
	require.NoError(t, err)
	assert.Equal(t, "nothing new\n", out)

	write("release", "2", 0o644)
	_, err = update()
	require.NoError(t, err)
	second, err := os.ReadFile(pinned)
	require.NoError(t, err)
	assert.NotEqual(t, string(first), string(second))

	// Compose takes the two files together.
	cmd := exec.Command("docker-compose", "-f", "compose.yaml", "-f", pinned, "config", "--quiet")
	cmd.Dir = folder
	both, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", both)
}
