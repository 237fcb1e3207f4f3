package docker_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/feeder/demo"
	"github.com/waggle-cti/waggle/shared/absent"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// The stack of the test publishes its ports here, and its network for jobs has
// another name, so that it disturbs none that runs on this machine.
const (
	here       = "127.0.93.7"
	project    = "waggle-test"
	jobNetwork = "waggle-jobs-test"
)

// running is a stack that was started from compose.yaml.
type running struct {
	folder string
	files  []string
	setup  string // the program
}

// compose runs docker-compose, or docker compose where that is installed.
func (r running) compose(t *testing.T, args ...string) string {
	t.Helper()
	command := composeCommand(t)
	for _, file := range r.files {
		command = append(command, "-f", file)
	}
	cmd := exec.Command(command[0], append(command[1:], args...)...)
	cmd.Dir = r.folder
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", strings.Join(args, " "), out)
	return string(out)
}

// container gives the id of a service's container.
func (r running) container(t *testing.T, service string) string {
	t.Helper()
	id := strings.TrimSpace(run(t, "docker", "ps", "--quiet", "--filter", "label=com.docker.compose.project="+project, "--filter", "label=com.docker.compose.service="+service))
	require.NotEmpty(t, id, "%s does not run", service)
	return id
}

// startStack starts all that the profile small has: ours as they are, the
// foreign servers as fakes.
func startStack(t *testing.T) running {
	t.Helper()
	requireEngine(t)
	composeCommand(t)
	bin := stackImages(t)

	root := t.TempDir()
	r := running{folder: filepath.Join(root, "docker"), files: []string{"compose.yaml", "compose.fakes.yaml"}}
	for _, from := range []string{"../analyzers/analyzers.json", "../responders/responders.json", ".env.example", "caddy", "cortex", "thehive"} {
		to := filepath.Join(r.folder, from)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, exec.Command("cp", "-r", from, to).Run())
	}
	data, err := os.ReadFile("compose.yaml")
	require.NoError(t, err)
	text := strings.NewReplacer(`"127.0.0.1:`, `"`+here+`:`, "name: waggle-jobs", "name: "+jobNetwork).Replace(string(data))
	r.write(t, "compose.yaml", text)
	override, err := os.ReadFile("testdata/compose.fakes.yaml")
	require.NoError(t, err)
	r.write(t, "compose.fakes.yaml", string(override))
	r.write(t, "waggle.yaml", demoConfiguration(t))

	run(t, filepath.Join(bin, "setup"), "init", "--yes", "--force", "--bind", here, "--folder", r.folder)
	env, err := os.ReadFile(filepath.Join(r.folder, ".env"))
	require.NoError(t, err)
	jobs := filepath.Join(root, "jobs")
	require.NoError(t, os.Mkdir(jobs, 0o700))
	r.write(t, ".env", string(env)+strings.Join([]string{
		"COMPOSE_PROJECT_NAME=" + project, "REGISTRY=" + registry, "CORTEX_JOBS=" + jobs, "CORTEX_ENGINE=no-engine",
		"THEHIVE_URL=http://" + here + ":9000", "THEHIVE_ADMIN=" + thehivetest.AdminLogin, "CORTEX_URL=http://" + here + ":9001",
		"MISP_URL=http://" + here + ":9002", "MISP_ADMIN_KEY=" + misptest.Key, "FEEDER_URL=http://" + here + ":8787",
	}, "\n")+"\n")

	t.Cleanup(func() {
		if t.Failed() {
			t.Log(r.compose(t, "ps"), r.compose(t, "logs", "--no-color", "--tail", "15"))
		}
		r.compose(t, "down", "--volumes", "--timeout", "2")
	})
	r.setup = filepath.Join(bin, "setup")
	r.compose(t, "up", "-d")
	return r
}

