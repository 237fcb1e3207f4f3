package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/envfile"
	"github.com/waggle-cti/waggle/docker/setup/machine"
)

// fit is a machine that will do for every profile, and keeps what was asked of it.
type fit struct {
	asked machine.Needs
	lacks func(*machine.Facts)
}

func (m *fit) look(_ context.Context, n machine.Needs) machine.Facts {
	m.asked = n
	f := machine.Facts{
		Memory: 32 * humanize.GiByte, Disk: 200 * humanize.GByte, DiskPath: "/", MapCount: 1048576,
		Engine: "28.2.2", Compose: "2.39.1", Jobs: machine.Folder{Path: n.Jobs, There: true, UID: 1001},
	}
	if m.lacks != nil {
		m.lacks(&f)
	}
	return f
}

// stackFolder is a folder with the real compose.yaml and .env.example.
func stackFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"compose.yaml", ".env.example"} {
		data, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), data, 0o644))
	}
	return folder
}

// initialise runs the command on a machine and gives what it printed.
func initialise(t *testing.T, m *fit, stdin string, args ...string) (string, error) {
	t.Helper()
	root := &cobra.Command{Use: "setup", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(initCommandOn(m.look))
	root.SetArgs(append([]string{"init"}, args...))
	root.SetIn(strings.NewReader(stdin))
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func written(t *testing.T, folder string) *envfile.File {
	t.Helper()
	path := filepath.Join(folder, ".env")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return envfile.Parse(string(text))
}

func TestInitWritesTheSettings(t *testing.T) {
	for name, c := range map[string]struct {
		stdin string
		args  []string
		want  map[string]string
	}{
		"answers": {"soc.example.com\nthehive5\n", nil, map[string]string{
			"WAGGLE_DOMAIN": "soc.example.com", "COMPOSE_PROFILES": "thehive5", "ELASTICSEARCH_HEAP": "1536m", "CADDYFILE": "", "BIND_ADDRESS": "127.0.0.1"}},
		"what stands in brackets": {"\n\n", nil, map[string]string{
			"WAGGLE_DOMAIN": "localhost", "COMPOSE_PROFILES": "small", "WAGGLE_TLS": "internal", "CORTEX_ENGINE": "", "CORTEX_DOCKER_HOST": ""}},
		"no input at all":        {"", nil, map[string]string{"WAGGLE_DOMAIN": "localhost", "COMPOSE_PROFILES": "small"}},
		"one answer is a flag's": {"feeder\n", []string{"--domain", "soc.example.com"}, map[string]string{"WAGGLE_DOMAIN": "soc.example.com", "COMPOSE_PROFILES": "feeder", "CADDYFILE": "feeder.caddy"}},
		"unattended": {"ignored\nignored\n", []string{"--yes", "--domain", "soc.example.com", "--tls", "it@example.com", "--bind", "0.0.0.0"}, map[string]string{
			"WAGGLE_DOMAIN": "soc.example.com", "WAGGLE_TLS": "it@example.com", "BIND_ADDRESS": "0.0.0.0"}},
		"the filter before the engine": {"", []string{"--yes", "--socket-proxy"}, map[string]string{
			"COMPOSE_PROFILES": "small,socket-proxy", "CORTEX_ENGINE": "no-engine", "CORTEX_DOCKER_HOST": "tcp://socket-proxy:2375"}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := stackFolder(t)
			out, err := initialise(t, &fit{}, c.stdin, append(c.args, "--folder", folder)...)
			require.NoError(t, err, out)
			file := written(t, folder)
			for key, want := range c.want {
				assert.Equal(t, want, file.Get(key), key)
			}
			seen := map[string]bool{}
			for secret, bytes := range secretBytes() {
				value := file.Get(secret)
				assert.Regexp(t, regexp.MustCompile(`^[0-9a-f]+$`), value, secret)
				assert.Len(t, value, 2*bytes, secret)
				assert.NotContains(t, out, value, "secrets are not printed")
				assert.False(t, seen[value], "each is another")
				seen[value] = true
			}
		})
	}
}

func TestInitChangesNothingThatStands(t *testing.T) {
	folder := stackFolder(t)
	path := filepath.Join(folder, ".env")
	const before = "# mine\nCOMPOSE_PROFILES=small\nTHEHIVE_SECRET=kept\nMISP_ADMIN_KEY=\n"
	require.NoError(t, os.WriteFile(path, []byte(before), 0o644))

	out, err := initialise(t, &fit{}, "", "--folder", folder, "--profile", "thehive5", "--domain", "other.example.com")
	require.NoError(t, err, out)
	file := written(t, folder)
	assert.True(t, strings.HasPrefix(file.String(), "# mine\nCOMPOSE_PROFILES=small\nTHEHIVE_SECRET=kept\nMISP_ADMIN_KEY="))
	assert.Empty(t, file.Get("WAGGLE_DOMAIN"))
	assert.NotEmpty(t, file.Get("CORTEX_SECRET"))
	assert.Contains(t, out, "CORTEX_SECRET")
	assert.NotContains(t, out, "New in it: THEHIVE_SECRET")

	again, err := initialise(t, &fit{}, "", "--folder", folder)
	require.NoError(t, err)
	assert.Contains(t, again, "nothing was changed")
	assert.Equal(t, file.String(), written(t, folder).String())
}

func TestInitStopsBeforeAMachineThatWillNotDo(t *testing.T) {
	folder := stackFolder(t)
	weak := &fit{lacks: func(f *machine.Facts) { f.MapCount = 65530 }}
	out, err := initialise(t, weak, "", "--yes", "--folder", folder)
	require.ErrorIs(t, err, errIncomplete)
	assert.Contains(t, out, "vm.max_map_count")
	assert.Contains(t, out, "Nothing was written")
	assert.NoFileExists(t, filepath.Join(folder, ".env"))

	_, err = initialise(t, weak, "", "--yes", "--force", "--folder", folder)
	require.NoError(t, err)
	written(t, folder)
}

func TestInitRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"an unknown profile":        {[]string{"--profile", "huge"}, `"huge" is not one of feeder, small, thehive5`},
		"a domain that is none":     {[]string{"--domain", "https://soc.example.com"}, "not a host name"},
		"a line in a value":         {[]string{"--tls", "a\nTHEHIVE_SECRET=x"}, "WAGGLE_TLS"},
		"a filter without a Cortex": {[]string{"--profile", "feeder", "--socket-proxy"}, "has no Cortex"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := stackFolder(t)
			_, err := initialise(t, &fit{}, "", append(c.args, "--yes", "--folder", folder)...)
			require.ErrorContains(t, err, c.says)
			assert.NoFileExists(t, filepath.Join(folder, ".env"))
		})
	}
	t.Run("a folder without a stack", func(t *testing.T) {
		_, err := initialise(t, &fit{}, "", "--folder", t.TempDir())
		require.ErrorContains(t, err, "no compose.yaml")
	})
}

func TestInitAsksTheMachineWhatTheProfileNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want machine.Needs
	}{
		"the stack": {[]string{"--domain", "soc.example.com", "--bind", "192.0.2.7"}, machine.Needs{
			Ports: []string{"192.0.2.7:80", "192.0.2.7:443", "127.0.0.1:8787", "127.0.0.1:9000", "127.0.0.1:9001", "127.0.0.1:9002"},
			Jobs:  jobFolder, Project: "waggle",
			Hosts: []string{"waggle.soc.example.com", "thehive.soc.example.com", "cortex.soc.example.com", "misp.soc.example.com"}}},
		"the feeder": {[]string{"--profile", "feeder"}, machine.Needs{
			Ports: []string{"127.0.0.1:80", "127.0.0.1:443", "127.0.0.1:8787"}, Project: "waggle"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := &fit{}
			_, err := initialise(t, m, "", append(c.args, "--yes", "--folder", stackFolder(t))...)
			require.NoError(t, err)
			assert.Equal(t, c.want, m.asked)
		})
	}
}

// Compose refuses to start without a variable that is written ${NAME:?…}, so init
// has to make each of them.
func TestInitMakesEverySecretThatComposeDemands(t *testing.T) {
	data, err := os.ReadFile("../compose.yaml")
	require.NoError(t, err)
	demanded := regexp.MustCompile(`\$\{(\w+):\?`).FindAllSubmatch(data, -1)
	require.NotEmpty(t, demanded)
	for _, m := range demanded {
		assert.Contains(t, secretBytes(), string(m[1]))
	}
}

func TestExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"help":            {[]string{"help"}, exitWell},
		"an unknown flag": {[]string{"init", "--nonsense"}, exitWrong},
		"no stack there":  {[]string{"init", "--yes", "--folder", "testdata/none"}, exitWrong},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			assert.Equal(t, c.want, setup(t.Context(), c.args, strings.NewReader(""), &out, &out))
		})
	}
}
