package reading_test

import (
	"context"
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

// linking is an article with a link.
func linking(href, text string) fetch.Response {
	const long = "The loader was seen at many firms, and it takes the passwords that browsers keep. "
	return fetch.Response{Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(
		"<html><body><article><h1>Inside Moth</h1><p>" + strings.Repeat(long, 20) + "</p><p>All of it: <a href=\"" + href + "\">" + text + "</a></p></article></body></html>")}
}

func TestLinkedListsAreRead(t *testing.T) {
	for name, c := range map[string]struct{ href, text, at string }{
		"on the same host":      {"/files/moth-iocs.txt", "download", "https://lab.example.com/files/moth-iocs.txt"},
		"the link says so":      {"https://www.lab.example.com/f/2026.csv", "Indicators of compromise", "https://www.lab.example.com/f/2026.csv"},
		"on GitHub":             {"https://github.com/lab/notes/blob/main/moth/iocs.txt", "here", "https://raw.githubusercontent.com/lab/notes/main/moth/iocs.txt"},
		"raw on GitHub":         {"https://raw.githubusercontent.com/lab/notes/main/iocs.json", "here", "https://raw.githubusercontent.com/lab/notes/main/iocs.json"},
		"a gist":                {"https://gist.github.com/lab/0123abcd", "IOCs", "https://gist.githubusercontent.com/lab/0123abcd/raw"},
		"a paste":               {"https://pastebin.com/AbCd1234", "IOC list", "https://pastebin.com/raw/AbCd1234"},
		"another host":          {"https://elsewhere.example.net/iocs.txt", "IOCs", ""},
		"no promise":            {"/files/readme.txt", "notes", ""},
		"no text":               {"/files/iocs.docx", "IOCs", ""},
		"a page on GitHub":      {"https://github.com/lab/iocs", "IOCs", ""},
		"another scheme":        {"ftp://lab.example.com/iocs.txt", "IOCs", ""},
		"inside a word":         {"/files/adiocse.txt", "association", ""},
		"nothing that resolves": {"https://%zz/iocs.txt", "IOCs", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := &web{pages: map[string]fetch.Response{address: linking(c.href, c.text)}}
			if c.at != "" {
				w.pages[c.at] = fetch.Response{Status: 200, ContentType: "text/plain", Body: []byte("moth-panel.top\r\nmoth-second.top\n")}
			}
			f := read(t, w, summary(), reading.Terms{Files: true})
			assert.Empty(t, f.Note)
			assert.Len(t, f.OfRole(ioc.Attack), 2*(w.asked-1))
			assert.Equal(t, c.at != "", w.asked == 2)

			w.asked = 0
			read(t, w, summary(), reading.Terms{})
			assert.Equal(t, 1, w.asked, "without leave nothing more is fetched")
		})
	}
}

func TestALinkedListThatCannotBeHad(t *testing.T) {
	w := &web{pages: map[string]fetch.Response{
		address:                                 linking("/moth-iocs.txt", "IOCs"),
		"https://lab.example.com/moth-iocs.txt": {Status: 200, ContentType: "text/html", Body: []byte("<p>log in")},
	}}
	f := read(t, w, summary(), reading.Terms{Files: true})
	assert.Contains(t, f.Note, "linked list moth-iocs.txt: lab.example.com: bad input (200): it is no text")
	assert.NotEmpty(t, f.Article)

	delete(w.pages, "https://lab.example.com/moth-iocs.txt")
	w.err = nil
	r := reading.New(reading.Options{Client: &busy{web: w, but: address}})
	_, err := r.Read(t.Context(), summary(), reading.Terms{Files: true})
	assert.True(t, upstream.Temporary(err), "tried again later")
	f, err = r.Read(t.Context(), summary(), reading.Terms{Files: true, Last: true})
	require.NoError(t, err)
	assert.Contains(t, f.Note, "too busy")
}

