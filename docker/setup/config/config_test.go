package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func load(t *testing.T, file string, environment ...string) (*Settings, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
	return Load(path, environment)
}

func TestDefaults(t *testing.T) {
	s, err := Load(filepath.Join(t.TempDir(), "missing"), nil)
	require.NoError(t, err)
	assert.Equal(t, "waggle.local", s.Domain)
	assert.Equal(t, "http://thehive:9000", s.TheHive.Inside)
	assert.True(t, s.MISP.Used())
	assert.True(t, s.MISP.AnyCertificate)
	assert.False(t, s.TheHive.AnyCertificate)
	assert.Equal(t, []string{"The Botvrij.eu Data"}, s.MISPFeeds)
}

func TestEnvironmentWins(t *testing.T) {
	s, err := load(t, "ORGANISATION='Example & Sons'\nCORTEX_URL=none\nTHEHIVE_ADMIN_KEY=of-the-file\nWAGGLE_ABUSECH_KEY=k\n",
		"THEHIVE_ADMIN_KEY=of-the-environment", "ORGANISATION=", "MISP_FEEDS=none", "MISP_ANY_CERTIFICATE=true", "SETUP_KEYS=/srv/keys")
	require.NoError(t, err)
	assert.Equal(t, "Example & Sons", s.Organisation)
	assert.Equal(t, "example-sons.local", s.Domain)
	assert.Equal(t, "of-the-environment", s.TheHive.Key.Reveal())
	assert.False(t, s.Cortex.Used())
	assert.Empty(t, s.MISPFeeds)
	assert.True(t, s.MISP.AnyCertificate)
	assert.Equal(t, "k", s.Value("WAGGLE_ABUSECH_KEY"))
	assert.Equal(t, "/srv/keys", s.Keys)
}

// What is wrong is named, and its value is not told: it may be a key in the
// wrong line.
func TestWrong(t *testing.T) {
	for name, test := range map[string]struct{ file, want string }{
		"address":         {"THEHIVE_URL=hunter2", "THEHIVE_URL"},
		"user in address": {"MISP_INSIDE=https://me:hunter2@misp", "MISP_INSIDE"},
		"boolean":         {"MISP_ANY_CERTIFICATE=hunter2", "MISP_ANY_CERTIFICATE"},
		"purpose":         {"MISP_PURPOSE=hunter2", "MISP_PURPOSE"},
		"uid":             {"SETUP_OWNER=hunter2", "SETUP_OWNER"},
		"authorities":     {"SETUP_CA=missing.pem", "SETUP_CA"},
		"organisation":    {"ORGANISATION=cortex", "ORGANISATION"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, test.file)
			require.ErrorContains(t, err, test.want)
			assert.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// The stack's servers have other names for each other; other servers have one.
func TestInside(t *testing.T) {
	s, err := load(t, "THEHIVE_URL=https://thehive.example.com\nMISP_URL=https://misp.example.com\nMISP_INSIDE=https://misp.internal.example.com\nCORTEX_URL=http://127.0.0.1:9001")
	require.NoError(t, err)
	assert.Equal(t, "https://thehive.example.com", s.TheHive.Inside)
	assert.Equal(t, "https://misp.internal.example.com", s.MISP.Inside)
	assert.False(t, s.MISP.AnyCertificate)
	assert.Equal(t, "http://cortex:9001", s.Cortex.Inside)
}

// An address of this machine alone leads nowhere from a container.
func TestInsideOfThisMachine(t *testing.T) {
	for name, c := range map[string]struct{ url, inside string }{
		"by name":            {"http://localhost:9000", "http://thehive:9000"},
		"with a slash":       {"http://127.0.0.1:9000/", "http://thehive:9000"},
		"another loopback":   {"http://127.0.93.7:9000", "http://thehive:9000"},
		"by IPv6":            {"http://[::1]:9000", "http://thehive:9000"},
		"another port":       {"http://127.0.0.1:19000", "http://127.0.0.1:19000"},
		"a path":             {"http://127.0.0.1:9000/thehive", "http://127.0.0.1:9000/thehive"},
		"by TLS":             {"https://127.0.0.1:9000", "https://127.0.0.1:9000"},
		"of another machine": {"http://192.0.2.7:9000", "http://192.0.2.7:9000"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := load(t, "THEHIVE_URL="+c.url)
			require.NoError(t, err)
			assert.Equal(t, c.inside, s.TheHive.Inside)
		})
	}
}
