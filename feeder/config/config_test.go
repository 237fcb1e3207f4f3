package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/feeder/source"
)

func TestExampleLoadsAndHoldsTheDefaults(t *testing.T) {
	c, err := config.Load("waggle.example.yaml")
	require.NoError(t, err)
	plain, err := config.Load("")
	require.NoError(t, err)

	assert.Equal(t, plain.Listen, c.Listen)
	assert.Equal(t, plain.Profile, c.Profile)
	assert.Equal(t, plain.Since, c.Since)
	assert.Equal(t, plain.Window, c.Window)
	assert.Equal(t, plain.Database, c.Database)
	assert.False(t, c.TheHive.Used())
	assert.True(t, c.TheHive.AddToCases)
	require.Len(t, c.Sources, len(plain.Sources)+1)
	assert.Equal(t, source.Spec{
		Name: "example-blog", Kind: "rss", URL: "https://blog.example.com/feed.xml", Every: 30 * time.Minute,
		Article: source.ArticleAuto, Tags: []string{"example"}, TLP: 2, PAP: 2, Key: source.KeyGUID, Group: "Examples",
	}, c.Sources[len(c.Sources)-1])
}

func TestLoadWithoutFile(t *testing.T) {
	c, err := config.Load("")
	require.NoError(t, err)
	assert.Equal(t, "data/waggle.db", c.Database)
	assert.Equal(t, "127.0.0.1:8787", c.Listen)
	assert.Equal(t, "small-business", c.Needs.Name)
	assert.GreaterOrEqual(t, len(c.Sources), 20)
}

func TestLoadOfAMissingFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "waggle.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestLoadOfAFullFile(t *testing.T) {
	c, err := config.Load("testdata/valid-full.yml")
	require.NoError(t, err)
	assert.Equal(t, "/var/lib/waggle/waggle.db", c.Database)
	assert.Equal(t, "[::1]:9000", c.Listen)
	assert.Equal(t, 24*time.Hour, c.Since)
	assert.Equal(t, 168*time.Hour, c.Window)
	assert.Equal(t, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("10.1.2.3/32")}, c.AllowNetworks)
	assert.Equal(t, "https://thehive.example.com/hive", c.TheHive.URL)
	assert.Equal(t, "thehive-s3cret", c.TheHive.Key.Reveal())
	assert.Equal(t, "Example", c.TheHive.Organisation)
	assert.False(t, c.TheHive.AddToCases)
	assert.Equal(t, "cortex-s3cret", c.Cortex.Key.Reveal())
	assert.True(t, c.MISP.Used())
	require.Len(t, c.Sources, 2)
	assert.Equal(t, source.Spec{
		Name: "lab", Kind: "rss", URL: "https://lab.example.com/feed", Every: time.Hour, Article: source.ArticleAlways,
		Tags: []string{"lab"}, TLP: 1, PAP: 1, Weight: 5, Key: source.KeyLink, Group: "Ours",
	}, c.Sources[0])
}

