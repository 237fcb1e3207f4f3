package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// maxLines bounds what is remembered of a watched page.
const maxLines = 5000

// fewLines is what a check for robots has at most. Longer pages may speak of
// one without being one.
const fewLines = 30

// changes compares a page with what it said at the last poll, and makes one
// post of the lines that are new. The first poll only remembers the page.
func (s *site) changes(page *goquery.Document, answer *fetch.Response, next *cursor, now time.Time) (source.Batch, error) {
	part := page.Find("body")
	if s.find.text != nil {
		part = page.FindMatcher(s.find.text)
	}
	var lines []string
	part.Each(func(_ int, p *goquery.Selection) {
		html, err := goquery.OuterHtml(p)
		if err != nil {
			return
		}
		for line := range strings.Lines(ioc.Text(html)) {
			if line = strings.TrimSpace(source.Clean(line)); line != "" && len(lines) < maxLines {
				lines = append(lines, line)
			}
		}
	})
	if len(lines) == 0 {
		return source.Batch{}, s.unfit(answer, "there is no text to watch")
	}
	if len(lines) < fewLines {
		if err := source.Challenged(s.spec, answer); err != nil {
			return source.Batch{}, err // else its words would be news
		}
	}
	known := map[string]bool{}
	for _, short := range next.Lines {
		known[short] = true
	}
	first := len(known) == 0
	next.Lines = nil
	seen := map[string]bool{}
	var added []string
	for _, line := range lines {
		sum := sha256.Sum256([]byte(line))
		short := hex.EncodeToString(sum[:6])
		if seen[short] {
			continue
		}
		seen[short] = true
		next.Lines = append(next.Lines, short)
		if !known[short] {
			added = append(added, line)
		}
	}
	if first {
		return source.Batch{NotModified: true, Note: fmt.Sprintf("watched from now on: %d lines", len(lines))}, nil
	}
	if len(added) == 0 {
		return source.Batch{NotModified: true}, nil
	}
	title := source.Line(page.Find("title").First().Text())
	if title == "" {
		title = named(answer.URL)
	}
	text := strings.Join(added, "\n")
	return source.Batch{Posts: []waggle.Post{{
		ID: source.Digest(next.Sum, text), URL: answer.URL, Title: source.Line("New on " + title), Content: text,
		ContentType: "text/plain", Whole: true, Fetched: now,
	}}}, nil
}
