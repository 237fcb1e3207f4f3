package docker_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
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
	Profiles    []string          `yaml:"profiles"`
	Restart     string            `yaml:"restart"`
	SecurityOpt []string          `yaml:"security_opt"`
	ReadOnly    bool              `yaml:"read_only"`
	CapDrop     []string          `yaml:"cap_drop"`
	CapAdd      []string          `yaml:"cap_add"`
	User        string            `yaml:"user"`
	Logging     logging           `yaml:"logging"`
	MemLimit    string            `yaml:"mem_limit"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Networks    networks          `yaml:"networks"`
	Healthcheck map[string]any    `yaml:"healthcheck"`
	Environment map[string]string `yaml:"environment"`
	Command     []string          `yaml:"command"`
}

type logging struct {
	Options map[string]string `yaml:"options"`
}

// networks are written as a list, or as a map where one has settings.
type networks []string

func (n *networks) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.SequenceNode {
		return node.Decode((*[]string)(n))
	}
	settings := map[string]any{}
	if err := node.Decode(&settings); err != nil {
		return err
	}
	*n = slices.Sorted(maps.Keys(settings))
	return nil
}

type stack struct {
	Services map[string]service        `yaml:"services"`
	Networks map[string]map[string]any `yaml:"networks"`
	Volumes  map[string]map[string]any `yaml:"volumes"`
}

// compose reads the file with its variables as they stand.
func compose(t *testing.T) stack {
	t.Helper()
	data, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	return parse(t, string(data))
}

// composeWith reads the file as Compose does: with the variables, or their defaults.
func composeWith(t *testing.T, env map[string]string) stack {
	t.Helper()
	data, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	variable := regexp.MustCompile(`\$\{(\w+)(?::[-?]([^}]*))?\}`)
	return parse(t, variable.ReplaceAllStringFunc(string(data), func(v string) string {
		part := variable.FindStringSubmatch(v)
		if value := env[part[1]]; value != "" {
			return value
		}
		return part[2]
	}))
}

func parse(t *testing.T, data string) stack {
	t.Helper()
	var s stack
	require.NoError(t, yaml.Unmarshal([]byte(data), &s))
	require.NotEmpty(t, s.Services)
	return s
}

// of gives the services that the profiles start.
func (s stack) of(profiles ...string) map[string]service {
	chosen := map[string]service{}
	for name, svc := range s.Services {
		if slices.ContainsFunc(profiles, func(p string) bool { return slices.Contains(svc.Profiles, p) }) {
			chosen[name] = svc
		}
	}
	return chosen
}

// exampleOf gives the settings that .env.example shows behind "# With …:".
func exampleOf(t *testing.T, profile string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(".env.example")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(data), "# With "+profile)
	require.True(t, found, ".env.example says nothing of profile %s", profile)
	env := map[string]string{}
	for _, line := range strings.Split(rest, "\n")[1:] {
		name, value, isSetting := strings.Cut(strings.TrimPrefix(line, "# "), "=")
		if !isSetting || strings.Contains(name, " ") {
			break
		}
		env[name] = value
	}
	require.NotEmpty(t, env)
	return env
}

// The machines these are for have 4 GB and 16 GB; the latter needs a quarter of
// it as cache of the disk.
func TestMemoryLimitsFitTheMachine(t *testing.T) {
	for name, c := range map[string]struct {
		profiles []string
		env      map[string]string
		mib      int
	}{
		"small":    {[]string{"small", "socket-proxy"}, nil, 4096},
		"thehive5": {[]string{"thehive5", "socket-proxy"}, exampleOf(t, "thehive5"), 12288},
		"feeder":   {[]string{"feeder"}, nil, 256},
	} {
		t.Run(name, func(t *testing.T) {
			sum := 0
			for name, s := range composeWith(t, c.env).of(c.profiles...) {
				mib, err := strconv.Atoi(strings.TrimSuffix(s.MemLimit, "m"))
				require.NoError(t, err, "service %s needs a mem_limit in MiB", name)
				sum += mib
			}
			assert.LessOrEqual(t, sum, c.mib, "MiB in all")
			assert.Greater(t, sum, c.mib/2, "the profile runs something")
		})
	}
}

func TestProfilesHoldWhatTheyName(t *testing.T) {
	servers := []string{"caddy", "cortex", "elasticsearch", "feeder", "mariadb", "misp", "redis"}
	for profile, want := range map[string][]string{
		"small":        append([]string{"thehive"}, servers...),
		"thehive5":     append([]string{"thehive5", "cassandra"}, servers...),
		"feeder":       {"caddy", "feeder"},
		"socket-proxy": {"socket-proxy"},
	} {
		t.Run(profile, func(t *testing.T) {
			assert.ElementsMatch(t, want, slices.Collect(maps.Keys(compose(t).of(profile))))
		})
	}
}

func TestEveryServiceIsPinnedWatchedAndBounded(t *testing.T) {
	tag := regexp.MustCompile(`:(v?\d[\w.-]*|\$\{WAGGLE_VERSION:-\d[\w.]*\})$`)
	for name, s := range compose(t).Services {
		t.Run(name, func(t *testing.T) {
			assert.Regexp(t, tag, s.Image, "an explicit version")
			assert.NotEmpty(t, s.Healthcheck, "a health check")
			assert.NotEmpty(t, s.Profiles, "a profile")
			assert.Equal(t, "unless-stopped", s.Restart)
			assert.Contains(t, s.SecurityOpt, "no-new-privileges:true")
			assert.NotEmpty(t, s.Logging.Options["max-size"], "log rotation")
			assert.NotEmpty(t, s.Logging.Options["max-file"], "log rotation")
		})
	}
}

func TestOursAndTheProxiesHaveNoRights(t *testing.T) {
	added := map[string][]string{"caddy": {"NET_BIND_SERVICE"}, "socket-proxy": {"DAC_OVERRIDE"}}
	for _, name := range []string{"caddy", "feeder", "socket-proxy"} {
		t.Run(name, func(t *testing.T) {
			s := compose(t).Services[name]
			assert.True(t, s.ReadOnly, "read-only root")
			assert.Equal(t, []string{"ALL"}, s.CapDrop)
			assert.Equal(t, added[name], s.CapAdd)
		})
	}
}

func TestOnlyCaddyIsPublished(t *testing.T) {
	for name, s := range compose(t).Services {
		if name != "caddy" {
			assert.Empty(t, s.Ports, "service %s publishes ports", name)
		}
	}
	var open, plain []string
	for _, port := range compose(t).Services["caddy"].Ports {
		if rest, isPlain := strings.CutPrefix(port, "127.0.0.1:"); isPlain {
			plain = append(plain, rest)
			continue
		}
		assert.True(t, strings.HasPrefix(port, "${BIND_ADDRESS:-127.0.0.1}:"), "%s is not bound to BIND_ADDRESS", port)
		open = append(open, port[strings.LastIndex(port, ":")+1:])
	}
	assert.ElementsMatch(t, []string{"80", "443"}, open)
	assert.ElementsMatch(t, []string{"8787:8787", "9000:9000", "9001:9001", "9002:9002"}, plain)
}

func TestDatabasesHaveNoWayOut(t *testing.T) {
	s := compose(t)
	for _, name := range []string{"elasticsearch", "cassandra", "mariadb", "redis", "socket-proxy"} {
		require.NotEmpty(t, s.Services[name].Networks, "%s", name)
		for _, network := range s.Services[name].Networks {
			assert.Equal(t, true, s.Networks[network]["internal"], "%s stands on network %s, which is not internal", name, network)
		}
	}
}

func TestOnlyCortexOrTheFilterSeesTheEngine(t *testing.T) {
	const socket = "/var/run/docker.sock"
	sees := func(s stack) (names []string) {
		for name, svc := range s.Services {
			if slices.ContainsFunc(svc.Volumes, func(v string) bool { return strings.HasPrefix(v, socket+":") }) {
				names = append(names, name)
			}
		}
		return names
	}
	assert.ElementsMatch(t, []string{"cortex", "socket-proxy"}, sees(composeWith(t, nil)))

	filtered := composeWith(t, exampleOf(t, "small,socket-proxy"))
	assert.Equal(t, []string{"socket-proxy"}, sees(filtered))
	assert.Equal(t, "tcp://socket-proxy:2375", filtered.Services["cortex"].Environment["CORTEX_DOCKER_HOST"])
	assert.Contains(t, filtered.Volumes, "no-engine", "what Cortex gets in the socket's place")
}

// What Cortex 4.1 asks the engine for, as its Docker client does
// (app/org/thp/cortex/util/docker/DockerClient.scala), and what it never does.
func TestFilterLetsThroughWhatTheRunnerAsks(t *testing.T) {
	id := strings.Repeat("0123456789abcdef", 4)
	allowed := map[string]*regexp.Regexp{}
	for _, argument := range composeWith(t, nil).Services["socket-proxy"].Command {
		if rule, isRule := strings.CutPrefix(argument, "-allow"); isRule {
			if method, pattern, found := strings.Cut(rule, "="); found && method == strings.ToUpper(method) {
				allowed[method] = regexp.MustCompile("^" + pattern + "$") // as the filter anchors them
			}
		}
	}
	for request, want := range map[string]bool{
		"GET /info":                                  true,
		"GET /v1.44/images/json":                     true,
		"POST /images/create":                        true,
		"POST /v1.44/containers/create":              true,
		"POST /containers/" + id + "/start":          true,
		"POST /containers/" + id + "/wait":           true,
		"POST /containers/" + id + "/kill":           true,
		"GET /containers/" + id + "/json":            true,
		"GET /v1.44/containers/" + id + "/logs":      true,
		"DELETE /containers/" + id:                   true,
		"GET /containers/json":                       false,
		"POST /containers/" + id + "/exec":           false,
		"PUT /containers/" + id + "/archive":         false,
		"GET /containers/" + id + "/archive":         false,
		"POST /volumes/create":                       false,
		"POST /build":                                false,
		"DELETE /images/waggle":                      false,
		"POST /containers/create/../../build":        false,
		"GET /secrets":                               false,
		"POST /v1.44/containers/" + id + "/update":   false,
		"GET /v1.44/containers/" + id + "/json/../x": false,
	} {
		t.Run(request, func(t *testing.T) {
			method, path, _ := strings.Cut(request, " ")
			rule := allowed[method]
			assert.Equal(t, want, rule != nil && rule.MatchString(path))
		})
	}
}

// The engine resolves a job's bind mount on the host, so Cortex must know its
// job folder by the host's path.
func TestJobFolderHasOnePath(t *testing.T) {
	const jobs = "${CORTEX_JOBS:-/var/lib/waggle/cortex-jobs}"
	s := compose(t).Services
	assert.Contains(t, s["cortex"].Volumes, jobs+":"+jobs)
	assert.Equal(t, jobs, s["cortex"].Environment["CORTEX_JOBS"])
	assert.Contains(t, s["socket-proxy"].Command, "-allowbindmountfrom="+jobs)
}

func TestJobContainersJoinANetworkThatExists(t *testing.T) {
	data, err := os.ReadFile("cortex/application.conf")
	require.NoError(t, err)
	assert.Contains(t, string(data), "networkMode = "+compose(t).Networks["jobs"]["name"].(string)+"\n")
}

func TestNamedVolumesExist(t *testing.T) {
	s := composeWith(t, nil)
	used := map[string]bool{"no-engine": true}
	for name, svc := range s.Services {
		for _, v := range svc.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(from, ".") || strings.HasPrefix(from, "/") {
				continue
			}
			assert.Contains(t, s.Volumes, from, "volume of %s", name)
			used[from] = true
		}
	}
	for name := range s.Volumes {
		assert.True(t, used[name], "volume %s is nobody's", name)
	}
}

func TestMountedFilesExist(t *testing.T) {
	for name, s := range composeWith(t, nil).Services {
		for _, v := range s.Volumes {
			if from, _, _ := strings.Cut(v, ":"); strings.HasPrefix(from, ".") {
				_, err := os.Stat(from)
				assert.NoError(t, err, "mounted into %s", name)
			}
		}
	}
}

// Every variable is explained to the person who fills in .env.
func TestExampleExplainsTheVariables(t *testing.T) {
	data, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	example, err := os.ReadFile(".env.example")
	require.NoError(t, err)
	explained := regexp.MustCompile(`(?m)^(?:# )?(\w+)=`).FindAllStringSubmatch(string(example), -1)
	names := map[string]bool{}
	for _, m := range explained {
		names[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`\$\{(\w+)`).FindAllStringSubmatch(string(data), -1) {
		assert.True(t, names[m[1]], "%s is not in .env.example", m[1])
	}
}

// Compose itself must accept the file with the example environment, whatever
// the profile, and refuse to start without secrets.
func TestComposeAcceptsTheFile(t *testing.T) {
	command := composeCommand(t)
	example, err := os.ReadFile(".env.example")
	require.NoError(t, err)
	filled := regexp.MustCompile(`(?m)^([A-Z_]+)=$`).ReplaceAll(example, []byte("$1=secret"))

	for _, profiles := range []string{"small", "small,socket-proxy", "thehive5", "feeder"} {
		t.Run(profiles, func(t *testing.T) {
			env := filepath.Join(t.TempDir(), "env")
			chosen := regexp.MustCompile(`(?m)^COMPOSE_PROFILES=.*$`).ReplaceAll(filled, []byte("COMPOSE_PROFILES="+profiles))
			require.NoError(t, os.WriteFile(env, chosen, 0o600))
			out, err := exec.Command(command[0], append(command[1:], "--env-file", env, "-f", "compose.yaml", "config", "--quiet")...).CombinedOutput()
			require.NoError(t, err, "%s", out)
		})
	}
	t.Run("without secrets", func(t *testing.T) {
		out, err := exec.Command(command[0], append(command[1:], "--env-file", ".env.example", "-f", "compose.yaml", "config", "--quiet")...).CombinedOutput()
		require.Error(t, err)
		assert.Contains(t, string(out), "run setup init")
	})
}

// composeCommand is Compose v2 if it is installed, else docker-compose.
func composeCommand(t *testing.T) []string {
	t.Helper()
	if exec.Command("docker", "compose", "version").Run() == nil {
		return []string{"docker", "compose"}
	}
	if _, err := exec.LookPath("docker-compose"); err != nil {
		absent.Skip(t, "neither docker compose nor docker-compose is installed")
	}
	return []string{"docker-compose"}
}
