package telegram

import (
	"bytes"
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/charset"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// message is one message of the preview.
type message struct {
	id      string // channel/number
	number  int
	author  string
	content string // HTML
	links   []string
	at      string
}

var id = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*/(\d{1,9})$`)

// read finds the messages on a page, oldest first. Those that only tell of the
// channel (a picture changed, a message pinned) come without content.
func read(answer *fetch.Response) []message {
	reader, err := charset.NewReader(bytes.NewReader(answer.Body), answer.ContentType)
	if err != nil {
		return nil
	}
	page, err := goquery.NewDocumentFromReader(reader)
	if err != nil {
		return nil
	}
	var out []message
	page.Find(".tgme_widget_message[data-post]").Each(func(_ int, s *goquery.Selection) {
		post := s.AttrOr("data-post", "")
		found := id.FindStringSubmatch(post)
		if found == nil {
			return
		}
		m := message{id: post}
		m.number, _ = strconv.Atoi(found[1])
		if !s.HasClass("service_message") {
			m.fill(s)
		}
		out = append(out, m)
	})
	return out
}

// fill takes a message's own text, not the one it answers to.
func (m *message) fill(s *goquery.Selection) {
	m.author = cmp.Or(s.Find(".tgme_widget_message_forwarded_from_name").First().Text(), s.Find(".tgme_widget_message_owner_name").First().Text())
	m.at = s.Find(".tgme_widget_message_date time").AttrOr("datetime", "")
	var parts []string
	for _, part := range []string{".js-message_text", ".tgme_widget_message_document_title"} {
		own := s.Find(part).FilterFunction(func(_ int, t *goquery.Selection) bool {
			return t.ParentsFiltered(part+", .tgme_widget_message_reply").Length() == 0
		})
		own.Each(func(_ int, t *goquery.Selection) {
			if text, err := t.Html(); err == nil && strings.TrimSpace(text) != "" {
				parts = append(parts, "<div>"+text+"</div>")
			}
			t.Find("a[href]").Each(func(_ int, a *goquery.Selection) { m.links = append(m.links, a.AttrOr("href", "")) })
		})
	}
	m.content = strings.Join(parts, "\n")
	if preview := s.Find("a.tgme_widget_message_link_preview").AttrOr("href", ""); preview != "" {
		m.links = append(m.links, preview)
	}
}

// post makes a post of a message; those without text are none.
func (m message) post(now time.Time) (waggle.Post, bool) {
	p := waggle.Post{
		ID:          m.id,
		URL:         "https://t.me/" + m.id,
		Author:      source.Line(m.author),
		Content:     source.Clean(m.content),
		ContentType: "text/html",
		Whole:       true,
		Links:       source.Links("https://t.me/", foreign(m.links)),
		Published:   source.Sane(source.Date(m.at), now),
		Fetched:     now,
	}
	p.Title = source.Headline(ioc.Text(p.Content))
	return p, p.Title != ""
}

// foreign leaves out the links that stay within Telegram: names and hashtags.
func foreign(links []string) []string {
	var out []string
	for _, l := range links {
		u, err := url.Parse(l)
		if err == nil && u.Host != "" && u.Host != "t.me" && u.Host != "telegram.me" {
			out = append(out, l)
		}
	}
	return out
}
