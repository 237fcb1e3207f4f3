package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
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
