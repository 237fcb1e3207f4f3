package rss_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/rss"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

var update = flag.Bool("update", false, "write the golden files anew")

// site answers every request the same.
type site struct {
	answer fetch.Response
	err    error
	asked  []fetch.Request
}

func (s *site) Get(_ context.Context, r fetch.Request) (*fetch.Response, error) {
	s.asked = append(s.asked, r)
	if s.err != nil {
		return nil, s.err
	}
	a := s.answer
	a.URL = r.URL
	return &a, nil
}

func spec() source.Spec {
	return source.Spec{
		Name: "lab", Kind: "rss", URL: "https://lab.example.com/feed/?token=s3cret", Every: time.Hour,
		Article: source.ArticleAuto, Key: source.KeyGUID,
	}
}

func poll(t *testing.T, s *site, sp source.Spec, cursor json.RawMessage) (source.Batch, error) {
	t.Helper()
	feed, err := rss.New(sp, s)
	require.NoError(t, err)
	return feed.Poll(t.Context(), cursor)
}

// TestFeeds reads each feed in testdata at a fixed time and compares with its
// golden file.
func TestFeeds(t *testing.T) {
	files, err := filepath.Glob("testdata/*[lmn]")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, ".html") || strings.HasSuffix(file, ".golden.json") {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)))
				batch, err := poll(t, &site{answer: fetch.Response{Status: 200, Body: body}}, spec(), nil)
				require.NoError(t, err)
				batch.Cursor = nil
				golden(t, strings.TrimSuffix(file, filepath.Ext(file))+".golden.json", batch)
			})
		})
	}
}

