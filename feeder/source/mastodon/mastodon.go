// Package mastodon follows an account of the fediverse through the API of its
// instance (https://docs.joinmastodon.org/methods/accounts/), which several
// other servers speak as well.
package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
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
	pageSize = 40 // statuses, the most an instance gives
	maxPages = 10
	maxBody  = 8 << 20 // bytes of a page
)

type account struct {
	spec     source.Spec
	getter   source.Getter
	instance string // scheme and host
	name     string // user, or user@instance for one of another instance
}

// profile is the path of an account's page: /@user, /@user@instance, /users/user.
var profile = regexp.MustCompile(`^/(?:@|users/)([A-Za-z0-9_.-]+(?:@[A-Za-z0-9.-]+)?)/?$`)

// New makes a source that follows the account whose page is the spec's address.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	u, err := url.Parse(spec.URL)
	if err != nil {
		return nil, &source.Fault{Key: "url", Say: "the address cannot be read"}
	}
	found := profile.FindStringSubmatch(u.Path)
	if found == nil {
		return nil, &source.Fault{Key: "url", Say: "the address of an account's page is wanted, such as https://infosec.exchange/@name"}
	}
	return &account{spec: spec, getter: getter, instance: u.Scheme + "://" + u.Host, name: found[1]}, nil
}

// cursor remembers the account's id and the newest status that was read.
type cursor struct {
	Account string `json:"account"`
	Newest  string `json:"newest,omitempty"`
}

// Poll asks for the statuses since the last. The first poll takes the newest
// page.
func (a *account) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	var at cursor
	if len(last) > 0 {
		// A cursor that cannot be read is as good as none: the store knows what it has.
		_ = json.Unmarshal(last, &at)
	}
	known := at.Account != ""
	if !known {
		if err := a.lookup(ctx, &at); err != nil {
			return source.Batch{}, err
		}
	}
	posts, err := a.statuses(ctx, &at)
	if known && errors.Is(err, upstream.NotFound) {
		// The account may have been made anew under its name.
		at = cursor{}
		if err := a.lookup(ctx, &at); err != nil {
			return source.Batch{}, err
		}
		posts, err = a.statuses(ctx, &at)
	}
	if err != nil {
		return source.Batch{}, err
	}
	next, err := json.Marshal(at)
	return source.Batch{Posts: posts, Cursor: next}, err
}

// lookup finds the account's id.
// https://docs.joinmastodon.org/methods/accounts/#lookup
func (a *account) lookup(ctx context.Context, at *cursor) error {
	var found struct {
		ID string `json:"id"`
	}
	if _, err := a.get(ctx, "/api/v1/accounts/lookup", url.Values{"acct": {a.name}}, "an account", &found); err != nil {
		return err
	}
	if found.ID == "" {
		return &upstream.Error{
			Service: a.spec.Name, Reason: upstream.Failure, Message: "the instance names no account called " + a.name,
			Next: "open " + a.spec.Shown() + " in a browser: the server may not speak Mastodon's API",
		}
	}
	at.Account = found.ID
	return nil
}

// statuses reads forward from the newest known one, page by page, so that no
// gap is left (min_id; since_id would skip what does not fit on a page).
// https://docs.joinmastodon.org/methods/accounts/#statuses
func (a *account) statuses(ctx context.Context, at *cursor) ([]waggle.Post, error) {
	var posts []waggle.Post
	now := time.Now().UTC()
	for page := range maxPages {
		query := url.Values{
			"limit":           {strconv.Itoa(pageSize)},
			"exclude_reblogs": {strconv.FormatBool(!a.spec.Reposts)},
			"exclude_replies": {strconv.FormatBool(!a.spec.Replies)},
		}
		first := at.Newest == ""
		if !first {
			query.Set("min_id", at.Newest)
		}
		var list []status
		answer, err := a.get(ctx, "/api/v1/accounts/"+url.PathEscape(at.Account)+"/statuses", query, "a list of posts", &list)
		if err != nil && page == 0 {
			return nil, err
		}
		if err != nil {
			return posts, nil // what was read stays read; the next poll goes on from there
		}
		for _, s := range list {
			if p, ok := s.post(answer.URL, now); ok {
				posts = append(posts, p)
			}
		}
		if len(list) > 0 && list[0].ID != "" && list[0].ID != at.Newest {
			at.Newest = list[0].ID // newest first
		} else {
			break
		}
		if first || len(list) < pageSize {
			break
		}
	}
	return posts, nil
}

// get asks the instance for JSON.
func (a *account) get(ctx context.Context, path string, query url.Values, thing string, into any) (*fetch.Response, error) {
	request := fetch.Request{URL: a.instance + path + "?" + query.Encode(), Accept: "application/json", MaxBody: maxBody}
	if a.spec.Token.Set() {
		request.Header = http.Header{"Authorization": {"Bearer " + a.spec.Token.Reveal()}}
	}
	answer, err := a.getter.Get(ctx, request)
	if err != nil {
		return nil, a.explained(err)
	}
	return answer, source.ReadJSON(a.spec, answer, thing, into)
}

// explained adds what an instance means that wants readers to log in.
func (a *account) explained(err error) error {
	refused, ok := errors.AsType[*upstream.Error](err)
	if !ok || refused.Reason != upstream.Auth {
		return err
	}
	e := *refused
	e.Next = "this instance shows posts only to those who log in: make an application with the right read:statuses in an account there, and put its access token under token_file"
	if a.spec.Token.Set() {
		e.Next = "the token is not taken: it may be revoked, or lack the rights read:accounts and read:statuses"
	}
	return &e
}

// trimmed is a host without "www.".
func trimmed(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
