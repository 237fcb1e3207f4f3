package web

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestThreats(t *testing.T) {
	store := filled()
	o := Options{Store: store, Profile: "small-business"}
	doc := open(t, o, "/threats")
	assert.Equal(t, now.AddDate(0, 0, -7), store.storyQuery.Since)
	assert.Equal(t, "Threats of the last 7 days", text(doc.Find("h1")))
	assert.Equal(t, "2 threats ask you to act now, 1 should be checked this week. 55 posts from 4 sources were read.", text(doc.Find(".threats > .lede")))
	first := doc.Find(".threat").First()
	assert.Equal(t, "/story/"+store.stories[0].ID, first.Find("h3 a").AttrOr("href", ""))
	assert.Contains(t, text(first), "Fix CVE-2026-90417 in Contoso VPN. (by Fri 27 November 2026, in 4 days)")
	assert.Contains(t, text(first), "Names Contoso VPN, which you use.")

	open(t, o, "/threats?since=30d")
	assert.Equal(t, now.AddDate(0, 0, -30), store.storyQuery.Since)
	assert.Equal(t, http.StatusBadRequest, ask(o, "/threats?since=2030-01-01").Code)
	assert.Equal(t, http.StatusBadRequest, ask(o, "/threats?text=x").Code)
}

func TestQuietThreats(t *testing.T) {
	doc := open(t, Options{Store: &fake{sources: filled().sources[:1], days: []waggle.Day{{Posts: 9}}}}, "/threats")
	assert.Contains(t, text(doc.Find(".lede.calm")), "Nothing that matters to you was told in the last 7 days. There is nothing to do.")
}

func TestFeedsOfThreats(t *testing.T) {
	store := filled()
	for path, kind := range map[string]string{"/feeds/threats.rss": "application/rss+xml; charset=utf-8", "/feeds/threats.json": "application/feed+json; charset=utf-8"} {
		w := ask(Options{Store: store}, path)
		assert.Equal(t, kind, w.Header().Get("Content-Type"))
		assert.Contains(t, w.Body.String(), "http://127.0.0.1:8787/story/"+store.stories[0].ID)
	}
	store.err = assert.AnError
	assert.Equal(t, http.StatusInternalServerError, ask(Options{Store: store}, "/feeds/threats.rss").Code)
}