func golden(t *testing.T, file string, got any) {
	t.Helper()
	text, err := json.MarshalIndent(got, "", "  ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(file, append(text, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "run the test with -update to write it")
	assert.Equal(t, strings.TrimSpace(string(want)), string(text))
}

func TestPollIsConditional(t *testing.T) {
	s := &site{answer: fetch.Response{Status: 200, Body: one("a"), ETag: `"v1"`, LastModified: "Thu, 19 Nov 2026 10:00:00 GMT", MaxAge: time.Hour}}
	first, err := poll(t, s, spec(), nil)
	require.NoError(t, err)
	require.Len(t, first.Posts, 1)
	assert.Equal(t, time.Hour, first.Wait)

	t.Run("304", func(t *testing.T) {
		s.answer = fetch.Response{Status: 304, NotModified: true, RetryAfter: 2 * time.Hour}
		second, err := poll(t, s, spec(), first.Cursor)
		require.NoError(t, err)
		assert.True(t, second.NotModified)
		assert.Empty(t, second.Posts)
		assert.Equal(t, 2*time.Hour, second.Wait)
		assert.Equal(t, `"v1"`, s.asked[len(s.asked)-1].ETag)
		assert.Equal(t, "Thu, 19 Nov 2026 10:00:00 GMT", s.asked[len(s.asked)-1].LastModified)
		assert.JSONEq(t, string(first.Cursor), string(second.Cursor))
	})
	t.Run("200 with the same body", func(t *testing.T) {
		s.answer = fetch.Response{Status: 200, Body: one("a"), ETag: `"v2"`}
		second, err := poll(t, s, spec(), first.Cursor)
		require.NoError(t, err)
		assert.True(t, second.NotModified)
		assert.Contains(t, string(second.Cursor), "v2")
	})
	t.Run("200 with another body", func(t *testing.T) {
		s.answer = fetch.Response{Status: 200, Body: one("b")}
		second, err := poll(t, s, spec(), first.Cursor)
		require.NoError(t, err)
		assert.False(t, second.NotModified)
		assert.Len(t, second.Posts, 1)
	})
	t.Run("a cursor that cannot be read", func(t *testing.T) {
		again, err := poll(t, s, spec(), json.RawMessage("{"))
		require.NoError(t, err)
		assert.Len(t, again.Posts, 1)
	})
}

func TestPollFails(t *testing.T) {
	page := func(name string) []byte {
		body, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		return body
	}
	for name, c := range map[string]struct {
		answer fetch.Response
		err    error
		reason upstream.Reason
		want   string
	}{
		"a check for robots": {answer: fetch.Response{Status: 200, Body: page("challenge.html"), ContentType: "text/html"}, reason: upstream.Failure, want: `check for robots (its title is "Just a moment...")`},
		"a page":             {answer: fetch.Response{Status: 200, Body: page("page.html"), ContentType: "text/html"}, reason: upstream.Failure, want: `a web page, not a feed (its title is "Our blog")`},
		"nothing":            {answer: fetch.Response{Status: 200}, reason: upstream.Failure, want: "it is empty"},
		"other XML":          {answer: fetch.Response{Status: 200, Body: []byte("<?xml version='1.0'?><sitemap/>")}, reason: upstream.Failure, want: "is not a feed"},
		"other JSON":         {answer: fetch.Response{Status: 200, Body: []byte(`{"error":"gone"}`)}, reason: upstream.Failure, want: "is not a feed"},
		"bytes":              {answer: fetch.Response{Status: 200, Body: []byte("\x1f\x8b\x08\x00garbage")}, reason: upstream.Failure, want: "is not a feed"},
		"no answer":          {err: &upstream.Error{Service: "lab.example.com", Reason: upstream.Network, Message: "refused"}, reason: upstream.Network, want: "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := poll(t, &site{answer: c.answer, err: c.err}, spec(), nil)
			require.Error(t, err)
			assert.Equal(t, c.reason, upstream.ReasonOf(err))
			assert.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestKeys(t *testing.T) {
	item := func(inner string) []byte {
		return []byte(`<rss version="2.0"><channel><title>t</title>` + inner + `</channel></rss>`)
	}
	for name, c := range map[string]struct {
		key  string
		body []byte
		want string
	}{
		"guid":                         {source.KeyGUID, item("<item><guid> g1 </guid><link>https://lab.example.com/1</link></item>"), "g1"},
		"no guid: the canonical link":  {source.KeyGUID, item("<item><link>http://www.lab.example.com/1/?utm_source=x</link></item>"), "https://lab.example.com/1"},
		"link wanted":                  {source.KeyLink, item("<item><guid>g1</guid><link>https://www.lab.example.com/1/#x</link></item>"), "https://lab.example.com/1#x"},
		"neither: the title and date":  {source.KeyGUID, item("<item><title>t</title><pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate></item>"), ""},
		"content wanted":               {source.KeyContent, item("<item><guid>g1</guid><title>t</title></item>"), ""},
		"a guid of a thousand letters": {source.KeyGUID, item("<item><title>t</title><guid>" + strings.Repeat("g", 1000) + "</guid></item>"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			sp := spec()
			sp.Key = c.key
			s := &site{answer: fetch.Response{Status: 200, Body: c.body}}
			batch, err := poll(t, s, sp, nil)
			require.NoError(t, err)
			require.Len(t, batch.Posts, 1)
			again, err := poll(t, s, sp, nil)
			require.NoError(t, err)
			assert.Equal(t, batch.Posts[0].ID, again.Posts[0].ID, "stable")
			if c.want == "" {
				assert.Regexp(t, "^[0-9a-f]{32}$", batch.Posts[0].ID)
				return
			}
			assert.Equal(t, c.want, batch.Posts[0].ID)
		})
	}
}

func TestAFloodIsTakenWhole(t *testing.T) {
	var body strings.Builder
	body.WriteString(`<rss version="2.0"><channel><title>t</title>`)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10_000 {
		fmt.Fprintf(&body, "<item><guid>g%d</guid><title>t%d</title><pubDate>%s</pubDate></item>", i, i, start.Add(time.Duration(i)*time.Minute).Format(time.RFC1123Z))
	}
	body.WriteString(`</channel></rss>`)
	batch, err := poll(t, &site{answer: fetch.Response{Status: 200, Body: []byte(body.String())}}, spec(), nil)
	require.NoError(t, err)
	require.Len(t, batch.Posts, 10_000)
	assert.Equal(t, []string{"g0", "g9999", ""}, []string{batch.Posts[0].ID, batch.Posts[9999].ID, batch.Note})
}

func TestTooManyItems(t *testing.T) {
	items := func(unit string) []byte { return []byte(strings.Repeat(unit, 101_000)) }
	for name, c := range map[string]struct {
		body []byte
		want string // of the error; empty: a batch
	}{
		"RSS":  {append(append([]byte(`<rss version="2.0"><channel>`), items("<item><title>t</title></item>")...), "</channel></rss>"...), ""},
		"Atom": {append([]byte(`<feed xmlns="http://www.w3.org/2005/Atom">`), items("<entry/>")...), ""},
		"JSON": {append(append([]byte(`{"version":"https://jsonfeed.org/version/1.1","items":[`), items(`{},`)...), "{}]}"...), "more than 100,000 objects"},
	} {
		t.Run(name, func(t *testing.T) {
			batch, err := poll(t, &site{answer: fetch.Response{Status: 200, Body: c.body}}, spec(), nil)
			if c.want != "" {
				require.ErrorContains(t, err, c.want)
				return
			}
			require.NoError(t, err)
			assert.LessOrEqual(t, len(batch.Posts), 20_000)
			assert.Contains(t, batch.Note, "left out")
		})
	}
}

func TestALicenceBeforeTheRoot(t *testing.T) {
	body := append([]byte("\ufeff<?xml version=\"1.0\"?>\n<!--"+strings.Repeat(" licence ", 2000)+"-->\n<!DOCTYPE rss [<!ENTITY x \"y>\">]>\n"), one("a")...)
	batch, err := poll(t, &site{answer: fetch.Response{Status: 200, Body: body}}, spec(), nil)
	require.NoError(t, err)
	assert.Len(t, batch.Posts, 1)
}

func TestUTF16(t *testing.T) {
	body := []byte{0xFF, 0xFE}
	for _, b := range one("a") {
		body = append(body, b, 0)
	}
	batch, err := poll(t, &site{answer: fetch.Response{Status: 200, Body: body}}, spec(), nil)
	require.NoError(t, err)
	assert.Len(t, batch.Posts, 1)
}

// one is a feed of one item.
func one(id string) []byte {
	return []byte(`<rss version="2.0"><channel><title>t</title><item><guid>` + id + `</guid><title>Title ` + id + `</title></item></channel></rss>`)
}

func FuzzPoll(f *testing.F) {
	files, err := filepath.Glob("testdata/*[lmn]")
	require.NoError(f, err)
	for _, file := range files {
		body, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(body, "text/xml; charset=iso-8859-1")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		feed, err := rss.New(spec(), &site{answer: fetch.Response{Status: 200, Body: body, ContentType: contentType}})
		require.NoError(t, err)
		batch, err := feed.Poll(t.Context(), nil)
		if err != nil {
			if e := (*upstream.Error)(nil); !errors.As(err, &e) {
				t.Fatalf("an error without reason: %v", err)
			}
			return
		}
		seen := map[[3]string]bool{}
		for _, p := range batch.Posts {
			same := [3]string{p.ID, p.URL, p.Title}
			if p.ID == "" || seen[same] {
				t.Fatalf("id %q is empty, or the post is there twice", p.ID)
			}
			seen[same] = true
			if p.Source != "lab" || (p.ContentType != "text/html" && p.ContentType != "text/plain") {
				t.Fatalf("%+v", p)
			}
			if p.URL != "" && !strings.HasPrefix(p.URL, "http") {
				t.Fatalf("URL %q", p.URL)
			}
		}
	})
}
