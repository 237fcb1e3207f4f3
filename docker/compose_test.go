package docker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/shared/absent"
)

type service struct {
	Image       string            `yaml:"image"`
	MemLimit    string            `yaml:"mem_limit"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Networks    []string          `yaml:"networks"`
	Healthcheck map[string]any    `yaml:"healthcheck"`
	Environment map[string]string `yaml:"environment"`
}

type stack struct {
	Services map[string]service        `yaml:"services"`
	Networks map[string]map[string]any `yaml:"networks"`
	Volumes  map[string]map[string]any `yaml:"volumes"`
}

func compose(t *testing.T) stack {
	t.Helper()
	data, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	var s stack
	require.NoError(t, yaml.Unmarshal(data, &s))
	require.NotEmpty(t, s.Services)
	return s
}

// The machine this is for has 4 GB.
func TestMemoryLimitsFitFourGigabytes(t *testing.T) {
	sum := 0
	for name, s := range compose(t).Services {
		mib, err := strconv.Atoi(strings.TrimSuffix(s.MemLimit, "m"))
		require.NoError(t, err, "service %s needs a mem_limit in MiB", name)
		sum += mib
	}
	assert.LessOrEqual(t, sum, 4096, "MiB in all")
}

func TestEveryServiceIsPinnedAndWatched(t *testing.T) {
	tag := regexp.MustCompile(`:(v?\d[\w.-]*|\$\{WAGGLE_VERSION:-\d[\w.]*\})$`)
	for name, s := range compose(t).Services {
		t.Run(name, func(t *testing.T) {
			assert.Regexp(t, tag, s.Image, "an explicit version")
			assert.NotEmpty(t, s.Healthcheck, "a health check")
		})
	}
}

func TestOnlyWebPortsArePublishedAndOnOneAddress(t *testing.T) {
	var published []string
	for _, s := range compose(t).Services {
		for _, port := range s.Ports {
			assert.True(t, strings.HasPrefix(port, "${BIND_ADDRESS:-127.0.0.1}:"), "%s is not bound to BIND_ADDRESS", port)
			published = append(published, port[strings.LastIndex(port, ":")+1:])
		}
	}
	assert.ElementsMatch(t, []string{"9000", "9001", "443", "8787"}, published)
}

func TestDatabasesHaveNoWayOut(t *testing.T) {
	s := compose(t)
	for _, name := range []string{"elasticsearch", "mariadb", "redis"} {
		for _, network := range s.Services[name].Networks {
			assert.Equal(t, true, s.Networks[network]["internal"], "%s stands on network %s, which is not internal", name, network)
		}
	}
}

func TestOnlyCortexSeesTheEngine(t *testing.T) {
	for name, s := range compose(t).Services {
		for _, v := range s.Volumes {
			if strings.Contains(v, "docker.sock") {
				assert.Equal(t, "cortex", name)
			}
		}
	}
}

// The engine resolves a job's bind mount on the host, so Cortex must know its
// job folder by the host's path.
func TestJobFolderHasOnePath(t *testing.T) {
	const jobs = "${CORTEX_JOBS:-/var/lib/waggle/cortex-jobs}"
	cortex := compose(t).Services["cortex"]
	assert.Contains(t, cortex.Volumes, jobs+":"+jobs)
	assert.Equal(t, jobs, cortex.Environment["CORTEX_JOBS"])
}

func TestNamedVolumesExist(t *testing.T) {
	s := compose(t)
	for name, svc := range s.Services {
		for _, v := range svc.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(from, ".") || strings.HasPrefix(from, "/") || strings.HasPrefix(from, "$") {
				continue
			}
			assert.Contains(t, s.Volumes, from, "volume of %s", name)
		}
	}
}

func TestMountedFilesExist(t *testing.T) {
	for name, s := range compose(t).Services {
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(from, ".") {
				assert.FileExists(t, from, "mounted into %s", name)
			}
		}
	}
}

// docker-compose itself must accept the file with the example environment.
func TestComposeAcceptsTheFile(t *testing.T) {
	if _, err := exec.LookPath("docker-compose"); err != nil {
		absent.Skip(t, "docker-compose is not installed")
	}
	example, err := os.ReadFile(".env.example")
	require.NoError(t, err)
	filled := regexp.MustCompile(`(?m)^([A-Z_]+)=$`).ReplaceAll(example, []byte("$1=secret"))
	env := filepath.Join(t.TempDir(), "env")
	require.NoError(t, os.WriteFile(env, filled, 0o600))

	out, err := exec.Command("docker-compose", "--env-file", env, "-f", "compose.yaml", "config", "--quiet").CombinedOutput()
	require.NoError(t, err, "%s", out)

	out, err = exec.Command("docker-compose", "--env-file", ".env.example", "-f", "compose.yaml", "config", "--quiet").CombinedOutput()
	require.Error(t, err, "must refuse to start without secrets")
	assert.Contains(t, string(out), "see .env.example")
}
