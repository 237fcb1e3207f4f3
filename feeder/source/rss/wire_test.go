package rss_test

import (
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/rss"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// TestOverTheWire polls a real server through the real fetcher.
func TestOverTheWire(t *testing.T) {
	limited := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case limited:
			w.Header().Set("Retry-After", "120")
			http.Error(w, "slow down", http.StatusTooManyRequests)
		case r.Header.Get("If-None-Match") == `"v1"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			w.Header().Set("ETag", `"v1"`)
			w.Header().Set("Cache-Control", "max-age=600")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(one("a"))
			_ = z.Close()
		}
	}))
	t.Cleanup(server.Close)
	client, err := fetch.New(fetch.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	require.NoError(t, err)
	feed, err := rss.New(source.Spec{Name: "lab", Kind: "rss", URL: server.URL + "/feed?token=s3cret", Every: time.Hour, Article: source.ArticleAuto, Key: source.KeyGUID}, client)
	require.NoError(t, err)

	first, err := feed.Poll(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, first.Posts, 1)
	assert.Equal(t, 10*time.Minute, first.Wait)

	second, err := feed.Poll(t.Context(), first.Cursor)
	require.NoError(t, err)
	assert.True(t, second.NotModified)
	assert.Equal(t, first.Cursor, second.Cursor)

	limited = true
	_, err = feed.Poll(t.Context(), first.Cursor)
	require.ErrorIs(t, err, upstream.RateLimited)
	var failure *upstream.Error
	require.ErrorAs(t, err, &failure)
	assert.Equal(t, 2*time.Minute, failure.RetryAfter)
	assert.NotContains(t, err.Error(), "s3cret")
}
