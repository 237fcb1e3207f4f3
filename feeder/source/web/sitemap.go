package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html/charset"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// Limits of sitemaps. The protocol allows 50,000 addresses in each.
const (
	maxMaps      = 4 // maps of an index that are read, those that changed last
	maxAddresses = 50_000
)

// entry is an address in a sitemap, or a sitemap in an index of them.
type entry struct {
	Location string `xml:"loc"`
	Modified string `xml:"lastmod"`
	News     struct {
		Title string `xml:"title"`
		Date  string `xml:"publication_date"`
	} `xml:"news"` // https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
}

func isSitemap(body []byte) bool {
	head := body[:min(len(body), 4096)]
	return bytes.Contains(head, []byte("<urlset")) || bytes.Contains(head, []byte("<sitemapindex"))
}

// sitemap takes the posts from a sitemap or an index of some.
func (s *site) sitemap(ctx context.Context, answer *fetch.Response, now time.Time) (source.Batch, error) {
	entries, maps, err := decode(answer.Body)
	if err != nil {
		return source.Batch{}, source.Unreadable(s.spec, answer, "a sitemap", err)
	}
	var missed []string
	for _, m := range s.newestMaps(maps, answer.URL) {
		more, err := s.getter.Get(ctx, fetch.Request{URL: m, Accept: accept, MaxBody: maxBody})
		if err != nil {
			if ctx.Err() != nil {
				return source.Batch{}, err
			}
			missed = append(missed, "a map of the index could not be read: "+err.Error())
			continue
		}
		found, _, err := decode(more.Body)
		if err != nil {
			missed = append(missed, "a map of the index could not be read: "+err.Error())
			continue
		}
		entries = append(entries, found...)
	}
	if len(entries) == 0 {
		return source.Batch{}, source.Unreadable(s.spec, answer, "a sitemap", errors.New(strings.Join(append(missed, "it lists no addresses"), "; ")))
	}
	posts, left := source.Newest(s.entries(entries, answer.URL, now), maxPosts)
	if left > 0 {
		missed = append(missed, fmt.Sprintf("older addresses left out, because only the newest %d are taken: %d (select.match narrows them)", maxPosts, left))
	}
	return source.Batch{Posts: posts, Note: strings.Join(missed, "; ")}, nil
}

// newestMaps are the maps of an index that changed last, on its own site only:
// an index must not send the reader elsewhere.
func (s *site) newestMaps(maps []entry, from string) []string {
	slices.SortStableFunc(maps, func(a, b entry) int { return source.Date(b.Modified).Compare(source.Date(a.Modified)) })
	home := address.Host(from)
	var out []string
	for _, m := range maps {
		if at := source.Absolute(from, m.Location); at != "" && address.Host(at) == home && len(out) < maxMaps {
			out = append(out, at)
		}
	}
	return out
}

// entries makes posts of addresses. Where the map has no titles, they are made
// of the addresses; the pages behind them are read later.
func (s *site) entries(list []entry, from string, now time.Time) []waggle.Post {
	var posts []waggle.Post
	seen := map[string]bool{}
	for _, e := range list {
		at := source.Absolute(from, e.Location)
		if at == "" || !s.wanted(at) || address.Canonical(at) == address.Canonical(home(from)) {
			continue
		}
		p := waggle.Post{
			URL: at, ID: source.ID(address.Canonical(at)), Title: source.Line(e.News.Title), ContentType: "text/html",
			Published: source.Sane(source.Date(e.News.Date), now), Fetched: now,
		}
		if p.Published.IsZero() {
			p.Published = source.Sane(source.Date(e.Modified), now)
		}
		if p.Title == "" {
			p.Title = named(at)
		}
		if p.ID == "" || seen[p.ID] {
			continue
		}
		seen[p.ID] = true
		posts = append(posts, p)
	}
	return posts
}

// home is a site's first page.
func home(from string) string {
	u, err := url.Parse(from)
	if err != nil {
		return from
	}
	return u.Scheme + "://" + u.Host + "/"
}

// decode reads a sitemap as far as it goes: one that breaks off gives what it
// has.
func decode(body []byte) (addresses, maps []entry, err error) {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	decoder.Strict = false
	decoder.CharsetReader = charset.NewReaderLabel
	for len(addresses)+len(maps) < maxAddresses {
		token, err := decoder.Token()
		if token == nil || err != nil {
			if len(addresses)+len(maps) == 0 {
				return nil, nil, errors.New("it lists no addresses")
			}
			return addresses, maps, nil
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "url" && start.Name.Local != "sitemap" {
			continue
		}
		var e entry
		if err := decoder.DecodeElement(&e, &start); err != nil {
			continue
		}
		if start.Name.Local == "url" {
			addresses = append(addresses, e)
		} else {
			maps = append(maps, e)
		}
	}
	return addresses, maps, nil
}
