// Package bluesky follows an account of Bluesky through the public API of its
// AppView, which wants no login
// (https://docs.bsky.app/docs/api/app-bsky-feed-get-author-feed).
package bluesky

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
)

const authorFeed = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed"

// Limits of one poll.
const (
	maxPages = 10      // of a hundred posts each
	maxBody  = 8 << 20 // bytes of a page
)

type account struct {
	spec   source.Spec
	getter source.Getter
	actor  string // handle or DID
}

// profile is the path of an account's page.
var profile = regexp.MustCompile(`^/profile/([A-Za-z0-9.:%_-]{3,300})/?$`)

// New makes a source that follows the account whose page is the spec's address.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	u, err := url.Parse(spec.URL)
	if err != nil {
		return nil, &source.Fault{Key: "url", Say: "the address cannot be read"}
	}
	found := profile.FindStringSubmatch(u.Path)
	if found == nil {
		return nil, &source.Fault{Key: "url", Say: "the address of an account's page is wanted, such as https://bsky.app/profile/name.bsky.social"}
	}
	return &account{spec: spec, getter: getter, actor: found[1]}, nil
}

// cursor remembers when the newest post that was read was indexed.
type cursor struct {
	Newest time.Time `json:"newest,omitzero"`
}

// page is an answer of getAuthorFeed.
type page struct {
	Cursor string `json:"cursor"`
	Feed   []item `json:"feed"`
}

// Poll reads from the newest post back to those that the last poll saw; the
// first poll takes one page. The time that counts is that of Bluesky's index:
// the one in a post is whatever its author says.
func (a *account) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	var was cursor
	if len(last) > 0 {
		// A cursor that cannot be read is as good as none: the store knows what it has.
		_ = json.Unmarshal(last, &was)
	}
	next, now := was, time.Now().UTC()
	var posts []waggle.Post
	older := ""
	for range maxPages {
		answered, err := a.page(ctx, older)
		if err != nil {
			return source.Batch{}, err // nothing is lost: the next poll begins at the newest again
		}
		reached := was.Newest.IsZero()
		for _, it := range answered.Feed {
			indexed := it.indexed(now)
			if indexed.After(next.Newest) {
				next.Newest = indexed
			}
			reached = reached || !indexed.IsZero() && !indexed.After(was.Newest)
			if p, ok := it.post(a.spec.Reposts, now); ok {
				posts = append(posts, p)
			}
		}
		if reached || answered.Cursor == "" || len(answered.Feed) == 0 || answered.Cursor == older {
			break
		}
		older = answered.Cursor
	}
	encoded, err := json.Marshal(next)
	return source.Batch{Posts: posts, Cursor: encoded}, err
}

func (a *account) page(ctx context.Context, older string) (page, error) {
	query := url.Values{"actor": {a.actor}, "limit": {"100"}, "filter": {"posts_and_author_threads"}}
	if a.spec.Replies {
		query.Set("filter", "posts_with_replies")
	}
	if older != "" {
		query.Set("cursor", older)
	}
	var answered page
	answer, err := a.getter.Get(ctx, fetch.Request{URL: authorFeed + "?" + query.Encode(), Accept: "application/json", MaxBody: maxBody})
	if err != nil {
		return page{}, err
	}
	return answered, source.ReadJSON(a.spec, answer, "a list of posts", &answered)
}
