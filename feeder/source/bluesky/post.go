package bluesky

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// item is an entry of an author's feed.
// https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json
type item struct {
	Post   postView `json:"post"`
	Reason *struct {
		Type      string    `json:"$type"`
		IndexedAt time.Time `json:"indexedAt"`
	} `json:"reason"`
}

type postView struct {
	URI       string    `json:"uri"` // at://did/app.bsky.feed.post/key
	Author    author    `json:"author"`
	Record    record    `json:"record"`
	Embed     *embed    `json:"embed"`
	IndexedAt time.Time `json:"indexedAt"`
}

type author struct {
	DID    string `json:"did"`
	Handle string `json:"handle"`
}

// record is what the author wrote.
type record struct {
	Text   string   `json:"text"`
	Tags   []string `json:"tags"`
	Facets []facet  `json:"facets"`
}

// embed is what a post shows below its text: a link, pictures, another post, or
// a post with one of the others as media.
type embed struct {
	External *struct {
		URI string `json:"uri"`
	} `json:"external"`
	Images []struct {
		Alt string `json:"alt"`
	} `json:"images"`
	Media  *embed  `json:"media"`
	Record *quoted `json:"record"`
}

// quoted is another post. With media it lies one level deeper.
type quoted struct {
	Value  *record `json:"value"`
	Author author  `json:"author"`
	Record *quoted `json:"record"`
}

// indexed is when the post, or its repeating, came into Bluesky's index.
func (it item) indexed(now time.Time) time.Time {
	if it.Reason != nil && !it.Reason.IndexedAt.IsZero() {
		return source.Sane(it.Reason.IndexedAt, now)
	}
	return source.Sane(it.Post.IndexedAt, now)
}

// post makes a post of an item.
func (it item) post(reposts bool, now time.Time) (waggle.Post, bool) {
	if it.Reason != nil && strings.HasSuffix(it.Reason.Type, "#reasonRepost") && !reposts {
		return waggle.Post{}, false
	}
	v := it.Post
	text, links := v.Record.whole()
	more, moreLinks := v.Embed.whole()
	p := waggle.Post{
		ID:          source.ID(source.Clean(v.URI)),
		URL:         webPage(v.URI),
		Author:      source.Line(cmp.Or(v.Author.Handle, v.Author.DID)),
		Title:       source.Headline(v.Record.Text),
		Content:     strings.TrimSpace(source.Clean(text + more)),
		ContentType: "text/plain",
		Whole:       true,
		Links:       source.Links("", append(links, moreLinks...)),
		Published:   it.indexed(now),
		Fetched:     now,
	}
	for _, t := range slices.Concat(v.Record.Tags, v.Record.tags()) {
		if t = source.Line(t); t != "" && !slices.Contains(p.Categories, t) && len(p.Categories) < source.MaxLinks {
			p.Categories = append(p.Categories, t)
		}
	}
	return p, p.ID != "" && p.Content != ""
}

// whole is what an embed adds to a post's text: the descriptions of its
// pictures, and the post it quotes.
func (e *embed) whole() (text string, links []string) {
	if e == nil {
		return "", nil
	}
	if e.External != nil {
		links = append(links, e.External.URI)
	}
	for _, i := range e.Images {
		if i.Alt != "" {
			text += "\n\n" + i.Alt
		}
	}
	if e.Media != nil && e.Media.Media == nil {
		t, l := e.Media.whole()
		text, links = text+t, append(links, l...)
	}
	q := e.Record
	if q != nil && q.Record != nil {
		q = q.Record
	}
	if q != nil && q.Value != nil && q.Value.Text != "" {
		t, l := q.Value.whole()
		text += "\n\n" + q.Author.Handle + ":\n" + t
		links = append(links, l...)
	}
	return text, links
}

// webPage is where a post can be looked at.
func webPage(uri string) string {
	did, rest, _ := strings.Cut(strings.TrimPrefix(uri, "at://"), "/")
	_, key, _ := strings.Cut(rest, "/")
	if !strings.HasPrefix(did, "did:") || key == "" {
		return ""
	}
	return source.Absolute("", "https://bsky.app/profile/"+did+"/post/"+key)
}
