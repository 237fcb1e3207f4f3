package mastodon

import (
	"cmp"
	"html"
	"net/url"
	"strings"
	"time"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// status is a post as the API gives it.
// https://docs.joinmastodon.org/entities/Status/
type status struct {
	ID          string  `json:"id"`
	URI         string  `json:"uri"`
	URL         string  `json:"url"`
	CreatedAt   string  `json:"created_at"`
	Visibility  string  `json:"visibility"`
	SpoilerText string  `json:"spoiler_text"`
	Content     string  `json:"content"` // HTML
	Reblog      *status `json:"reblog"`
	Account     struct {
		Acct string `json:"acct"`
	} `json:"account"`
	Tags []struct {
		Name string `json:"name"`
	} `json:"tags"`
	Media []struct {
		Description string `json:"description"`
	} `json:"media_attachments"`
	Card *struct {
		URL string `json:"url"`
	} `json:"card"`
}

// post makes a post of a status. Of a repost it is what was repeated. A status
// for followers only, which a token may show, is none.
func (s status) post(base string, now time.Time) (waggle.Post, bool) {
	said := s
	if s.Reblog != nil {
		said = *s.Reblog
	}
	for _, v := range []string{s.Visibility, said.Visibility} {
		if v == "private" || v == "direct" {
			return waggle.Post{}, false
		}
	}
	p := waggle.Post{
		ID:          source.ID(cmp.Or(said.URI, said.URL, said.ID)),
		URL:         source.Absolute(base, cmp.Or(said.URL, said.URI)),
		Author:      source.Line(said.Account.Acct),
		Content:     source.Clean(said.whole()),
		ContentType: "text/html",
		Whole:       true,
		Published:   source.Sane(source.Date(s.CreatedAt), now),
		Fetched:     now,
	}
	if strings.TrimSpace(p.Content) == "" || p.ID == "" {
		return waggle.Post{}, false
	}
	p.Title = source.Headline(ioc.Text(p.Content))
	links := linked(said.Content, p.URL)
	if said.Card != nil {
		links = append(links, said.Card.URL)
	}
	p.Links = source.Links(base, links, p.URL)
	for _, t := range said.Tags {
		if name := source.Line(t.Name); name != "" && len(p.Categories) < source.MaxLinks {
			p.Categories = append(p.Categories, name)
		}
	}
	return p, true
}

// whole is all that a status says: its warning, its text, and the descriptions
// of its pictures, which often repeat what a screenshot shows.
func (s status) whole() string {
	var out strings.Builder
	paragraph := func(text string) {
		if text = strings.TrimSpace(text); text != "" {
			out.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(text), "\n", "<br>\n") + "</p>\n")
		}
	}
	paragraph(s.SpoilerText)
	out.WriteString(s.Content)
	for _, m := range s.Media {
		if m.Description != "" {
			out.WriteString("\n")
			paragraph(m.Description)
		}
	}
	return out.String()
}

// linked gives the addresses that a status links to, without those that only
// name people and tags, which Mastodon marks.
func linked(content, own string) []string {
	home := ""
	if u, err := url.Parse(own); err == nil {
		home = trimmed(u.Host)
	}
	document, err := nethtml.Parse(strings.NewReader(content))
	if err != nil {
		return nil
	}
	var out []string
	for n := range document.Descendants() {
		if n.DataAtom != atom.A {
			continue
		}
		href, class := "", ""
		for _, a := range n.Attr {
			switch a.Key {
			case "href":
				href = a.Val
			case "class":
				class = " " + a.Val + " "
			}
		}
		u, err := url.Parse(href)
		if err != nil || strings.Contains(class, " mention ") || strings.Contains(class, " hashtag ") || trimmed(u.Host) == home {
			continue
		}
		out = append(out, href)
	}
	return out
}
