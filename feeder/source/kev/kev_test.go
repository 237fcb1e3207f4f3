package kev_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source/kev"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

func TestVulnerabilitiesBecomePosts(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Pages(map[string]string{kev.URL: sourcetest.File(t, "catalog.json")})
		batch, err := sourcetest.New(t, sourcetest.Spec("kev", ""), site).Poll(t.Context(), nil)
		require.NoError(t, err)
		sourcetest.Golden(t, "posts.golden.json", batch)
	})
}

func TestTheCatalogIsAskedForConditionally(t *testing.T) {
	site := &sourcetest.Site{Answer: func(r fetch.Request) (*fetch.Response, error) {
		if r.ETag == `"v1"` {
			return &fetch.Response{Status: 304, NotModified: true, MaxAge: time.Hour}, nil
		}
		return &fetch.Response{Body: []byte(sourcetest.File(t, "catalog.json")), ETag: `"v1"`}, nil
	}}
	s := sourcetest.New(t, sourcetest.Spec("kev", ""), site)
	first, err := s.Poll(t.Context(), json.RawMessage("{"))
	require.NoError(t, err)
	second, err := s.Poll(t.Context(), first.Cursor)
	require.NoError(t, err)
	assert.True(t, second.NotModified)
	assert.Equal(t, first.Cursor, second.Cursor)
	assert.Equal(t, time.Hour, second.Wait)
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		site *sourcetest.Site
		says string
	}{
		"a check for robots": {sourcetest.Always("<html><title>Access Denied</title>"), "a check for robots"},
		"an empty catalog":   {sourcetest.Always(`{"vulnerabilities":[]}`), "lists no vulnerabilities"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sourcetest.New(t, sourcetest.Spec("kev", ""), c.site).Poll(t.Context(), nil)
			require.ErrorIs(t, err, upstream.Failure)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestAFlagThatIsRaisedLaterIsNews(t *testing.T) {
	ids := func(text string) (out []string) {
		batch, err := sourcetest.New(t, sourcetest.Spec("kev", ""), sourcetest.Always(text)).Poll(t.Context(), nil)
		require.NoError(t, err)
		for _, p := range batch.Posts {
			out = append(out, p.ID)
		}
		return out
	}
	catalog := sourcetest.File(t, "catalog.json")
	assert.Equal(t, []string{"CVE-2026-90001 ransomware", "CVE-2026-90002"}, ids(catalog))
	assert.Equal(t, []string{"CVE-2026-90001 ransomware", "CVE-2026-90002 ransomware"}, ids(strings.Replace(catalog, `"Unknown"`, `"Known"`, 1)))
}

func FuzzPoll(f *testing.F) {
	f.Add(sourcetest.File(f, "catalog.json"))
	f.Fuzz(func(t *testing.T, body string) {
		batch, err := sourcetest.New(t, sourcetest.Spec("kev", ""), sourcetest.Always(body)).Poll(t.Context(), nil)
		sourcetest.Sound(t, batch, err)
	})
}
