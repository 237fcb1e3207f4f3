package reading_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// web answers by address and counts the requests.
type web struct {
	pages map[string]fetch.Response
	err   error
	asked int
}

func (w *web) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	w.asked++
	if err := ctx.Err(); err != nil {
		return nil, &upstream.Error{Service: "web", Reason: upstream.Network, Err: err}
	}
	page, ok := w.pages[r.URL]
	if w.err != nil || !ok {
		return nil, w.err
	}
	if page.URL == "" {
		page.URL = r.URL
	}
	return &page, nil
}

const address = "https://lab.example.com/inside-moth"

func page(t testing.TB, name string) *web {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	return &web{pages: map[string]fetch.Response{address: {Status: 200, Body: body, ContentType: "text/html; charset=utf-8"}}}
}

func summary() waggle.Post {
	return waggle.Post{Source: "lab", URL: address, Title: "Inside Moth", Content: "<p>A loader called Moth. [&hellip;]</p>", ContentType: "text/html"}
}

func read(t *testing.T, w *web, p waggle.Post, terms reading.Terms) waggle.Finding {
	t.Helper()
	f, err := reading.New(reading.Options{Client: w}).Read(t.Context(), p, terms)
	require.NoError(t, err)
	return f
}

// roles are the values found, by role.
func roles(f waggle.Finding) map[ioc.Role][]string {
	out := map[ioc.Role][]string{}
	for _, i := range f.Indicators {
		out[i.Role] = append(out[i.Role], i.Value)
	}
	return out
}

func TestArticleIsReadWithItsTables(t *testing.T) {
	f := read(t, page(t, "report.html"), summary(), reading.Terms{Home: "https://lab.example.com/feed"})
	assert.Equal(t, address, f.Article)
	assert.Empty(t, f.Note)
	assert.Contains(t, f.Text, "Victims were in three countries")
	found := roles(f)
	for _, v := range []string{"http://moth-panel.top/gate.php", "moth-second.top", "moth-third.top", "203.0.114.77", "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"} {
		assert.Contains(t, found[ioc.Attack], v)
	}
	assert.Contains(t, found[ioc.Reference], "https://otherlab-notes.net/moth")
	assert.Less(t, strings.Index(f.Text, "Indicators of compromise"), strings.Index(f.Text, "moth-second"), "the heading says what the table holds")
	for _, furniture := range []string{"menu-table", "aside-table", "footer-listing", "tracker", "Imprint"} {
		assert.NotContains(t, f.Text, furniture)
	}
}

func TestOffsetsAreInTheText(t *testing.T) {
	f := read(t, page(t, "report.html"), summary(), reading.Terms{})
	for _, i := range f.OfRole(ioc.Attack) {
		require.LessOrEqual(t, i.End, len(f.Text))
		assert.Equal(t, i.Raw, f.Text[i.Start:i.End], i.Value)
	}
}

func TestWhenTheArticleIsFetched(t *testing.T) {
	long := strings.Repeat("This is a whole post with many words in it. ", 60)
	for name, c := range map[string]struct {
		content, contentType, url string
		policy                    reading.Policy
		asked                     int
	}{
		"a short text":                            {"A loader called Moth.", "text/plain", address, reading.Auto, 1},
		"a short text, policy unsaid":             {"A loader called Moth.", "text/plain", address, "", 1},
		"a whole text":                            {long, "text/plain", address, reading.Auto, 0},
		"a whole text, but always":                {long, "text/plain", address, reading.Always, 1},
		"a short text, but never":                 {"Moth.", "text/plain", address, reading.Never, 0},
		"a long text that breaks off":             {long + " and […]", "text/plain", address, reading.Auto, 1},
		"a long text with three dots":             {long + "and then...", "text/plain", address, reading.Auto, 1},
		"an invitation to read on":                {"<p>" + long + "</p><p><a href='x'>Read the full article &rarr;</a></p>", "text/html", address, reading.Auto, 1},
		"WordPress' last line":                    {"<p>" + long + "</p><p>The post <a href='x'>Inside Moth</a> appeared first on <a href='y'>Lab</a>.</p>", "text/html", address, reading.Auto, 1},
		"a short post with an indicator":          {"Malware C2: moth-panel[.]top", "text/plain", address, reading.Auto, 0},
		"a short post with an indicator, cut off": {"Malware C2: moth-panel[.]top …", "text/plain", address, reading.Auto, 1},
		"a short post with a CVE id":              {"CVE-2026-11111 is exploited.", "text/plain", address, reading.Auto, 1},
		"no address":                              {"Moth.", "text/plain", "", reading.Always, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := page(t, "report.html")
			read(t, w, waggle.Post{Source: "lab", URL: c.url, Title: "Inside Moth", Content: c.content, ContentType: c.contentType}, reading.Terms{Article: c.policy})
			assert.Equal(t, c.asked, w.asked)
		})
	}
	t.Run("without a client", func(t *testing.T) {
		f, err := reading.New(reading.Options{}).Read(t.Context(), summary(), reading.Terms{Article: reading.Always})
		require.NoError(t, err)
		assert.Empty(t, f.Article)
	})
}

