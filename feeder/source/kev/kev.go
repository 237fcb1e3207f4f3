// Package kev follows CISA's catalog of Known Exploited Vulnerabilities
// (https://www.cisa.gov/known-exploited-vulnerabilities-catalog). Each
// vulnerability that is added makes a post.
package kev

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// URL is where CISA publishes the catalog as JSON.
const URL = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"

// Limits of one poll.
const (
	maxBody  = 32 << 20 // bytes; the catalog of 2026 has two million
	maxPosts = 500      // vulnerabilities, the newest
)

type catalog struct {
	spec   source.Spec
	getter source.Getter
}

// New makes a source of the catalog at the spec's address.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	return &catalog{spec: spec, getter: getter}, nil
}

// cursor is what the next conditional GET needs.
type cursor struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"lastModified,omitempty"`
}

// vulnerability is an entry of the catalog.
// https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json
type vulnerability struct {
	CVE         string   `json:"cveID"`
	Vendor      string   `json:"vendorProject"`
	Product     string   `json:"product"`
	Name        string   `json:"vulnerabilityName"`
	Added       string   `json:"dateAdded"` // 2026-11-19
	Description string   `json:"shortDescription"`
	Action      string   `json:"requiredAction"`
	Due         string   `json:"dueDate"`
	Ransomware  string   `json:"knownRansomwareCampaignUse"` // Known, Unknown
	Notes       string   `json:"notes"`
	CWEs        []string `json:"cwes"`
}

// Poll fetches the catalog, if it changed.
func (c *catalog) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	var was cursor
	if len(last) > 0 {
		// A cursor that cannot be read is only a lost saving: everything is fetched again.
		_ = json.Unmarshal(last, &was)
	}
	answer, err := c.getter.Get(ctx, fetch.Request{
		URL: c.spec.URL, ETag: was.ETag, LastModified: was.LastModified, Accept: "application/json", MaxBody: maxBody,
	})
	if err != nil {
		return source.Batch{}, err
	}
	wait := max(answer.RetryAfter, answer.MaxAge)
	if answer.NotModified {
		return source.Batch{Cursor: last, NotModified: true, Wait: wait}, nil
	}
	var shown struct {
		Vulnerabilities []vulnerability `json:"vulnerabilities"`
	}
	if err := source.ReadJSON(c.spec, answer, "the catalog", &shown); err != nil {
		return source.Batch{}, err
	}
	var posts []waggle.Post
	now, odd := time.Now().UTC(), 0
	for _, v := range shown.Vulnerabilities {
		if p, ok := v.post(now); ok {
			posts = append(posts, p)
		} else {
			odd++
		}
	}
	if len(posts) == 0 {
		return source.Batch{}, source.Unreadable(c.spec, answer, "the catalog", errors.New("it lists no vulnerabilities"))
	}
	note := ""
	if odd > 0 {
		note = fmt.Sprintf("entries without a CVE id: %d", odd)
	}
	posts, _ = source.Newest(posts, maxPosts)
	next, err := json.Marshal(cursor{ETag: answer.ETag, LastModified: answer.LastModified})
	return source.Batch{Posts: posts, Cursor: next, Wait: wait, Note: note}, err
}

var cveID = regexp.MustCompile(`^CVE-\d{4}-\d{4,10}$`)

// post tells of one vulnerability in sentences, so that it reads like any
// other post. An entry that CISA later marks as used for ransomware is one
// more post: for a small firm that is news.
func (v vulnerability) post(now time.Time) (waggle.Post, bool) {
	if !cveID.MatchString(v.CVE) {
		return waggle.Post{}, false
	}
	p := waggle.Post{
		ID: v.CVE, Author: "CISA", ContentType: "text/plain", Whole: true, Fetched: now,
		URL:       "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?search_api_fulltext=" + url.QueryEscape(v.CVE),
		Title:     source.Line(v.CVE + " is exploited: " + v.Name),
		Published: source.Sane(source.Date(v.Added), now),
	}
	for _, c := range append([]string{v.Vendor, v.Product}, v.CWEs...) {
		if c = source.Line(c); c != "" && len(p.Categories) < source.MaxLinks {
			p.Categories = append(p.Categories, c)
		}
	}
	var text strings.Builder
	say := func(format, value string) {
		if value = source.Line(value); value != "" {
			fmt.Fprintf(&text, format+"\n", value)
		}
	}
	say("%s", p.Title)
	say("%s", v.Description)
	say("Vendor and product: %s", v.Vendor+" "+v.Product)
	say("What to do: %s", v.Action)
	say("CISA sets federal agencies this date: %s", v.Due)
	if strings.EqualFold(v.Ransomware, "known") {
		p.ID += " ransomware"
		say("%s", "It is known to be used in ransomware campaigns.")
	}
	say("References: %s", v.Notes)
	p.Content = text.String()
	return p, true
}