// integrate runs `setup integrate` until nothing is left that it could not do, and
// gives what it printed. Debian's Caddy, 2.6, now and then cuts an answer off without
// a word to its client ("aborting with incomplete response" in its log): what a run
// misses so, the next one does, as the command promises.
func (r running) integrate(t *testing.T) string {
	t.Helper()
	var printed strings.Builder
	for range 3 {
		cmd := exec.Command(r.setup, "integrate", "--env", filepath.Join(r.folder, ".env"), "--wait", "2m")
		out, err := cmd.CombinedOutput()
		printed.Write(out)
		if err == nil {
			return printed.String()
		}
	}
	require.Fail(t, "three times it could not do all", printed.String())
	return ""
}

func (r running) write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(r.folder, name), []byte(text), 0o644))
}

// demoConfiguration has the feeder follow the demonstration's sources.
func demoConfiguration(t *testing.T) string {
	t.Helper()
	sources := []map[string]any{}
	for _, s := range demo.Sources("http://thehive:8080") {
		sources = append(sources, map[string]any{"name": s.Name, "kind": s.Kind, "url": s.URL})
	}
	// JSON is YAML; the sources are on one of Docker's own networks.
	text, err := json.Marshal(map[string]any{
		"sources_only": true, "sources": sources, "allow_networks": []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"},
	})
	require.NoError(t, err)
	return string(text)
}

// stackImages builds the feeder's image, the fakes' and one of Caddy as it is
// installed here, and gives the folder of their programs.
func stackImages(t *testing.T) string {
	t.Helper()
	caddy, err := exec.LookPath("caddy")
	if err != nil {
		absent.Skip(t, "caddy is not installed")
	}
	bin := t.TempDir()
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", bin+"/", "../feeder", "./fakes", "./setup")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	linux := filepath.Join(bin, "linux-"+runtime.GOARCH)
	require.NoError(t, os.Mkdir(linux, 0o755))
	require.NoError(t, os.Link(filepath.Join(bin, "feeder"), filepath.Join(linux, "feeder")))
	run(t, "go", "run", "./images", "-only", "feeder", "-binaries", bin, "-out", bin, "-registry", registry, "-arch", runtime.GOARCH)
	load(t, filepath.Join(bin, "waggle-images-linux-"+runtime.GOARCH+".tar"))

	// Caddy of Debian is not static: its libraries and its loader come along.
	libraries := filepath.Join(bin, "caddy-root")
	for _, file := range append(strings.Fields(run(t, "sh", "-c", `ldd "$0" 2>/dev/null | grep -o '/[^ ]*' || true`, caddy)), caddy) {
		require.NoError(t, exec.Command("install", "-D", "-m", "755", file, libraries+file).Run())
	}
	require.NoError(t, exec.Command("install", "-D", "-m", "755", caddy, libraries+"/usr/bin/caddy").Run())

	images := map[string]string{
		registry + "/fakes:1": "FROM scratch\nCOPY fakes /fakes\nENTRYPOINT [\"/fakes\"]\n",
		registry + "/caddy:1": "FROM scratch\nCOPY caddy-root /\nCOPY fakes /fakes\nENV PATH=/usr/bin XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data\n",
	}
	for name, dockerfile := range images {
		cmd := exec.Command("docker", "build", "--quiet", "--tag", name, "--file", "-", bin)
		cmd.Stdin = strings.NewReader(dockerfile)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", name, out)
		t.Cleanup(func() { _ = exec.Command("docker", "rmi", "-f", name).Run() })
	}
	return bin
}

