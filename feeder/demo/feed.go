package demo

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"time"
)

// form writes a feed in one of the forms that feeds come in, and names its
// media type. Links begin with base.
type form func(base string, c channel, posts []post) (body []byte, mediaType string, err error)

// carried is what a feed carries of a post: a summary where there is one.
func (p post) carried() string {
	if p.Summary != "" {
		return p.Summary
	}
	return p.Content
}

func (p post) address(base string) string { return base + "/articles/" + p.slug }

// rss writes RSS 2.0, https://www.rssboard.org/rss-specification, with the
// text in content:encoded or, when it is a summary, in description.
func rss(base string, c channel, posts []post) ([]byte, string, error) {
	type guid struct {
		Permalink bool   `xml:"isPermaLink,attr"`
		Value     string `xml:",chardata"`
	}
	type item struct {
		Title       string   `xml:"title"`
		Link        string   `xml:"link"`
		GUID        guid     `xml:"guid"`
		Creator     string   `xml:"dc:creator,omitempty"`
		Published   string   `xml:"pubDate"`
		Categories  []string `xml:"category"`
		Description string   `xml:"description,omitempty"`
		Content     string   `xml:"content:encoded,omitempty"`
	}
	type feed struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Content string   `xml:"xmlns:content,attr"`
		DC      string   `xml:"xmlns:dc,attr"`
		Title   string   `xml:"channel>title"`
		Link    string   `xml:"channel>link"`
		About   string   `xml:"channel>description"`
		Items   []item   `xml:"channel>item"`
	}
	out := feed{Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/", DC: "http://purl.org/dc/elements/1.1/",
		Title: c.name, Link: base + "/", About: c.about}
	for _, p := range posts {
		i := item{Title: p.Title, Link: p.address(base), GUID: guid{Value: "demo:" + p.slug}, Creator: p.Author,
			Published: p.published.Format(time.RFC1123Z), Categories: p.Categories, Content: p.Content}
		if p.Summary != "" {
			i.Content, i.Description = "", p.Summary
		}
		out.Items = append(out.Items, i)
	}
	return document(out, "application/rss+xml; charset=utf-8")
}

// atom writes Atom, https://www.rfc-editor.org/rfc/rfc4287.
func atom(base string, c channel, posts []post) ([]byte, string, error) {
	type link struct {
		Href string `xml:"href,attr"`
	}
	type text struct {
		Type  string `xml:"type,attr"`
		Value string `xml:",chardata"`
	}
	type category struct {
		Term string `xml:"term,attr"`
	}
	type entry struct {
		ID         string     `xml:"id"`
		Title      string     `xml:"title"`
		Link       link       `xml:"link"`
		Author     string     `xml:"author>name"`
		Published  string     `xml:"published"`
		Updated    string     `xml:"updated"`
		Categories []category `xml:"category"`
		Content    text       `xml:"content"`
	}
	type feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		About   string   `xml:"subtitle"`
		Link    link     `xml:"link"`
		Updated string   `xml:"updated"`
		Entries []entry  `xml:"entry"`
	}
	out := feed{ID: "demo:" + c.slug, Title: c.name, About: c.about, Link: link{base + "/"}}
	for _, p := range posts {
		at := p.published.Format(time.RFC3339)
		e := entry{ID: "demo:" + p.slug, Title: p.Title, Link: link{p.address(base)}, Author: p.Author,
			Published: at, Updated: at, Content: text{"html", p.carried()}}
		for _, term := range p.Categories {
			e.Categories = append(e.Categories, category{term})
		}
		out.Updated = max(out.Updated, at)
		out.Entries = append(out.Entries, e)
	}
	return document(out, "application/atom+xml; charset=utf-8")
}

func document(feed any, mediaType string) ([]byte, string, error) {
	var out bytes.Buffer
	out.WriteString(xml.Header)
	err := xml.NewEncoder(&out).Encode(feed)
	return out.Bytes(), mediaType, err
}

// jsonFeed writes JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/.
func jsonFeed(base string, c channel, posts []post) ([]byte, string, error) {
	type author struct {
		Name string `json:"name"`
	}
	type item struct {
		ID        string    `json:"id"`
		URL       string    `json:"url"`
		Title     string    `json:"title"`
		HTML      string    `json:"content_html"`
		Published time.Time `json:"date_published"`
		Authors   []author  `json:"authors"`
		Tags      []string  `json:"tags,omitempty"`
	}
	feed := struct {
		Version string `json:"version"`
		Title   string `json:"title"`
		About   string `json:"description"`
		Home    string `json:"home_page_url"`
		Items   []item `json:"items"`
	}{Version: "https://jsonfeed.org/version/1.1", Title: c.name, About: c.about, Home: base + "/", Items: []item{}}
	for _, p := range posts {
		feed.Items = append(feed.Items, item{ID: "demo:" + p.slug, URL: p.address(base), Title: p.Title, HTML: p.carried(),
			Published: p.published, Authors: []author{{p.Author}}, Tags: p.Categories})
	}
	body, err := json.Marshal(feed)
	return body, "application/feed+json; charset=utf-8", err
}
