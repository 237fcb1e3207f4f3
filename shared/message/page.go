package message

import (
	"strings"

	"golang.org/x/net/html"
)

// Page is where a part of HTML leads, and what it loads. Its text is package ioc's
// to read.
type Page struct {
	Targets  []Target // in order
	Pictures int      // loaded from elsewhere
}

// Target is where a link or a form leads.
type Target struct {
	URL   string // as the page has it: of any scheme, or none
	Shown string // the text of a link, of a long one the first pieces
	Form  bool   // what is typed in goes there
}

// Limits of a page: links and forms, and bytes of a link's text after which no
// more is added.
const (
	maxTargets = 10_000
	maxShown   = 1000
)

// ReadPage reads HTML as it stands: what a browser would make of it is nearer to
// the truth, but a page made to deceive has links there that no browser shows,
// too.
func ReadPage(page string) Page {
	r := pageReader{}
	for in := html.NewTokenizer(strings.NewReader(page)); ; {
		switch in.Next() {
		case html.ErrorToken:
			r.endLink()
			return r.page
		case html.TextToken:
			r.words(string(in.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			r.start(in.Token())
		case html.EndTagToken:
			r.end(in.Token().Data)
		}
	}
}

// pageReader is what is known in the midst of a page.
type pageReader struct {
	page   Page
	link   Target // that the text stands in; without one its URL is empty
	hidden int    // styles and scripts within one another
}

func (r *pageReader) words(words string) {
	if r.hidden == 0 && r.link.URL != "" && len(r.link.Shown) < maxShown {
		r.link.Shown += words
	}
}

func (r *pageReader) start(token html.Token) {
	switch token.Data {
	case "a", "area":
		r.endLink()
		r.link.URL = attribute(token, "href")
	case "form":
		r.target(Target{URL: attribute(token, "action"), Form: true})
	case "img":
		if strings.HasPrefix(strings.ToLower(attribute(token, "src")), "http") {
			r.page.Pictures++
		}
	case "style", "script", "title":
		if token.Type == html.StartTagToken {
			r.hidden++
		}
	}
}

func (r *pageReader) end(tag string) {
	switch tag {
	case "a":
		r.endLink()
	case "style", "script", "title":
		r.hidden = max(0, r.hidden-1)
	}
}

func (r *pageReader) endLink() {
	r.target(r.link)
	r.link = Target{}
}

func (r *pageReader) target(t Target) {
	if t.URL != "" && len(r.page.Targets) < maxTargets {
		r.page.Targets = append(r.page.Targets, t)
	}
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
