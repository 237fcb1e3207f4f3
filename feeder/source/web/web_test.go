package web_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/feeder/source/sourcetest"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	listPage = "https://vendor.example.com/advisories"
	mapAt    = "https://lab.example.com/sitemap.xml"
)

func spec(url string, find source.Selector) source.Spec {
	s := sourcetest.Spec("web", url)
	s.Select = find
	return s
}

func TestAListBecomesPosts(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Pages(map[string]string{listPage: sourcetest.File(t, "list.html")})
		find := source.Selector{Item: "li.advisory", Title: "h3", Date: "time, .date", Text: "p.lead", Match: "/advisory/"}
		batch, err := sourcetest.New(t, spec(listPage, find), site).Poll(t.Context(), nil)
		require.NoError(t, err)
		sourcetest.Golden(t, "list.golden.json", batch)
	})
}

func TestALinkThatIsTheItem(t *testing.T) {
	site := sourcetest.Always(`<a class="post" href="/a">First <time datetime="2026-11-19">x</time></a><a class="post" href="/b">Second</a>`)
	batch, err := sourcetest.New(t, spec(listPage, source.Selector{Item: "a.post", Link: "a.post"}), site).Poll(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, batch.Posts, 2)
	assert.Equal(t, "https://vendor.example.com/a", batch.Posts[0].URL)
	assert.Equal(t, "Second", batch.Posts[1].Title)
}

func TestASitemapBecomesPosts(t *testing.T) {
	sourcetest.AtNow(t, func(t *testing.T) {
		site := sourcetest.Pages(map[string]string{mapAt: sourcetest.File(t, "sitemap.xml")})
		batch, err := sourcetest.New(t, spec(mapAt, source.Selector{Match: "/blog/"}), site).Poll(t.Context(), nil)
		require.NoError(t, err)
		sourcetest.Golden(t, "sitemap.golden.json", batch)
	})
}

func TestAnIndexOfSitemaps(t *testing.T) {
	const index = `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
		<sitemap><loc>https://lab.example.com/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
		<sitemap><loc>https://lab.example.com/new.xml</loc><lastmod>2026-11-19</lastmod></sitemap>
		<sitemap><loc>https://evil.example/x.xml</loc><lastmod>2026-11-20</lastmod></sitemap>
		<sitemap><loc>https://lab.example.com/gone.xml</loc></sitemap></sitemapindex>`
	one := func(path string) string {
		return `<urlset><url><loc>https://lab.example.com/` + path + `</loc></url>` // breaks off
	}
	site := sourcetest.Pages(map[string]string{mapAt: index, "https://lab.example.com/old.xml": one("b"), "https://lab.example.com/new.xml": one("a")})
	batch, err := sourcetest.New(t, spec(mapAt, source.Selector{}), site).Poll(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, batch.Posts, 2)
	assert.Equal(t, []string{mapAt, "https://lab.example.com/new.xml", "https://lab.example.com/old.xml", "https://lab.example.com/gone.xml"}, site.URLs())
	assert.Contains(t, batch.Note, "a map of the index could not be read")
}

