package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/analyzers/feedlookup"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
)

const lookupToken = "inventedPageToken0123456789"

// TestTheAnalyzerLooksUpWhatTheFeederRead: a feeder reads the demonstration's
// posts, and the analyzer asks its page server.
func TestTheAnalyzerLooksUpWhatTheFeederRead(t *testing.T) {
	page := startWithToken(t)
	const told = "hxxps://kx7-invoice-portal-9f2[.]top/m365/login"
	require.Eventually(t, func() bool {
		return lookUp(t, page, lookupToken, "url", told).Get("full.found").Bool()
	}, time.Minute, 50*time.Millisecond)

	for name, c := range map[string]struct {
		dataType, data string
		value, level   string
		readAs         string
	}{
		"a URL that a story warns of":       {"url", told, "https://kx7-invoice-portal-9f2.top/m365/login", "suspicious", ""},
		"a host that stands in URLs":        {"domain", "kx7-invoice-portal-9f2.top", "kx7-invoice-portal-9f2.top", "suspicious", "https://kx7-invoice-portal-9f2.top/m365/login"},
		"a host by itself, in capitals":     {"domain", "COLLECT-3D81-panel.xyz", "collect-3d81-panel.xyz", "suspicious", ""},
		"what no post has":                  {"ip", "198.51.100.99", "198.51.100.99", "info", ""},
		"what begins like something it has": {"domain", "collect-3d81-panel.xyz.example.com", "collect-3d81-panel.xyz.example.com", "info", ""},
	} {
		t.Run(name, func(t *testing.T) {
			report := lookUp(t, page, lookupToken, c.dataType, c.data)
			require.True(t, report.Get("success").Bool(), report)
			full := report.Get("full")
			assert.Equal(t, c.value, full.Get("value").String())
			assert.Equal(t, c.level, full.Get("level").String())
			if !full.Get("found").Bool() {
				assert.Equal(t, "info", c.level)
				return
			}
			assert.Equal(t, c.readAs, full.Get("posts.0.read_as").String())
			assert.Contains(t, []string{"Harbour Lab (demo)", "Field Notes (demo)"}, full.Get("posts.0.source").String())
			assert.NotEmpty(t, full.Get("posts.0.published").String())
			assert.Equal(t, "story", full.Get("posts.0.fate").String())
			assert.Contains(t, full.Get("stories.0.link").String(), page+"story/")
			_, err := time.Parse(time.RFC3339, full.Get("first_read").String())
			assert.NoError(t, err)
		})
	}

	refused := lookUp(t, page, "another token, of the same length", "domain", "collect-3d81-panel.xyz")
	assert.False(t, refused.Get("success").Bool())
	assert.Contains(t, refused.Get("errorMessage").String(), "WAGGLE_PAGE_TOKEN")
}

// startWithToken runs a feeder over the demonstration's posts, with a page that
// asks for a token, and gives the page's address.
func startWithToken(t *testing.T) string {
	t.Helper()
	blogs, err := serveDemo()
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, blogs.Close()) })
	c, err := demoConfig(blogs.address, t.TempDir(), "127.0.0.1:0")
	require.NoError(t, err)
	c.Page.Token = secret.New(lookupToken)
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- serve(ctx, c, slog.New(slog.DiscardHandler), func(page string) { ready <- page })
	}()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	select {
	case page := <-ready:
		return page
	case err := <-ended:
		ended <- err
		require.NoError(t, err, "the feeder ended")
		return ""
	}
}

// lookUp runs the analyzer as Cortex does, and gives its report.
func lookUp(t *testing.T, page, token, dataType, data string) gjson.Result {
	t.Helper()
	folder := cortextest.NewFolder(t)
	input, err := json.Marshal(map[string]any{"dataType": dataType, "data": data, "tlp": 2, "pap": 2, "message": "", "parameters": map[string]any{},
		"config": map[string]any{"url": page, "token": token}})
	require.NoError(t, err)
	cortextest.WriteInput(t, folder, "input.json", input)
	require.NoError(t, feedlookup.Analyzer.Run(t.Context(), folder, cortex.Surroundings{Stderr: t.Output(), Getenv: func(string) string { return "" }}))
	return cortextest.AcceptFolder(t, folder)
}
