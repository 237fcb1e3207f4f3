package main

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/lists"
	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func TestOurServersAreNeverBlocked(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	c := &config.Config{Needs: &relevance.Profile{}}
	c.TheHive.URL, c.Cortex.URL, c.MISP.URL = "https://TheHive.Waggle.example:9443/hive", "http://198.51.100.7:9001", "https://[2001:db8::7]"
	server, err := newBlocks(c, nil, lists.Follow(filepath.Join(t.TempDir(), lists.File), log), log)
	require.NoError(t, err)
	for value, kind := range map[string]ioc.Kind{"thehive.waggle.example": ioc.Domain, "waggle.example": ioc.Domain, "198.51.100.7": ioc.IP, "2001:db8::7": ioc.IP} {
		assert.NotEmpty(t, server.Book.Never.Refusal(kind, value), value)
	}
	assert.Empty(t, server.Book.Never.Refusal(ioc.Domain, "other.waggle.example"))
}
