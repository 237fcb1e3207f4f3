package rss

import (
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// posts turns the feed's items into posts, in the feed's order. base is the address
// that relative links start from. shared counts the items whose key another
// item of the same feed already has; the store tells those apart.
func (f *feed) posts(read *parsed, base string, now time.Time) (posts []waggle.Post, shared int) {
	keys := make(map[string]bool, len(read.items))
	seen := make(map[publication]bool, len(read.items))
	for _, item := range read.items {
		p := f.post(item, base, now)
		if p.Title == "" && p.Content == "" && p.URL == "" {
			continue
		}
		p.ID = source.ID(f.key(item, p))
		same := publication{p.ID, p.URL, p.Title}
		if seen[same] {
			continue // the same item twice in one feed
		}
		if keys[p.ID] {
			shared++
		}
		keys[p.ID], seen[same] = true, true
		posts = append(posts, p)
	}
	return posts, shared
}

// publication is what makes an item the same as another.
type publication struct{ id, url, title string }

func (f *feed) post(item *gofeed.Item, base string, now time.Time) waggle.Post {
	p := waggle.Post{
		Source:     f.spec.Name,
		URL:        source.Absolute(base, item.Link),
		Title:      source.Line(item.Title),
		Author:     authors(item),
		Categories: categories(item),
		Published:  published(item, now),
		Fetched:    now,
	}
	// content:encoded and Atom's content are the whole text, where description
	// and summary often are not.
	p.Content = source.Clean(item.Content)
	if strings.TrimSpace(p.Content) == "" {
		p.Content = source.Clean(item.Description)
	}
	p.ContentType = source.ContentType(p.Content)
	if p.URL == "" && strings.HasPrefix(item.GUID, "http") {
		p.URL = source.Absolute(base, item.GUID) // RSS: a guid is a permalink unless it says otherwise
	}
	p.Links = links(item, base, p.URL)
	return p
}

// key is what tells the item from the source's others.
func (f *feed) key(item *gofeed.Item, p waggle.Post) string {
	guid := strings.TrimSpace(source.Clean(item.GUID))
	link := address.Canonical(p.URL) + address.Fragment(p.URL)
	switch f.spec.Key {
	case source.KeyLink:
		guid = ""
	case source.KeyContent:
		return source.Digest(p.Title, link, p.Content)
	}
	if guid != "" {
		return guid
	}
	if link != "" {
		return link
	}
	if p.Published.IsZero() {
		return source.Digest(p.Title, p.Content)
	}
	return source.Digest(p.Title, p.Published.Format(time.RFC3339))
}

func authors(item *gofeed.Item) string {
	var names []string
	for _, a := range item.Authors {
		if a == nil {
			continue
		}
		name := source.Line(a.Name)
		if name == "" {
			name = source.Line(a.Email)
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return source.Cut(strings.Join(names, ", "), source.MaxTitle)
}

func categories(item *gofeed.Item) []string {
	var out []string
	for _, c := range item.Categories {
		if c = source.Line(c); c != "" && len(out) < source.MaxLinks {
			out = append(out, c)
		}
	}
	return out
}

// links are the enclosures and the item's further links.
func links(item *gofeed.Item, base, main string) []string {
	raw := slices.Clone(item.Links)
	for _, e := range item.Enclosures {
		if e != nil {
			raw = append(raw, e.URL)
		}
	}
	return source.Links(base, raw, main)
}