func TestAWatchedPage(t *testing.T) {
	text := `<title>Status</title><body><nav>Menu</nav><main><p>All is well.</p><p>Version 4.1</p></main></body>`
	site := &sourcetest.Site{Answer: func(fetch.Request) (*fetch.Response, error) {
		return &fetch.Response{Body: []byte(text), ContentType: "text/html"}, nil
	}}
	s := sourcetest.New(t, spec("https://vendor.example.com/status", source.Selector{Text: "main"}), site)
	first, err := s.Poll(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, first.Posts, "what the page said before is no news")
	assert.Equal(t, "watched from now on: 2 lines", first.Note)

	same, err := s.Poll(t.Context(), first.Cursor)
	require.NoError(t, err)
	assert.True(t, same.NotModified)
	assert.JSONEq(t, string(first.Cursor), string(same.Cursor))

	text = strings.Replace(text, "<p>Version 4.1</p>", "<p>Version 4.2</p><p>CVE-2026-90001 is fixed.</p>", 1)
	text = strings.Replace(text, "Menu", "Other menu", 1)
	changed, err := s.Poll(t.Context(), first.Cursor)
	require.NoError(t, err)
	require.Len(t, changed.Posts, 1)
	assert.Equal(t, "New on Status", changed.Posts[0].Title)
	assert.Equal(t, "Version 4.2\nCVE-2026-90001 is fixed.", changed.Posts[0].Content)

	text = strings.Replace(text, "All is well.", "", 1) // lines that go are no news
	gone, err := s.Poll(t.Context(), changed.Cursor)
	require.NoError(t, err)
	assert.True(t, gone.NotModified)

	text = "<title>Just a moment...</title><body>Checking your browser</body>"
	_, err = s.Poll(t.Context(), gone.Cursor)
	require.ErrorIs(t, err, upstream.Failure)
}

func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		find source.Selector
		says string
	}{
		"nothing is found":    {"<p>moved</p>", source.Selector{Item: "li.advisory"}, "select.item finds nothing on the page"},
		"nothing in it":       {"<ul><li>x</ul>", source.Selector{Item: "li"}, "holds neither link nor text"},
		"a check for robots":  {"<html><title>Just a moment...</title>", source.Selector{Item: "li"}, "a check for robots"},
		"only elements":       {strings.Repeat("<li>", 201_000), source.Selector{Item: "li"}, "at most 200000 are read"},
		"no text to watch":    {"<script>x</script>", source.Selector{}, "there is no text to watch"},
		"an empty sitemap":    {"<urlset></urlset>", source.Selector{}, "lists no addresses"},
		"an index of nothing": {"<sitemapindex><sitemap><loc>https://evil.example/x</loc></sitemap></sitemapindex>", source.Selector{}, "lists no addresses"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := sourcetest.New(t, spec(listPage, c.find), sourcetest.Always(c.body)).Poll(t.Context(), nil)
			require.ErrorIs(t, err, upstream.Failure)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

func TestFaults(t *testing.T) {
	for says, find := range map[string]source.Selector{
		"item is no CSS selector":   {Item: "li["},
		"match is no pattern (RE2)": {Match: "("},
		"looked for within item":    {Title: "h3"},
	} {
		_, err := kinds.New(spec(listPage, find), nil)
		assert.ErrorContains(t, err, says)
	}
}

func TestFloods(t *testing.T) {
	var list, sitemap strings.Builder
	sitemap.WriteString("<urlset>")
	for i := range 20_000 {
		fmt.Fprintf(&list, `<li><a href="/%d">Post %d</a></li>`, i, i)
		fmt.Fprintf(&sitemap, `<url><loc>https://lab.example.com/%d</loc></url>`, i)
	}
	for name, body := range map[string]string{"list": list.String(), "sitemap": sitemap.String()} {
		t.Run(name, func(t *testing.T) {
			batch, err := sourcetest.New(t, spec(mapAt, source.Selector{Item: "li"}), sourcetest.Always(body)).Poll(t.Context(), nil)
			require.NoError(t, err)
			assert.Len(t, batch.Posts, 500)
		})
	}
}

func FuzzPoll(f *testing.F) {
	f.Add(sourcetest.File(f, "list.html"), "li.advisory")
	f.Add(sourcetest.File(f, "sitemap.xml"), "")
	f.Fuzz(func(t *testing.T, body, item string) {
		s, err := kinds.New(spec(mapAt, source.Selector{Item: item, Text: "p"}), sourcetest.Always(body))
		if err != nil {
			return // no selector
		}
		first, err := s.Poll(t.Context(), nil)
		sourcetest.Sound(t, first, err)
		second, err := s.Poll(t.Context(), []byte(`{"lines":["000000000000"]}`))
		sourcetest.Sound(t, second, err)
	})
}
