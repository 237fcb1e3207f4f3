package rss

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"

	"github.com/waggle-cti/waggle/feeder/address"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Limits of one post's short fields, in bytes.
const (
	maxTitle = 1000
	maxID    = 500
	maxLinks = 50
)

// posts turns the feed's items into posts, newest first. base is the address
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
		p.ID = shorten(f.key(item, p))
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
	slices.SortStableFunc(posts, func(a, b waggle.Post) int { return b.When().Compare(a.When()) })
	return posts, shared
}

// publication is what makes an item the same as another.
type publication struct{ id, url, title string }

func (f *feed) post(item *gofeed.Item, base string, now time.Time) waggle.Post {
	p := waggle.Post{
		Source:     f.spec.Name,
		URL:        absolute(base, item.Link),
		Title:      line(item.Title),
		Author:     authors(item),
		Categories: categories(item),
		Published:  published(item, now),
		Fetched:    now,
	}
	// content:encoded and Atom's content are the whole text, where description
	// and summary often are not.
	p.Content = clean(item.Content)
	if strings.TrimSpace(p.Content) == "" {
		p.Content = clean(item.Description)
	}
	p.ContentType = contentType(p.Content)
	if p.URL == "" && strings.HasPrefix(item.GUID, "http") {
		p.URL = absolute(base, item.GUID) // RSS: a guid is a permalink unless it says otherwise
	}
	p.Links = links(item, base, p.URL)
	return p
}

// key is what tells the item from the source's others.
func (f *feed) key(item *gofeed.Item, p waggle.Post) string {
	guid := strings.TrimSpace(clean(item.GUID))
	link := address.Canonical(p.URL) + address.Fragment(p.URL)
	switch f.spec.Key {
	case source.KeyLink:
		guid = ""
	case source.KeyContent:
		return digest(p.Title, link, p.Content)
	}
	if guid != "" {
		return guid
	}
	if link != "" {
		return link
	}
	if p.Published.IsZero() {
		return digest(p.Title, p.Content)
	}
	return digest(p.Title, p.Published.Format(time.RFC3339))
}

func authors(item *gofeed.Item) string {
	var names []string
	for _, a := range item.Authors {
		if a == nil {
			continue
		}
		name := line(a.Name)
		if name == "" {
			name = line(a.Email)
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return cut(strings.Join(names, ", "), maxTitle)
}

func categories(item *gofeed.Item) []string {
	var out []string
	for _, c := range item.Categories {
		if c = line(c); c != "" && len(out) < maxLinks {
			out = append(out, c)
		}
	}
	return out
}

// links are the enclosures and the item's further links.
func links(item *gofeed.Item, base, main string) []string {
	var out []string
	add := func(raw string) {
		if l := absolute(base, raw); l != "" && l != main && !slices.Contains(out, l) && len(out) < maxLinks {
			out = append(out, l)
		}
	}
	for _, l := range item.Links {
		add(l)
	}
	for _, e := range item.Enclosures {
		if e != nil {
			add(e.URL)
		}
	}
	return out
}

// absolute resolves a link and keeps only web addresses.
func absolute(base, raw string) string {
	raw = strings.TrimSpace(clean(raw))
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	if from, err := url.Parse(base); err == nil {
		u = from.ResolveReference(u)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	return u.String()
}

// line makes one plain line of a title or name: feeds write tags and doubly
// escaped entities into them.
func line(s string) string {
	s = clean(s)
	if strings.Contains(s, "<") {
		s = stripTags(s)
	}
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	return cut(strings.Join(strings.Fields(s), " "), maxTitle)
}

// clean takes out what no text needs and what databases and terminals choke
// on: control characters and broken UTF-8.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return -1
		}
		return r
	}, s)
}

// cut shortens to at most n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shorten keeps an id within bounds and still unique.
func shorten(id string) string {
	if len(id) <= maxID {
		return id
	}
	return digest(id)
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