// eventually asks until the answer is right; a stack takes a while to start.
func eventually(t *testing.T, what string, right func() bool) {
	t.Helper()
	for range 180 {
		if right() {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	require.Fail(t, "in vain: "+what)
}

// ask sends a request to Caddy, whatever the name in the address.
func ask(t *testing.T, method, url, key, body string) (int, string) {
	t.Helper()
	client := &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // Caddy's own authority, made a moment ago
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				_, port, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(here, port))
			},
		},
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	if key != "" {
		request.Header.Set("Authorization", key)
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

// A post becomes an alert with everything that compose.yaml says in force.
func TestStack(t *testing.T) {
	r := startStack(t)

	t.Run("every service is healthy", func(t *testing.T) {
		eventually(t, "all are healthy", func() bool {
			out := run(t, "docker", "ps", "--filter", "label=com.docker.compose.project="+project, "--format", "{{.Status}}")
			return strings.Count(out, "(healthy)") == 8
		})
	})

	t.Run("setup integrates it, and changes nothing the second time", func(t *testing.T) {
		assert.Contains(t, r.integrate(t), "Waggle_IOCs_1_0")
		second := r.integrate(t)
		assert.NotRegexp(t, `(?m)^\S+ +done `, second)
		assert.Regexp(t, `\n\d+ was there, \d+ left out\n$`, second)
		r.compose(t, "up", "-d", "feeder") // with the keys that .env has now
	})

	t.Run("a post becomes an alert", func(t *testing.T) {
		key, err := os.ReadFile(filepath.Join(r.folder, "keys", "feeder", "thehive-key"))
		require.NoError(t, err)
		var alerts []gjson.Result
		eventually(t, "TheHive has alerts", func() bool {
			_, answer := ask(t, http.MethodPost, "http://"+here+":9000/api/v1/query", "Bearer "+strings.TrimSpace(string(key)), `{"query":[{"_name":"listAlert"}]}`)
			alerts = gjson.Parse(answer).Array()
			return len(alerts) > 0
		})
		assert.Equal(t, "waggle", alerts[0].Get("type").String())
		assert.NotEmpty(t, alerts[0].Get("title").String())
	})

	t.Run("Caddy leads to each page by TLS", func(t *testing.T) {
		for name, path := range map[string]string{"waggle": "/healthz", "thehive": "/api/status", "cortex": "/api/status", "misp": "/users/heartbeat"} {
			status, body := ask(t, http.MethodGet, "https://"+name+".localhost"+path, "", "")
			assert.Positive(t, status, "%s: %s", name, body)
			assert.Less(t, status, http.StatusInternalServerError, "%s: %s", name, body)
		}
		status, _ := ask(t, http.MethodGet, "http://thehive.localhost/", "", "")
		assert.Equal(t, http.StatusPermanentRedirect, status, "port 80 leads to 443")
	})

	t.Run("the feeder's page is locked", func(t *testing.T) {
		status, body := ask(t, http.MethodGet, "https://waggle.localhost/api/v1/stories", "", "")
		assert.Equal(t, http.StatusUnauthorized, status, body)
	})

	t.Run("networks keep apart what must not meet", func(t *testing.T) {
		reaches := func(service, url string) bool {
			return exec.Command("docker", "exec", r.container(t, service), "/fakes", "healthy", url).Run() == nil
		}
		assert.True(t, reaches("thehive", "http://feeder:8787/healthz"), "the webhook")
		assert.True(t, reaches("thehive", "http://cortex:9001/api/status"))
		for _, service := range []string{"elasticsearch", "mariadb", "redis"} {
			assert.False(t, reaches(service, "http://feeder:8787/healthz"), service)
			assert.False(t, reaches(service, "http://thehive:9000/api/status"), service)
		}
	})

	t.Run("only Caddy has ports", func(t *testing.T) {
		out := run(t, "docker", "ps", "--filter", "label=com.docker.compose.project="+project, "--format", `{{.Label "com.docker.compose.service"}} {{.Ports}}`)
		for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
			service, published, _ := strings.Cut(line, " ")
			assert.Equal(t, service == "caddy", strings.Contains(published, "->"), line)
		}
	})

	t.Run("what the feeder kept survives a new container", func(t *testing.T) {
		before := storiesOf(t, r)
		require.NotEmpty(t, before)
		r.compose(t, "up", "-d", "--force-recreate", "--no-deps", "feeder")
		eventually(t, "the feeder is back", func() bool {
			status, _ := ask(t, http.MethodGet, fmt.Sprintf("http://%s:8787/healthz", here), "", "")
			return status == http.StatusOK
		})
		assert.Subset(t, storiesOf(t, r), before)
	})
}

// storiesOf gives the ids of the stories that the feeder keeps.
func storiesOf(t *testing.T, r running) (ids []string) {
	t.Helper()
	out := run(t, "docker", "exec", r.container(t, "feeder"), "/feeder", "stories", "--json", "--config", "/waggle.yaml")
	for _, id := range gjson.Get(out, "#.id").Array() {
		ids = append(ids, id.String())
	}
	return ids
}
