package x

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// answer is a page of posts. Names are those of before and after X renamed
// tweets to posts. https://docs.x.com/x-api/fundamentals/data-dictionary
type answer struct {
	Data     []post `json:"data"` // absent when there are none
	Includes struct {
		Tweets []post `json:"tweets"`
		Posts  []post `json:"posts"`
	} `json:"includes"`
	Meta struct {
		Count     *int   `json:"result_count"`
		NextToken string `json:"next_token"`
	} `json:"meta"`
	Errors []problem `json:"errors"`
}

type post struct {
	ID               string      `json:"id"`
	Text             string      `json:"text"`
	AuthorID         string      `json:"author_id"`
	CreatedAt        string      `json:"created_at"`
	Entities         entities    `json:"entities"`
	NoteTweet        *long       `json:"note_tweet"`
	NotePost         *long       `json:"note_post"`
	ReferencedTweets []reference `json:"referenced_tweets"`
	ReferencedPosts  []reference `json:"referenced_posts"`
}

// long is the whole text of a post of more than 280 characters.
type long struct {
	Text     string   `json:"text"`
	Entities entities `json:"entities"`
}

type entities struct {
	URLs []struct {
		Short    string `json:"url"` // https://t.co/…
		Expanded string `json:"expanded_url"`
		Unwound  string `json:"unwound_url"` // where other shorteners lead
	} `json:"urls"`
	Hashtags []struct {
		Tag string `json:"tag"`
	} `json:"hashtags"`
}

type reference struct {
	Type string `json:"type"` // quoted, replied_to, retweeted
	ID   string `json:"id"`
}

// others are the posts that those of the page refer to.
func (a answer) others() []post { return slices.Concat(a.Includes.Tweets, a.Includes.Posts) }

// id is what X gives its posts.
var id = regexp.MustCompile(`^\d{1,19}$`)

// post makes a post of one of X. Of a repost it is what was repeated; a quoted
// post is read with the one that quotes it.
func (x post) post(others []post, author string, now time.Time) (waggle.Post, bool) {
	said := x
	if repeated, ok := x.refers("retweeted", others); ok {
		said = repeated
	}
	text, links := said.whole()
	title := source.Headline(text)
	if quoted, ok := said.refers("quoted", others); ok {
		t, l := quoted.whole()
		text += "\n\nQuoted:\n" + t
		links = append(links, l...)
	}
	p := waggle.Post{
		ID: x.ID, URL: "https://x.com/i/status/" + x.ID, Author: source.Line(x.AuthorID),
		Title: title, Content: source.Clean(text), ContentType: "text/plain", Whole: true,
		Links:     source.Links("", links),
		Published: source.Sane(source.Date(x.CreatedAt), now), Fetched: now,
	}
	if p.Published.IsZero() {
		p.Published = source.Sane(written(x.ID), now)
	}
	if author != "" {
		p.Author, p.URL = author, "https://x.com/"+author+"/status/"+x.ID
	}
	for _, tag := range said.tags() {
		if tag = source.Line(tag); tag != "" && !slices.Contains(p.Categories, tag) && len(p.Categories) < source.MaxLinks {
			p.Categories = append(p.Categories, tag)
		}
	}
	return p, strings.TrimSpace(p.Content) != ""
}

// refers finds the post that this one refers to in a way.
func (x post) refers(way string, others []post) (post, bool) {
	for _, r := range slices.Concat(x.ReferencedTweets, x.ReferencedPosts) {
		if r.Type != way {
			continue
		}
		for _, o := range others {
			if o.ID == r.ID {
				return o, true
			}
		}
	}
	return post{}, false
}

// note is the post's long form, where it has one.
func (x post) note() *long {
	if x.NoteTweet != nil {
		return x.NoteTweet
	}
	return x.NotePost
}

// whole is the text with t.co's addresses replaced by those they stand for, and
// these by themselves.
func (x post) whole() (text string, links []string) {
	text, found := x.Text, x.Entities
	if n := x.note(); n != nil && n.Text != "" {
		text, found = n.Text, n.Entities
		found.URLs = append(found.URLs, x.Entities.URLs...)
	}
	var pairs []string
	seen := map[string]bool{}
	for _, u := range found.URLs {
		full := u.Expanded
		if u.Unwound != "" {
			full = u.Unwound
		}
		if u.Short == "" || full == "" || seen[u.Short] {
			continue
		}
		seen[u.Short] = true
		if own(full) {
			pairs = append(pairs, u.Short, "")
			continue
		}
		pairs = append(pairs, u.Short, full)
		links = append(links, full)
	}
	text = html.UnescapeString(strings.NewReplacer(pairs...).Replace(text))
	return strings.TrimSpace(text), links
}

// own tells the addresses of X itself: pictures, quoted posts.
func own(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	return host == "x.com" || host == "twitter.com" || host == "pic.x.com" || host == "pic.twitter.com" || host == "t.co"
}

func (x post) tags() []string {
	var out []string
	found := slices.Clone(x.Entities.Hashtags)
	if n := x.note(); n != nil {
		found = append(found, n.Entities.Hashtags...)
	}
	for _, h := range found {
		out = append(out, h.Tag)
	}
	return out
}