// busy answers one address and is too busy for any other.
type busy struct {
	*web
	but string
}

func (b *busy) Get(ctx context.Context, r fetch.Request) (*fetch.Response, error) {
	if r.URL == b.but {
		return b.web.Get(ctx, r)
	}
	return nil, &upstream.Error{Service: "lab.example.com", Reason: upstream.RateLimited, Message: "too busy"}
}

func TestAPostThatIsWhole(t *testing.T) {
	post := waggle.Post{
		Source: "lab", URL: "https://social.example.net/@lab/1", Title: "New: Inside Moth", Content: "New: Inside Moth, with 1 more name: moth-extra[.]top …",
		ContentType: "text/plain", Whole: true, Links: []string{address},
	}
	t.Run("is read with the page it links to", func(t *testing.T) {
		f := read(t, page(t, "report.html"), post, reading.Terms{})
		assert.Equal(t, address, f.Article)
		assert.True(t, strings.HasPrefix(f.Text, "New: Inside Moth, with 1 more"), f.Text[:60])
		assert.Contains(t, roles(f)[ioc.Attack], "moth-extra.top")
		assert.Contains(t, roles(f)[ioc.Attack], "moth-second.top")
	})
	t.Run("HTML before plain text", func(t *testing.T) {
		html := post
		html.Content, html.ContentType = "<p>New: Inside <b>Moth</b> …</p>", "text/html"
		w := &web{pages: map[string]fetch.Response{address: {Status: 200, ContentType: "text/plain", Body: []byte("Malware: moth-panel[.]top")}}}
		f := read(t, w, html, reading.Terms{})
		assert.Equal(t, "New: Inside Moth …\n\nMalware: moth-panel[.]top", f.Text)
	})
	t.Run("without links is all there is", func(t *testing.T) {
		alone := post
		alone.Links = nil
		w := page(t, "report.html")
		read(t, w, alone, reading.Terms{Article: reading.Always})
		assert.Zero(t, w.asked)
	})
	for name, c := range map[string]struct{ content, link string }{
		"the page itself":     {"Malware C2: hxxps://moth-extra[.]top/gate …", "https://moth-extra.top/gate"},
		"another page there":  {"Malware C2: hxxps://moth-extra[.]top/gate …", "https://moth-extra.top/"},
		"its host":            {"Malware C2: moth-extra[.]top …", "https://moth-extra.top/gate"},
		"the domain above it": {"Malware C2: moth-extra[.]top …", "https://www.moth-extra.top/gate"},
	} {
		t.Run("visits nothing that it calls hostile: "+name, func(t *testing.T) {
			hostile := post
			hostile.Content, hostile.Links = c.content, []string{c.link}
			w := page(t, "report.html")
			read(t, w, hostile, reading.Terms{Article: reading.Always})
			assert.Zero(t, w.asked)
		})
	}
}

// sign lets programs read, or not.
type sign struct {
	allowed bool
	err     error
}

func (s sign) Allowed(context.Context, string) (bool, error) { return s.allowed, s.err }

func TestRobotsAreAsked(t *testing.T) {
	w := page(t, "report.html")
	f, err := reading.New(reading.Options{Client: w, Robots: sign{allowed: false}}).Read(t.Context(), summary(), reading.Terms{})
	require.NoError(t, err)
	assert.Zero(t, w.asked)
	assert.Contains(t, f.Note, "lab.example.com: bad input: its robots.txt asks programs not to read this page; the post's own text was read")

	_, err = reading.New(reading.Options{Client: w, Robots: sign{err: &upstream.Error{Reason: upstream.Network}}}).Read(t.Context(), summary(), reading.Terms{})
	assert.True(t, upstream.Temporary(err))

	f, err = reading.New(reading.Options{Client: w, Robots: sign{allowed: true}}).Read(t.Context(), summary(), reading.Terms{})
	require.NoError(t, err)
	assert.Equal(t, address, f.Article)
}
