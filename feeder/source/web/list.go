package web

import (
	"fmt"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// list takes the posts from a page by its selectors. A page on which none is
// found has changed, and that is a failure: it would say nothing for ever.
func (s *site) list(page *goquery.Document, answer *fetch.Response, now time.Time) (source.Batch, error) {
	from := base(page, answer.URL)
	items := page.FindMatcher(s.find.item)
	if items.Length() == 0 {
		return source.Batch{}, s.unfit(answer, "select.item finds nothing on the page")
	}
	var posts []waggle.Post
	seen := map[string]bool{}
	without := 0
	items.EachWithBreak(func(n int, item *goquery.Selection) bool {
		p, ok := s.post(item, from, now)
		switch {
		case !ok:
			without++
		case !seen[p.ID] && s.wanted(p.URL):
			seen[p.ID] = true
			posts = append(posts, p)
		}
		return len(posts) < maxPosts && n+1 < maxItems
	})
	if len(posts) == 0 && without > 0 {
		return source.Batch{}, s.unfit(answer, "what select.item finds holds neither link nor text")
	}
	note := ""
	if without > 0 {
		note = fmt.Sprintf("items without link and text: %d", without)
	}
	return source.Batch{Posts: posts, Note: note}, nil
}

// post reads one item.
func (s *site) post(item *goquery.Selection, from string, now time.Time) (waggle.Post, bool) {
	p := waggle.Post{ContentType: "text/html", Fetched: now}
	link := within(item, s.find.link)
	if s.find.link == nil {
		link = item.Find("a[href]").First()
		if href, ok := item.Attr("href"); ok {
			p.URL = source.Absolute(from, href)
		}
	}
	if href, ok := link.Attr("href"); ok && p.URL == "" {
		p.URL = source.Absolute(from, href)
	}
	title := within(item, s.find.title)
	if s.find.title == nil {
		title = link
	}
	p.Title = source.Line(title.Text())
	if s.find.text != nil {
		if text, err := within(item, s.find.text).Html(); err == nil {
			p.Content = source.Clean(text)
		}
	}
	p.Published = source.Sane(dateOf(item, s.find.date), now)
	if p.URL == "" && p.Content == "" {
		return p, false
	}
	if p.Title == "" {
		p.Title = named(p.URL)
	}
	p.ID = source.ID(s.key(p))
	return p, true
}

// key tells a post from the others: its address, or all of it.
func (s *site) key(p waggle.Post) string {
	link := address.Canonical(p.URL) + address.Fragment(p.URL)
	if link == "" || s.spec.Key == source.KeyContent {
		return source.Digest(p.Title, link, p.Content)
	}
	return link
}

// within finds the first match in an item; the item itself may be one.
func within(item *goquery.Selection, m goquery.Matcher) *goquery.Selection {
	if m == nil {
		return &goquery.Selection{}
	}
	if item.IsMatcher(m) {
		return item
	}
	return item.FindMatcher(m).First()
}

// dateOf reads an item's date: what a <time> says to programs, else to people.
func dateOf(item *goquery.Selection, m goquery.Matcher) time.Time {
	found := within(item, m)
	if m == nil {
		found = item.Find("time").First()
	}
	for _, text := range []string{found.AttrOr("datetime", ""), found.Find("time").AttrOr("datetime", ""), found.AttrOr("content", ""), source.Line(found.Text())} {
		if t := source.Date(text); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
