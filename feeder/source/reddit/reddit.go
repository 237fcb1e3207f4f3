// Package reddit follows a subreddit, a user or a search on Reddit by its Atom
// feed. Without the token of a feed Reddit turns most readers away.
package reddit

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/rss"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// New makes a source of kind rss that asks for the feed of the page at the
// spec's address, with the spec's user and token where it has them.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	u, err := url.Parse(spec.URL)
	if err != nil || u.RawQuery != "" {
		return nil, &source.Fault{Key: "url", Say: "the address of a page on Reddit is wanted, such as https://www.reddit.com/r/name/new/, without '?': the feed's token belongs under token_file"}
	}
	if spec.Token.Set() != (spec.User != "") {
		return nil, &source.Fault{Key: "user", Say: "user and token belong together: both stand in the addresses at https://www.reddit.com/prefs/feeds"}
	}
	u.Path = strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/.rss") + "/.rss"
	if spec.Token.Set() {
		u.RawQuery = url.Values{"feed": {spec.Token.Reveal()}, "user": {spec.User}}.Encode()
	}
	asked := spec
	asked.URL = u.String()
	feed, err := rss.New(asked, source.Careful(getter, spec.Token))
	return &reader{feed, spec.Token.Set()}, err
}

// reader explains Reddit's refusals.
type reader struct {
	source.Source
	token bool
}

// Poll asks for the feed.
func (r *reader) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	batch, err := r.Source.Poll(ctx, last)
	refused, ok := errors.AsType[*upstream.Error](err)
	if !ok || refused.Reason != upstream.Auth && refused.Reason != upstream.RateLimited {
		return batch, err
	}
	e := *refused
	e.Next = "Reddit turns readers without a token away: copy user and feed from an address at https://www.reddit.com/prefs/feeds to user and token_file"
	if r.token {
		e.Next = "check user and token against https://www.reddit.com/prefs/feeds, and ask less often (every)"
	}
	return batch, &e
}
