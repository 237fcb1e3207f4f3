// Package rss follows feeds: RSS 0.9 to 2.0 (https://www.rssboard.org/rss-specification),
// RDF (https://web.resource.org/rss/1.0/spec), Atom (RFC 4287) and JSON Feed
// (https://www.jsonfeed.org/version/1.1/). The kind of feed is seen from its
// content, never from its name or media type.
package rss

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/shared/fetch"
)

// maxBody bounds a feed, in bytes, unpacked.
const maxBody = 16 << 20

const accept = "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"

type feed struct {
	spec   source.Spec
	getter source.Getter
}

// New makes a source of kind rss.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	return &feed{spec: spec, getter: getter}, nil
}

// cursor is what the next conditional GET needs, RFC 9110 section 13. Sum is
// the last body's SHA-256, for the many servers that answer 200 to everything.
type cursor struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"lastModified,omitempty"`
	Sum          string `json:"sum,omitempty"`
}

// Poll fetches the feed. An answer that is no feed is an *upstream.Error with
// Reason Failure which says what came instead.
func (f *feed) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	var was cursor
	if len(last) > 0 {
		// A cursor that cannot be read is only a lost saving: everything is fetched again.
		_ = json.Unmarshal(last, &was)
	}
	answer, err := f.getter.Get(ctx, fetch.Request{
		URL: f.spec.URL, ETag: was.ETag, LastModified: was.LastModified, Accept: accept, MaxBody: maxBody,
	})
	if err != nil {
		return source.Batch{}, err
	}
	now := time.Now().UTC()
	wait := max(answer.RetryAfter, answer.MaxAge)
	if answer.NotModified {
		return source.Batch{Cursor: last, NotModified: true, Wait: wait}, nil
	}
	sum := sha256.Sum256(answer.Body)
	next := cursor{ETag: answer.ETag, LastModified: answer.LastModified, Sum: hex.EncodeToString(sum[:])}
	encoded, err := json.Marshal(next)
	if err != nil {
		return source.Batch{}, fmt.Errorf("source %q: cursor: %w", f.spec.Name, err)
	}
	if next.Sum == was.Sum {
		return source.Batch{Cursor: encoded, NotModified: true, Wait: wait}, nil
	}
	read, err := parse(answer.Body, answer.ContentType)
	if err != nil {
		return source.Batch{}, source.Unreadable(f.spec, answer, "a feed", err)
	}
	posts, shared := f.posts(read, answer.URL, now)
	return source.Batch{
		Posts: posts, Cursor: encoded, Wait: max(wait, read.ttl),
		Note: notes(read.damaged, shared, read.unread),
	}, nil
}

// notes says what was not taken as it stood.
func notes(damaged, shared, unread int) string {
	var said []string
	for _, n := range []struct {
		count int
		what  string
	}{
		{damaged, "items that could not be read, because the feed's XML is broken: %d"},
		{shared, "items told apart by link and title, because they share their id with another (key: link may suit this source better): %d"},
		{unread, "items left out, because only the first 20,000 of a feed are read: %d"},
	} {
		if n.count > 0 {
			said = append(said, fmt.Sprintf(n.what, n.count))
		}
	}
	return strings.Join(said, "; ")
}
