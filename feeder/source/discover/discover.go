// Package discover finds what a site publishes that can be followed: its feeds,
// the account an address belongs to, or its sitemap.
package discover

import (
	"bytes"
	"cmp"
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/charset"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/kinds"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// maxTried bounds the addresses that are asked for one site.
const maxTried = 25

// Found is something that can be followed.
type Found struct {
	Kind   string    `json:"kind"`
	URL    string    `json:"url"`
	Posts  int       `json:"posts"`           // that it shows now
	Newest time.Time `json:"newest,omitzero"` // zero where it tells no dates
	Sample string    `json:"sample,omitempty"`
}

// known are places where programs that make web sites put their feeds.
var known = []string{"feed", "feed/", "rss", "rss.xml", "atom.xml", "feed.xml", "index.xml", "rss/", "feed.json", "blog/feed/", "blog/rss.xml"}

// feedlike finds links that may lead to a feed.
var feedlike = regexp.MustCompile(`(?i)(^|[^a-z])(rss|atom|feeds?|rdf)([^a-z]|$)`)

// types are the media types by which a page names its feeds.
// https://html.spec.whatwg.org/multipage/links.html#rel-alternate
var types = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/json"}

// Look asks a site for what it publishes. What was found answers and can be
// read; an empty list means that nothing could. The error is that of the
// address itself.
func Look(ctx context.Context, getter source.Getter, address string) ([]Found, error) {
	if !strings.Contains(address, "://") {
		address = "https://" + address
	}
	s := &search{ctx: ctx, getter: getter, tried: map[string]bool{}}
	if kind := accountKind(address); kind != "" {
		if s.try(kind, address) {
			return s.found, nil
		}
	}
	answer, err := getter.Get(ctx, fetch.Request{URL: address})
	if err != nil {
		return nil, err
	}
	if s.try("rss", address) {
		return s.found, nil
	}
	page, err := parse(answer)
	if err != nil {
		return nil, &upstream.Error{Service: address, Reason: upstream.Failure, Message: "the page cannot be read: " + err.Error(), Next: "try the address of its blog or news"}
	}
	named, linked := links(page, answer.URL)
	for _, group := range [][]string{named, linked, below(answer.URL)} {
		for _, candidate := range group {
			s.try("rss", candidate)
		}
		if len(s.found) > 0 {
			break
		}
	}
	if len(s.found) == 0 {
		s.try("web", source.Absolute(answer.URL, "/sitemap.xml"))
	}
	slices.SortStableFunc(s.found, func(a, b Found) int { return b.Newest.Compare(a.Newest) })
	return s.found, ctx.Err()
}

// search tries addresses, each once.
type search struct {
	ctx    context.Context
	getter source.Getter
	tried  map[string]bool
	found  []Found
}

// try looks whether an address can be followed.
func (s *search) try(kind, address string) bool {
	if address == "" || s.tried[kind+address] || len(s.tried) >= maxTried || s.ctx.Err() != nil {
		return false
	}
	s.tried[kind+address] = true
	made, err := kinds.New(source.Spec{Name: "discover", Kind: kind, URL: address, Every: time.Hour, Article: source.ArticleAuto, Key: source.KeyGUID}, s.getter)
	if err != nil {
		return false
	}
	batch, err := made.Poll(s.ctx, nil)
	if err != nil || len(batch.Posts) == 0 {
		return false
	}
	posts, _ := source.Newest(batch.Posts, len(batch.Posts))
	s.found = append(s.found, Found{Kind: kind, URL: address, Posts: len(posts), Newest: posts[0].Published, Sample: cmp.Or(posts[0].Title, posts[0].URL)})
	return true
}

// accountKind is the kind that an account's page looks like; "" for others.
func accountKind(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	switch {
	case host == "bsky.app":
		return "bluesky"
	case host == "t.me" || host == "telegram.me":
		return "telegram"
	case host == "reddit.com" || strings.HasSuffix(host, ".reddit.com"):
		return "reddit"
	case strings.HasPrefix(u.Path, "/@"):
		return "mastodon"
	}
	return ""
}

func parse(answer *fetch.Response) (*goquery.Document, error) {
	reader, err := charset.NewReader(bytes.NewReader(answer.Body), answer.ContentType)
	if err != nil {
		return nil, err
	}
	return goquery.NewDocumentFromReader(reader)
}

// links are the feeds that a page names, and the links that look like one.
// Feeds of comments come last: hardly anybody wants them.
func links(page *goquery.Document, base string) (named, linked []string) {
	page.Find("link[rel~=alternate][href]").Each(func(_ int, l *goquery.Selection) {
		if slices.Contains(types, strings.ToLower(l.AttrOr("type", ""))) {
			named = append(named, source.Absolute(base, l.AttrOr("href", "")))
		}
	})
	page.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		if len(linked) < maxTried && (feedlike.MatchString(href) || feedlike.MatchString(a.Text())) {
			linked = append(linked, source.Absolute(base, href))
		}
	})
	comments := func(a, b string) int {
		return cmp.Compare(strings.Count(a, "comments"), strings.Count(b, "comments"))
	}
	slices.SortStableFunc(named, comments)
	slices.SortStableFunc(linked, comments)
	return named, linked
}

// below are the known places under a page and under its site.
func below(address string) []string {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	u.RawQuery, u.Fragment = "", ""
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	var out []string
	for _, from := range []string{u.String(), u.Scheme + "://" + u.Host + "/"} {
		for _, place := range known {
			if at := from + place; !slices.Contains(out, at) {
				out = append(out, at)
			}
		}
	}
	return out
}