// TestInvalidFiles wants each of them refused with file, line and what is
// wrong, and no secret.
func TestInvalidFiles(t *testing.T) {
	want := map[string]string{
		"unknown-key":            `:3: unknown key "lisen"`,
		"unknown-key-in-source":  `:4: unknown key "artcile"`,
		"unknown-key-in-thehive": `:3: unknown key "org"`,
		"duplicate-key":          `:3: `,
		"duplicate-source":       `:4: two sources are called "lab"`,
		"duration":               `:1: expected a duration such as 30m or 72h, got "3 days"`,
		"duration-negative":      `:2: a time span is between 0s and 87600h`,
		"every-too-often":        `:4: source "lab": every must be between 1m and 168h`,
		"source-without-url":     `:2: source "lab": a source needs an address`,
		"source-without-name":    `:2: source "": a source needs a name`,
		"source-scheme":          `:4: source "lab": a source needs an address`,
		"source-password":        `:3: source "lab": a source needs an address`,
		"source-kind":            `:4: source "lab": no kind of source is called "pigeon": there is `,
		"source-key":             `:4: source "lab": a source of kind rss takes no accounts`,
		"source-token-twice":     `:6: source "lab": token and token_file are both set`,
		"source-select":          `:5: source "lab": item is no CSS selector`,
		"source-null":            `:2: an empty list item`,
		"source-weight":          `:2: source "lab": weight is between -20 and 20`,
		"source-tlp":             `:4: expected a whole number, got "amber"`,
		"sources-map":            `:2: expected a list`,
		"sources-only":           `:1: sources_only leaves the profile's sources out`,
		"listen":                 `:1: listen is host:port`,
		"listen-port":            `:1: listen: "99999" is no port`,
		"database":               `:1: database is the path of a SQLite file`,
		"network":                `:3: "internal" is no network`,
		"thehive-url":            `:2: url must begin with http:// or https://`,
		"thehive-url-with-key":   `:2: url must not hold a user or password`,
		"misp-url-query":         `:2: url must end with the path`,
		"key-twice":              `:2: key and key_file are both set`,
		"key-file-missing":       `:2: key_file:`,
		"key-as-list":            `:2: expected a text`,
		"server-as-text":         `:1: expected keys with values`,
		"profile":                `no profile "medium-business" is shipped: use healthcare, msp, small-business`,
		"profile-file":           `no-such-profile.yaml: no such file`,
		"yaml":                   `invalid-yaml.yml:`,
		"two-documents":          `more than one YAML document`,
	}
	files, err := filepath.Glob("testdata/invalid-*.yml")
	require.NoError(t, err)
	require.Len(t, files, len(want))
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "invalid-"), ".yml")
		t.Run(name, func(t *testing.T) {
			c, err := config.Load(file)
			require.Error(t, err)
			assert.Nil(t, c)
			require.NotEmpty(t, want[name], "say what this file's error is")
			assert.Contains(t, err.Error(), want[name])
			assert.NotContains(t, err.Error(), "s3cret")
			if strings.HasPrefix(want[name], ":") {
				assert.True(t, strings.HasPrefix(err.Error(), file+":"), err.Error())
			}
		})
	}
}

