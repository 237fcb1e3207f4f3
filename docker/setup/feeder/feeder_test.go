package feeder_test

import (
	"context"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/feeder"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/step"
	feederconfig "github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/secret"
)

type bench struct {
	settings *config.Settings
	ring     *keyring.Ring
}

func newBench(t *testing.T, environment ...string) bench {
	t.Helper()
	env := t.TempDir() + "/.env"
	require.NoError(t, os.WriteFile(env, []byte("# ours\nWAGGLE_THEHIVE_KEY=\n"), 0o600))
	s, err := config.Load(env, append([]string{"ORGANISATION=Example", "SETUP_OWNER=" + strconv.Itoa(os.Getuid()), "MISP_INSIDE=https://misp.example.com"}, environment...))
	require.NoError(t, err)
	ring := keyring.New(t.TempDir())
	for _, name := range []string{"feeder/thehive-key", "feeder/cortex-key", "feeder/misp-key"} {
		require.NoError(t, ring.Put(name, secret.New("value-of-"+name)))
	}
	return bench{s, ring}
}

func (b bench) run(dry bool) map[string]step.Row {
	files := feeder.New(b.settings, b.ring)
	rows := map[string]step.Row{}
	groups := []step.Group{{Server: "feeder", Steps: append(files.Tokens(), files.Steps()...)}}
	step.Run(context.Background(), groups, dry, func(r step.Row) { rows[r.Step] = r })
	return rows
}

func TestTheFeederReadsWhatIsWritten(t *testing.T) {
	b := newBench(t)
	for _, r := range b.run(false) {
		assert.NotEqual(t, step.Could, r.State, "%s: %s", r.Step, r.Text)
	}
	for name, r := range b.run(false) {
		assert.Equal(t, step.There, r.State, "%s: %s", name, r.Text)
	}
	c, err := feederconfig.Load(b.ring.Path("feeder/waggle.yaml"))
	require.NoError(t, err)
	assert.Equal(t, "http://thehive:9000", c.TheHive.URL)
	assert.Equal(t, "value-of-feeder/thehive-key", c.TheHive.Key.Reveal())
	assert.Equal(t, "Example", c.TheHive.Organisation)
	assert.Equal(t, "value-of-feeder/cortex-key", c.Cortex.Key.Reveal())
	assert.Equal(t, "https://misp.example.com", c.MISP.URL)
	assert.Len(t, c.Page.Token.Reveal(), 32)
	assert.NotEqual(t, c.Blocks.Token.Reveal(), c.Blocks.ListsToken.Reveal())
	assert.NotEmpty(t, c.Sources, "those of the profile that it extends")
	env, err := os.ReadFile(b.settings.Env)
	require.NoError(t, err)
	assert.Contains(t, string(env), "# ours\nWAGGLE_THEHIVE_KEY=value-of-feeder/thehive-key\n")
	assert.Contains(t, string(env), "WAGGLE_CORTEX_URL=http://cortex:9001")
	info, err := os.Stat(b.ring.Path("feeder/waggle.yaml"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
}

func TestWhatSomebodyWroteStays(t *testing.T) {
	b := newBench(t, "MISP_ANY_CERTIFICATE=true")
	own := "# ours\nprofile: ./profile.yaml\nsince: 24h # a day\nthehive:\n  # the old one\n  url: http://old.example.com\n  organisation: Example\ncortex:\n  # nothing yet\nmail:\n  host: mail.example.com\n"
	require.NoError(t, os.WriteFile(b.ring.Path("feeder/waggle.yaml"), []byte(own), 0o600))
	require.NoError(t, os.WriteFile(b.ring.Path("feeder/profile.yaml"), []byte("name: mine\nextends: msp\n"), 0o600))
	rows := b.run(false)
	assert.Equal(t, step.Done, rows["configuration"].State)
	assert.Equal(t, step.There, rows["profile"].State)
	text, err := os.ReadFile(b.ring.Path("feeder/waggle.yaml"))
	require.NoError(t, err)
	for _, kept := range []string{"# ours", "since: 24h # a day", "host: mail.example.com", "url: http://thehive:9000", "url: http://cortex:9001"} {
		assert.Contains(t, string(text), kept)
	}
	assert.NotContains(t, string(text), "misp", "the feeder would refuse its certificate")
	assert.Equal(t, step.There, b.run(false)["configuration"].State)
}

func TestDryRunWritesNothing(t *testing.T) {
	b := newBench(t)
	for name, r := range b.run(true) {
		if name != "owner of the files" {
			assert.Equal(t, step.Would, r.State, name)
		}
	}
	for _, name := range []string{"feeder/waggle.yaml", "feeder/profile.yaml", "feeder/page-token"} {
		assert.NoFileExists(t, b.ring.Path(name))
	}
}

func TestThereIsNoStack(t *testing.T) {
	b := newBench(t)
	require.NoError(t, os.Remove(b.settings.Env))
	assert.Equal(t, step.Left, b.run(false)["keys in .env"].State)
	assert.NoFileExists(t, b.settings.Env)
}

func TestAGivenTokenCounts(t *testing.T) {
	b := newBench(t, "WAGGLE_BLOCKS_TOKEN=one-that-was-given")
	b.run(false)
	held, err := b.ring.Get(feeder.BlocksToken)
	require.NoError(t, err)
	assert.Equal(t, "one-that-was-given", held.Reveal())
}

func TestNoYAMLIsLeftAsItIs(t *testing.T) {
	b := newBench(t)
	require.NoError(t, os.WriteFile(b.ring.Path("feeder/waggle.yaml"), []byte("[hunter2"), 0o600))
	r := b.run(false)["configuration"]
	assert.Equal(t, step.Could, r.State)
	assert.NotContains(t, r.Text, "hunter2")
	text, err := os.ReadFile(b.ring.Path("feeder/waggle.yaml"))
	require.NoError(t, err)
	assert.Equal(t, "[hunter2", string(text))
}
