package discover_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source/discover"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	feed    = `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>Inside Moth</title><pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>`
	older   = `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>A comment</title><pubDate>Thu, 12 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>`
	page    = `<!doctype html><title>Lab</title>`
	sitemap = `<urlset><url><loc>https://lab.example.com/moth</loc><lastmod>2026-11-19</lastmod></url></urlset>`
	channel = `<div class="tgme_widget_message" data-post="examplelab/1"><div class="js-message_text">Moth</div></div>`
)

func TestLook(t *testing.T) {
	for name, c := range map[string]struct {
		address string
		pages   map[string]string
		found   []string
	}{
		"the feed itself": {"https://lab.example.com/feed", map[string]string{"https://lab.example.com/feed": feed}, []string{"rss https://lab.example.com/feed Inside Moth"}},
		"named by the page": {"lab.example.com", map[string]string{
			"https://lab.example.com":               page + `<link rel="alternate" type="application/rss+xml" href="/comments.xml"><link rel="alternate" type="application/rss+xml" href="/news.xml"><link rel=alternate hreflang=de href=/de>`,
			"https://lab.example.com/news.xml":      feed,
			"https://lab.example.com/comments.xml":  older,
			"https://lab.example.com/never-reached": feed,
		}, []string{"rss https://lab.example.com/news.xml Inside Moth", "rss https://lab.example.com/comments.xml A comment"}},
		"linked": {"https://lab.example.com/", map[string]string{
			"https://lab.example.com/":            page + `<a href="/broadcast">no</a><a href="/subscribe/x">RSS</a>`,
			"https://lab.example.com/subscribe/x": feed,
		}, []string{"rss https://lab.example.com/subscribe/x Inside Moth"}},
		"where such programs put it": {"https://lab.example.com/blog", map[string]string{
			"https://lab.example.com/blog":         page,
			"https://lab.example.com/blog/rss.xml": feed,
		}, []string{"rss https://lab.example.com/blog/rss.xml Inside Moth"}},
		"a sitemap at last": {"https://lab.example.com/", map[string]string{
			"https://lab.example.com/":            page,
			"https://lab.example.com/sitemap.xml": sitemap,
		}, []string{"web https://lab.example.com/sitemap.xml moth"}},
		"an account":  {"https://t.me/examplelab", map[string]string{"https://t.me/s/examplelab": channel}, []string{"telegram https://t.me/examplelab Moth"}},
		"nothing":     {"https://lab.example.com/", map[string]string{"https://lab.example.com/": page}, nil},
		"other pages": {"https://lab.example.com/@lab", map[string]string{"https://lab.example.com/@lab": feed}, []string{"rss https://lab.example.com/@lab Inside Moth"}},
	} {
		t.Run(name, func(t *testing.T) {
			site := sourcetest.Pages(c.pages)
			found, err := discover.Look(t.Context(), site, c.address)
			require.NoError(t, err)
			var got []string
			for _, f := range found {
				got = append(got, f.Kind+" "+f.URL+" "+f.Sample)
			}
			assert.Equal(t, c.found, got)
			assert.LessOrEqual(t, len(site.Asked), 30)
		})
	}
}

func TestAnAddressThatDoesNotAnswer(t *testing.T) {
	_, err := discover.Look(t.Context(), sourcetest.Pages(nil), "lab.example.com")
	assert.ErrorIs(t, err, upstream.NotFound)
}