func TestWhenTheArticleCannotBeRead(t *testing.T) {
	answer := func(r fetch.Response) *web { return &web{pages: map[string]fetch.Response{address: r}} }
	fails := func(reason upstream.Reason) *web {
		return &web{err: &upstream.Error{Service: "lab.example.com", Reason: reason, Message: "it says no"}}
	}
	for name, c := range map[string]struct {
		web  *web
		last bool
		note string // empty: an error that is temporary
	}{
		"gone":                    {web: fails(upstream.NotFound), note: "article: lab.example.com: not found: it says no; the post's own text was read"},
		"forbidden":               {web: fails(upstream.Auth), note: "it says no"},
		"a private address":       {web: fails(upstream.BadInput), note: "it says no"},
		"busy":                    {web: fails(upstream.RateLimited)},
		"unreachable":             {web: fails(upstream.Network)},
		"broken":                  {web: fails(upstream.Failure)},
		"unreachable, last try":   {web: fails(upstream.Network), last: true, note: "it says no"},
		"a PDF":                   {web: answer(fetch.Response{Status: 200, ContentType: "application/pdf", Body: []byte("%PDF-1.7")}), note: "the PDF file holds no readable text"},
		"a picture":               {web: answer(fetch.Response{Status: 200, ContentType: "image/png", Body: []byte("x")}), note: "it is image/png, which is not read"},
		"a page without text":     {web: page(t, "shell.html"), note: "no article was found"},
		"an empty page":           {web: answer(fetch.Response{Status: 200, ContentType: "text/html"}), note: "no article was found"},
		"less than the post says": {web: answer(fetch.Response{Status: 200, ContentType: "text/plain", Body: []byte("Hi")}), note: "holds less text than the post"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := reading.New(reading.Options{Client: c.web}).Read(t.Context(), summary(), reading.Terms{Last: c.last})
			if c.note == "" {
				require.Error(t, err)
				assert.True(t, upstream.Temporary(err), err)
				return
			}
			require.NoError(t, err)
			assert.Contains(t, f.Note, c.note)
			assert.Empty(t, f.Article)
			assert.Contains(t, f.Text, "A loader called Moth.", "the post's own text")
		})
	}
}

func TestACancelledReadIsNoFinding(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := reading.New(reading.Options{Client: page(t, "report.html")}).Read(ctx, summary(), reading.Terms{Last: true})
	assert.ErrorIs(t, err, context.Canceled)
}

func TestTheTitleIsReadOnce(t *testing.T) {
	for name, c := range map[string]struct {
		post waggle.Post
		want string
	}{
		"plain":                {waggle.Post{Title: "CVE-2026-11111", Content: "Patch.", ContentType: "text/plain"}, "CVE-2026-11111\n\nPatch."},
		"the text begins so":   {waggle.Post{Title: "Malware C2 at…", Content: "Malware C2 at noon.", ContentType: "text/plain"}, "Malware C2 at noon."},
		"no title":             {waggle.Post{Content: "Patch.", ContentType: "text/plain"}, "Patch."},
		"only a title":         {waggle.Post{Title: "CVE-2026-11111", ContentType: "text/plain"}, "CVE-2026-11111"},
		"signs in an HTML one": {waggle.Post{Title: "a <b> & c", Content: "<p>Patch.</p>", ContentType: "text/html"}, "a <b> & c\nPatch."},
	} {
		t.Run(name, func(t *testing.T) {
			f := read(t, &web{}, c.post, reading.Terms{Article: reading.Never})
			assert.Equal(t, c.want, strings.TrimSpace(f.Text))
		})
	}
}

func TestAPlainTextArticle(t *testing.T) {
	w := &web{pages: map[string]fetch.Response{address: {
		Status: 200, URL: "https://raw.example.net/iocs.txt", ContentType: "text/plain; charset=iso-8859-1",
		Body: []byte("Malware seen in K\xf6ln:\nmoth-panel[.]top\nmoth-second[.]top\n"),
	}}}
	f := read(t, w, summary(), reading.Terms{})
	assert.Equal(t, "https://raw.example.net/iocs.txt", f.Article)
	assert.Contains(t, f.Text, "Köln")
	assert.Len(t, f.OfRole(ioc.Attack), 2)
}