func TestTheEnvironmentWins(t *testing.T) {
	keyFile := write(t, "key", "from-a-file\n")
	for name, value := range map[string]string{
		"WAGGLE_DATABASE": "elsewhere.db", "WAGGLE_LISTEN": "127.0.0.1:1", "WAGGLE_SINCE": "1h", "WAGGLE_WINDOW": "2h",
		"WAGGLE_ALLOW_NETWORKS": "192.0.2.0/24, 198.51.100.7", "WAGGLE_THEHIVE_URL": "http://127.0.0.1:9000/", "WAGGLE_THEHIVE_KEY": "env-s3cret",
		"WAGGLE_THEHIVE_ORG": "Other", "WAGGLE_CORTEX_KEY_FILE": keyFile, "WAGGLE_MISP_URL": "", "WAGGLE_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	c, err := config.Load("testdata/valid-full.yml")
	require.NoError(t, err)
	assert.Equal(t, "elsewhere.db", c.Database)
	assert.Equal(t, "127.0.0.1:1", c.Listen)
	assert.Equal(t, time.Hour, c.Since)
	assert.Equal(t, 2*time.Hour, c.Window)
	assert.Equal(t, []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.7/32")}, c.AllowNetworks)
	assert.Equal(t, config.Server{URL: "http://127.0.0.1:9000", Key: secret.New("env-s3cret"), Organisation: "Other"}, c.TheHive.Server)
	assert.Equal(t, "from-a-file", c.Cortex.Key.Reveal())
	assert.Equal(t, "http://cortex.example.com:9001", c.Cortex.URL, "the file's, since the environment has none")
	assert.Equal(t, "https://misp.example.com", c.MISP.URL, "an empty variable is not set")
	assert.Equal(t, "small-business", c.Profile)
}

func TestInvalidEnvironment(t *testing.T) {
	empty := write(t, "empty", " \n")
	for name, c := range map[string]struct{ variable, value, want string }{
		"listen":      {"WAGGLE_LISTEN", "8787", "WAGGLE_LISTEN: listen is host:port"},
		"since":       {"WAGGLE_SINCE", "soon", `WAGGLE_SINCE: expected a duration such as 30m or 72h, got "soon"`},
		"window":      {"WAGGLE_WINDOW", "-5h", "WAGGLE_WINDOW: expected a duration"},
		"days":        {"WAGGLE_KEEP_DAYS", "a year", `WAGGLE_KEEP_DAYS: expected a number of days such as 365`},
		"days ago":    {"WAGGLE_KEEP_DAYS", "-1", `WAGGLE_KEEP_DAYS: expected a number of days such as 365`},
		"networks":    {"WAGGLE_ALLOW_NETWORKS", "10.0.0.0/8,home", `WAGGLE_ALLOW_NETWORKS: "home" is no network`},
		"url":         {"WAGGLE_THEHIVE_URL", "https://u:s3cret@thehive.example.com", "WAGGLE_THEHIVE_URL: url must not hold"},
		"database":    {"WAGGLE_DATABASE", "mysql://u:s3cret@db/waggle", "WAGGLE_DATABASE: database is the path"},
		"profile":     {"WAGGLE_PROFILE", "tiny", `no profile "tiny"`},
		"no key file": {"WAGGLE_MISP_KEY_FILE", "/no/such/file", "WAGGLE_MISP_KEY_FILE: "},
		"empty file":  {"WAGGLE_CORTEX_KEY_FILE", empty, "is empty"},
		"no key":      {"WAGGLE_MISP_URL", "https://misp.example.com", "misp has a url and no key: name a file that holds it as key_file under misp, or in WAGGLE_MISP_KEY_FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(c.variable, c.value)
			_, err := config.Load("")
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
	t.Run("key and file", func(t *testing.T) {
		t.Setenv("WAGGLE_MISP_KEY", "s3cret")
		t.Setenv("WAGGLE_MISP_KEY_FILE", empty)
		_, err := config.Load("")
		assert.EqualError(t, err, "WAGGLE_MISP_KEY and WAGGLE_MISP_KEY_FILE are both set: keep one")
	})
}

func TestPathsStartFromTheFile(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"waggle.yaml": "database: data/x.db\nprofile: ./ours.yaml\nthehive: {url: 'https://thehive.example.com', key_file: key}\n",
		"ours.yaml":   "name: ours\nsources:\n- {name: lab, url: 'https://lab.example.com/feed'}\n",
		"key":         "k3y",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	c, err := config.Load(filepath.Join(folder, "waggle.yaml"))
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(folder, "data/x.db"), c.Database)
	assert.Equal(t, "ours", c.Needs.Name)
	assert.Equal(t, "k3y", c.TheHive.Key.Reveal())
	require.Len(t, c.Sources, 1)
}

// TestTokensOfSources: a token's file starts from the YAML file's folder, and
// the token is in nothing that is printed or stored.
func TestTokensOfSources(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"waggle.yaml": "sources_only: true\nsources:\n- {name: a, kind: x, accounts: [lab], token_file: x-token}\n- {name: b, kind: mastodon, url: 'https://social.example.net/@lab', token: 0ther-s3cret}\n- {name: c, kind: kev}\n",
		"x-token":     "x-s3cret\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
	}
	c, err := config.Load(filepath.Join(folder, "waggle.yaml"))
	require.NoError(t, err)
	require.Len(t, c.Sources, 3)
	assert.Equal(t, "x-s3cret", c.Sources[0].Token.Reveal())
	assert.Equal(t, "0ther-s3cret", c.Sources[1].Token.Reveal())
	assert.Equal(t, "https://api.x.com", c.Sources[0].URL, "the kind's own address")
	assert.Contains(t, c.Sources[2].URL, "https://www.cisa.gov/")
	asJSON, err := json.Marshal(c.Sources)
	require.NoError(t, err)
	for _, text := range []string{string(asJSON), fmt.Sprintf("%+v %#v", c.Sources, c.Sources)} {
		assert.NotContains(t, text, "s3cret")
	}
	var again []source.Spec
	require.NoError(t, json.Unmarshal(asJSON, &again), "as the store reads it back")
}

func TestTheProfilesSourcesAreChecked(t *testing.T) {
	profile := write(t, "ours.yaml", "name: ours\nsources:\n- {name: lab, url: 'https://lab.example.com/feed', evry: 1h}\n")
	t.Setenv("WAGGLE_PROFILE", profile)
	_, err := config.Load("")
	assert.EqualError(t, err, profile+`:3: unknown key "evry": is it "every" that is meant?`)
}

func TestOwnSourcesTakeTheirNamesPlace(t *testing.T) {
	profile := write(t, "ours.yaml", "name: ours\nsources:\n- {name: a, url: 'https://a.example.com/'}\n- {name: b, url: 'https://b.example.com/'}\n")
	path := write(t, "waggle.yaml", "profile: "+profile+"\nsources:\n- {name: c, url: 'https://c.example.com/'}\n- {name: a, url: 'https://other.example.com/'}\n")
	c, err := config.Load(path)
	require.NoError(t, err)
	var got []string
	for _, s := range c.Sources {
		got = append(got, s.Name+" "+s.URL)
	}
	assert.Equal(t, []string{"a https://other.example.com/", "b https://b.example.com/", "c https://c.example.com/"}, got)
}

func TestNoSecretIsPrinted(t *testing.T) {
	c, err := config.Load("testdata/valid-full.yml")
	require.NoError(t, err)
	asJSON, err := json.Marshal(c.TheHive)
	require.NoError(t, err)
	asYAML, err := yaml.Marshal(c.TheHive)
	require.NoError(t, err)
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("configured", "server", c.TheHive, "key", c.TheHive.Key)
	for how, text := range map[string]string{
		"%v": fmt.Sprintf("%v", c.TheHive), "%+v": fmt.Sprintf("%+v", c.TheHive), "%#v": fmt.Sprintf("%#v", c.TheHive),
		"%q": fmt.Sprintf("%q", c.TheHive.Key), "%x": fmt.Sprintf("%x", c.TheHive.Key),
		"%v of a pointer": fmt.Sprintf("%v", &c.TheHive.Key), "all of it": fmt.Sprintf("%+v", *c),
		"JSON": string(asJSON), "YAML": string(asYAML), "log": log.String(),
	} {
		assert.NotContains(t, text, "thehive-s3cret", how)
		assert.NotContains(t, text, fmt.Sprintf("%x", "thehive-s3cret"), how)
	}
	assert.Empty(t, secret.Text{}.String())
	assert.False(t, secret.Text{}.Set())
}

func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yml")
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	path := filepath.Join(f.TempDir(), "waggle.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		require.NoError(t, os.WriteFile(path, data, 0o600))
		c, err := config.Load(path)
		if err == nil && (c.Listen == "" || c.Needs == nil) {
			t.Fatalf("half a configuration: %+v", c)
		}
	})
}

func TestSourcesOfAProfileThatExtendsAnother(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	own := "sources:\n- {name: ours, url: \"https://ours.example/feed\"}\n"
	main := write("waggle.yaml", "profile: ./ours.yaml\n")
	write("ours.yaml", "name: ours\nextends: msp\n"+own)
	c, err := config.Load(main)
	require.NoError(t, err)
	assert.Greater(t, len(c.Sources), 30, "those of small-business, on which msp builds")
	assert.Equal(t, "ours", c.Sources[len(c.Sources)-1].Name)

	write("ours.yaml", "name: ours\nextends: msp\nreplace: [sources]\n"+own)
	c, err = config.Load(main)
	require.NoError(t, err)
	assert.Len(t, c.Sources, 1)
}
