// Package telegram follows a public channel by the preview that Telegram shows
// to those without the app (https://t.me/s/<channel>). There is no API for it,
// so a page without a single message counts as a failure.
package telegram

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// Limits of one poll.
const (
	maxPages = 20      // of about twenty messages each
	maxBody  = 8 << 20 // bytes of a page
)

type channel struct {
	spec   source.Spec
	getter source.Getter
	name   string
}

// address is the path of a channel's page, with or without the preview's /s/.
// https://core.telegram.org/method/account.checkUsername
var address = regexp.MustCompile(`^/(?:s/)?([A-Za-z][A-Za-z0-9_]{3,31})/?$`)

// New makes a source that follows the channel whose page is the spec's address.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	u, err := url.Parse(spec.URL)
	if err != nil {
		return nil, &source.Fault{Key: "url", Say: "the address cannot be read"}
	}
	found := address.FindStringSubmatch(u.Path)
	if found == nil {
		return nil, &source.Fault{Key: "url", Say: "the address of a public channel is wanted, such as https://t.me/channelname"}
	}
	return &channel{spec: spec, getter: getter, name: found[1]}, nil
}

// cursor remembers the newest message that was read.
type cursor struct {
	Newest int `json:"newest,omitempty"`
}

// Poll reads from the newest message back to those that the last poll saw; the
// first poll takes one page.
func (c *channel) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	var was cursor
	if len(last) > 0 {
		// A cursor that cannot be read is as good as none: the store knows what it has.
		_ = json.Unmarshal(last, &was)
	}
	next, now := was, time.Now().UTC()
	var posts []waggle.Post
	before := 0
	for range maxPages {
		shown, err := c.page(ctx, before)
		if err != nil {
			return source.Batch{}, err // nothing is lost: the next poll begins at the newest again
		}
		oldest := 0
		for _, m := range shown {
			next.Newest = max(next.Newest, m.number)
			if oldest == 0 || m.number < oldest {
				oldest = m.number
			}
			if p, ok := m.post(now); ok {
				posts = append(posts, p)
			}
		}
		// Numbers of deleted messages are never given again, so a gap is none.
		if was.Newest == 0 || len(shown) == 0 || oldest <= was.Newest+1 || before != 0 && oldest >= before {
			break
		}
		before = oldest
	}
	encoded, err := json.Marshal(next)
	return source.Batch{Posts: posts, Cursor: encoded}, err
}

// page fetches the messages before a number, 0 for the newest.
func (c *channel) page(ctx context.Context, before int) ([]message, error) {
	request := fetch.Request{URL: "https://t.me/s/" + c.name, MaxBody: maxBody}
	if before > 0 {
		request.URL += "?before=" + strconv.Itoa(before)
	}
	answer, err := c.getter.Get(ctx, request)
	if err != nil {
		return nil, err
	}
	if u, err := url.Parse(answer.URL); err == nil && !strings.HasPrefix(u.Path, "/s/") {
		return nil, &upstream.Error{
			Service: c.spec.Name, Reason: upstream.NotFound, Status: answer.Status,
			Message: "Telegram shows no preview of the channel " + c.name,
			Next:    "open https://t.me/s/" + c.name + " in a browser: the channel may be gone, private, or without a preview, and can then not be followed",
		}
	}
	shown := read(answer)
	if len(shown) == 0 && before == 0 {
		return nil, &upstream.Error{
			Service: c.spec.Name, Reason: upstream.Failure, Status: answer.Status,
			Message: "0 messages were found on the channel's page",
			Next:    "open https://t.me/s/" + c.name + " in a browser: if it shows messages there, Telegram has changed its page, and this feeder is too old for it",
		}
	}
	return shown, nil
}