func TestAHugeTextIsCutAndSaysSo(t *testing.T) {
	post := waggle.Post{Title: "Huge", Content: strings.Repeat("ä word of many. ", 100_000) + " moth-panel[.]top", ContentType: "text/plain"}
	f := read(t, &web{}, post, reading.Terms{Article: reading.Never})
	assert.LessOrEqual(t, len(f.Text), 1<<20)
	assert.Contains(t, f.Note, "bytes long")
	assert.True(t, strings.ToValidUTF8(f.Text, "") == f.Text, "cut between characters")
	assert.Empty(t, f.Indicators)
}

func TestThePublishersLinksAreReferences(t *testing.T) {
	post := waggle.Post{
		URL: "https://www.lab.example.com/1", Title: "Note", ContentType: "text/html",
		Content: `<p>Malware report at <a href="https://lab.example.com/more">https://lab.example.com/more</a> and feeds.host.example/x</p>`,
	}
	f := read(t, &web{}, post, reading.Terms{Article: reading.Never, Home: "https://feeds.host.example/lab.xml"})
	assert.Empty(t, f.OfRole(ioc.Attack))
}

func TestListsKnowAndFlag(t *testing.T) {
	o := reading.Options{
		Known: func(kind, value string) (string, bool) {
			return "our own", kind == "domain" && value == "moth-ours.top"
		},
		Note: func(kind, value string) string {
			if kind == "domain" && value != "moth-second.top" {
				return "on the list rented (flag only)"
			}
			return ""
		},
	}
	post := waggle.Post{Title: "Malware", Content: "Indicators of compromise:\nmoth-panel[.]top\nmoth-second[.]top\nmoth-ours.top\n", ContentType: "text/plain"}
	f, err := reading.New(o).Read(t.Context(), post, reading.Terms{})
	require.NoError(t, err)
	why := map[string]string{}
	for _, i := range f.Indicators {
		why[i.Value] = string(i.Role) + ": " + i.Why
	}
	assert.Equal(t, map[string]string{
		"moth-panel.top":  "indicator: disarmed spelling; on the list rented (flag only)",
		"moth-second.top": "indicator: disarmed spelling",
		"moth-ours.top":   "benign: on the list our own",
	}, why)
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"report.html", "shell.html"} {
		body, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add("Inside Moth", string(body), string(body))
	}
	f.Add("", "<table><table><pre>", "<p>a[.]top")
	f.Fuzz(func(t *testing.T, title, content, article string) {
		w := &web{pages: map[string]fetch.Response{address: {Status: 200, Body: []byte(article), ContentType: "text/html"}}}
		post := waggle.Post{URL: address, Title: title, Content: content, ContentType: "text/html"}
		found, err := reading.New(reading.Options{Client: &busy{web: w, but: address}}).Read(t.Context(), post, reading.Terms{Article: reading.Always, Files: true, Last: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range found.Indicators {
			if i.Start < 0 || i.Start > i.End || i.End > len(found.Text) {
				t.Fatalf("%+v is outside the text of %d bytes", i, len(found.Text))
			}
		}
	})
}

func TestAPostsOwnTextIsReadWithoutFetching(t *testing.T) {
	for name, c := range map[string]struct {
		article reading.Policy
		page    string // where the text is instead
	}{
		"its own text will do":      {reading.Never, ""},
		"the article is wanted":     {reading.Always, "https://blog.example.com/post"},
		"the post is but a summary": {reading.Auto, "https://blog.example.com/post"},
	} {
		t.Run(name, func(t *testing.T) {
			r := reading.New(reading.Options{Client: noNetwork{t}})
			finding, err := r.Read(t.Context(), waggle.Post{URL: "https://blog.example.com/post", Title: "Short", Content: "A summary […]"}, reading.Terms{Article: c.article, Own: true})
			if c.page == "" {
				require.NoError(t, err)
				assert.Contains(t, finding.Text, "A summary")
				return
			}
			var elsewhere *reading.Elsewhere
			require.ErrorAs(t, err, &elsewhere)
			assert.Equal(t, c.page, elsewhere.Page)
		})
	}
}

// noNetwork is a client that must not be asked.
type noNetwork struct{ t *testing.T }

func (n noNetwork) Get(context.Context, fetch.Request) (*fetch.Response, error) {
	n.t.Error("something was fetched")
	return nil, context.Canceled
}
