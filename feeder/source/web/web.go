// Package web follows pages without a feed. What it does shows from the
// description and the answer: a page whose posts are found by CSS selectors, a
// sitemap (https://www.sitemaps.org/protocol.html), or one page that is watched
// for changes.
package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Limits of one poll.
const (
	maxBody  = 16 << 20 // bytes of a page, unpacked
	maxPosts = 500      // the newest, or the first where dates do not tell

	// Selectors go through a post's element for each of its fields, so a page
	// of nothing but elements within elements would cost a great deal.
	maxElements = 200_000
	maxItems    = 2000 // that are looked into, with and without a post in them
)

const accept = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"

type site struct {
	spec   source.Spec
	getter source.Getter
	find   selectors
	match  *regexp.Regexp // of a post's address; nil = any
}

// selectors are those of the description, read. Nil means none.
type selectors struct {
	item, title, link, date, text goquery.Matcher
}

// New makes a source of the page or sitemap at the spec's address.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	s := &site{spec: spec, getter: getter}
	for _, c := range []struct {
		name, written string
		into          *goquery.Matcher
	}{
		{"item", spec.Select.Item, &s.find.item}, {"title", spec.Select.Title, &s.find.title}, {"link", spec.Select.Link, &s.find.link},
		{"date", spec.Select.Date, &s.find.date}, {"text", spec.Select.Text, &s.find.text},
	} {
		if c.written == "" {
			continue
		}
		read, err := cascadia.Compile(c.written)
		if err != nil {
			return nil, &source.Fault{Key: "select", Say: c.name + " is no CSS selector: " + err.Error()}
		}
		*c.into = read
	}
	if spec.Select.Match != "" {
		read, err := regexp.Compile(spec.Select.Match)
		if err != nil {
			return nil, &source.Fault{Key: "select", Say: "match is no pattern (RE2): " + err.Error()}
		}
		s.match = read
	}
	if s.find.item == nil && (s.find.title != nil || s.find.link != nil || s.find.date != nil) {
		return nil, &source.Fault{Key: "select", Say: "title, link and date are looked for within item: say what the element of a post is"}
	}
	return s, nil
}

// cursor is what the next conditional GET needs, and what a watched page said.
type cursor struct {
	ETag         string   `json:"etag,omitempty"`
	LastModified string   `json:"lastModified,omitempty"`
	Sum          string   `json:"sum,omitempty"`   // of the last body
	Lines        []string `json:"lines,omitempty"` // of a watched page, a short digest each
}

// Poll fetches the page.
func (s *site) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	var was cursor
	if len(last) > 0 {
		// A cursor that cannot be read is only a lost saving: everything is fetched again.
		_ = json.Unmarshal(last, &was)
	}
	answer, err := s.getter.Get(ctx, fetch.Request{
		URL: s.spec.URL, ETag: was.ETag, LastModified: was.LastModified, Accept: accept, MaxBody: maxBody,
	})
	if err != nil {
		return source.Batch{}, err
	}
	wait := max(answer.RetryAfter, answer.MaxAge)
	if answer.NotModified {
		return source.Batch{Cursor: last, NotModified: true, Wait: wait}, nil
	}
	sum := sha256.Sum256(answer.Body)
	next := cursor{ETag: answer.ETag, LastModified: answer.LastModified, Sum: hex.EncodeToString(sum[:]), Lines: was.Lines}
	batch := source.Batch{NotModified: true}
	if next.Sum != was.Sum {
		if batch, err = s.read(ctx, answer, &next); err != nil {
			return source.Batch{}, err
		}
	}
	batch.Wait = wait
	batch.Cursor, err = json.Marshal(next)
	return batch, err
}

// read takes the posts from an answer.
func (s *site) read(ctx context.Context, answer *fetch.Response, next *cursor) (source.Batch, error) {
	now := time.Now().UTC()
	if isSitemap(answer.Body) {
		return s.sitemap(ctx, answer, now)
	}
	reader, err := charset.NewReader(bytes.NewReader(answer.Body), answer.ContentType)
	if err != nil {
		return source.Batch{}, source.Unreadable(s.spec, answer, "a page", err)
	}
	page, err := goquery.NewDocumentFromReader(reader)
	if err != nil {
		return source.Batch{}, source.Unreadable(s.spec, answer, "a page", err)
	}
	if n := elements(page); n > maxElements {
		return source.Batch{}, s.unfit(answer, fmt.Sprintf("the page has %d elements, and at most %d are read", n, maxElements))
	}
	if s.find.item == nil {
		return s.changes(page, answer, next, now)
	}
	return s.list(page, answer, now)
}

func elements(page *goquery.Document) (n int) {
	for node := range page.Nodes[0].Descendants() {
		if node.Type == html.ElementNode {
			n++
		}
	}
	return n
}

// unfit is the error for a page that does not hold what was looked for.
func (s *site) unfit(answer *fetch.Response, what string) error {
	if err := source.Challenged(s.spec, answer); err != nil {
		return err
	}
	return &upstream.Error{
		Service: s.spec.Name, Reason: upstream.Failure, Status: answer.Status, Message: what,
		Next: "open " + s.spec.Shown() + " in a browser: the page may have changed, and select has to follow; pages that only a script fills cannot be followed",
	}
}

// wanted tells whether an address is one of a post.
func (s *site) wanted(address string) bool {
	return s.match == nil || s.match.MatchString(address)
}

// base is what relative links on a page start from.
func base(page *goquery.Document, address string) string {
	href := page.Find("base[href]").AttrOr("href", "")
	if b := source.Absolute(address, href); b != "" {
		return b
	}
	return address
}

// named makes a title of the last part of an address' path.
func named(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	path := strings.TrimSuffix(strings.Trim(u.Path, "/"), ".html")
	return source.Line(strings.NewReplacer("-", " ", "_", " ").Replace(path[strings.LastIndexByte(path, '/')+1:]))
}
