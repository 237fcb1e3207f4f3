// Package bridge follows what has no feed of its own through one of the
// programs that make feeds of it, at an address of yours or of somebody you
// trust: Nitter (https://github.com/zedeus/nitter), RSSHub
// (https://docs.rsshub.app) and RSS-Bridge (https://rss-bridge.github.io/rss-bridge/).
package bridge

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/source/rss"
)

// handle is a name on X.
var handle = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)

// Nitter follows accounts of X through the Nitter at the spec's address. Its
// posts get their addresses on X, so that another Nitter repeats none.
func Nitter(spec source.Spec, getter source.Getter) (source.Source, error) {
	if len(spec.Accounts) == 0 {
		return nil, &source.Fault{Key: "accounts", Say: "name under accounts who is followed, without @"}
	}
	for _, a := range spec.Accounts {
		if !handle.MatchString(a) {
			return nil, &source.Fault{Key: "accounts", Say: "an account is up to 15 letters, digits and _, without @"}
		}
	}
	path := "/" + strings.Join(spec.Accounts, ",") + "/rss"
	if spec.Replies {
		path = "/" + strings.Join(spec.Accounts, ",") + "/with_replies/rss"
	}
	feed, err := follow(spec, path, getter)
	return &nitter{feed, spec.Reposts}, err
}

// RSSHub follows a route of the RSSHub at the spec's address.
func RSSHub(spec source.Spec, getter source.Getter) (source.Source, error) {
	return follow(spec, spec.Path, getter)
}

// RSSBridge follows a bridge of the RSS-Bridge at the spec's address.
func RSSBridge(spec source.Spec, getter source.Getter) (source.Source, error) {
	return follow(spec, spec.Path, getter)
}

// follow makes a source of the feed at a path, with a query perhaps, below the
// spec's address. A token, for a bridge that wants one, is sent as its
// documentation says: ?key= to RSSHub, ?token= to RSS-Bridge.
func follow(spec source.Spec, path string, getter source.Getter) (source.Source, error) {
	if path == "" {
		return nil, &source.Fault{Key: "path", Say: "path is what follows the bridge's address, such as /telegram/channel/name or /?action=display&bridge=…&format=Atom"}
	}
	base, err := url.Parse(strings.TrimSuffix(spec.URL, "/"))
	if err != nil || base.RawQuery != "" {
		return nil, &source.Fault{Key: "url", Say: "the address of the bridge itself is wanted; what follows it belongs under path"}
	}
	below, err := url.Parse("/" + strings.TrimPrefix(path, "/"))
	if err != nil || below.Host != "" {
		return nil, &source.Fault{Key: "path", Say: "the path cannot be read"}
	}
	base.Path += below.Path
	query := below.Query()
	if spec.Token.Set() {
		name := "token"
		if spec.Kind == "rsshub" {
			name = "key"
		}
		query.Set(name, spec.Token.Reveal())
	}
	base.RawQuery = query.Encode()
	asked := spec
	asked.URL = base.String()
	return rss.New(asked, source.Careful(getter, spec.Token))
}

// nitter gives what a Nitter shows its place on X.
type nitter struct {
	source.Source
	reposts bool
}

// Poll asks for the feed.
func (n *nitter) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	batch, err := n.Source.Poll(ctx, last)
	kept := batch.Posts[:0]
	for _, p := range batch.Posts {
		if strings.HasPrefix(p.Title, "RT by @") && !n.reposts {
			continue
		}
		p.Whole, p.Links = true, nil
		if at, ok := status(p.URL); ok {
			p.ID, p.URL = at, at
		}
		kept = append(kept, p)
	}
	batch.Posts = kept
	return batch, err
}

// post is the path of a post, on X and on a Nitter alike.
var post = regexp.MustCompile(`^/([A-Za-z0-9_]{1,15})/status/(\d{1,20})$`)

// status is a post's address on X.
func status(address string) (string, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	found := post.FindStringSubmatch(u.Path)
	if found == nil {
		return "", false
	}
	return "https://x.com/" + found[1] + "/status/" + found[2], true
}
