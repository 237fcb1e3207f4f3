package x

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/shared/fetch"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// maxQuery is the longest search, in characters, that an app may make.
// https://docs.x.com/x-api/posts/search/integrate/build-a-query
const maxQuery = 512

// ask is one thing to ask for: a search, or an account's timeline.
type ask struct {
	name   string // in the cursor
	path   string
	query  url.Values
	fewest int    // posts a page has at least
	token  string // the parameter that asks for the next page
	author string // of all its posts, where there is only one
	days   bool   // only the last seven days can be had
}

// asks lists what is to be asked for.
func (r *reader) asks(ctx context.Context, at *cursor) ([]ask, error) {
	var out []ask
	if r.spec.Query != "" {
		out = append(out, search(r.spec.Query, ""))
	}
	if !r.spec.Timelines {
		for _, pack := range packs(r.spec.Accounts, r.filter()) {
			author := ""
			if len(r.spec.Accounts) == 1 {
				author = r.spec.Accounts[0]
			}
			out = append(out, search(pack, author))
		}
		return out, nil
	}
	if err := r.lookUp(ctx, at); err != nil {
		return nil, err
	}
	for _, a := range r.spec.Accounts {
		id := at.Users[strings.ToLower(a)]
		if id == "" {
			continue // X does not know it
		}
		query := url.Values{}
		if without := r.without(); without != "" {
			query.Set("exclude", without)
		}
		out = append(out, ask{name: "user " + id, path: "/2/users/" + url.PathEscape(id) + "/tweets", query: query, fewest: 5, token: "pagination_token", author: a})
	}
	return out, nil
}

// search is https://docs.x.com/x-api/posts/search-recent-posts.
func search(query, author string) ask {
	return ask{
		name: "search " + query, path: "/2/tweets/search/recent", query: url.Values{"query": {query}},
		fewest: 10, token: "next_token", author: author, days: true,
	}
}

// packs puts accounts together into as few searches as their length allows.
func packs(accounts []string, filter string) []string {
	var out []string
	begun := ""
	for _, a := range accounts {
		term := "from:" + a
		if begun != "" && len("("+begun+" OR "+term+")"+filter) <= maxQuery {
			begun += " OR " + term
			continue
		}
		if begun != "" {
			out = append(out, "("+begun+")"+filter)
		}
		begun = term
	}
	if begun != "" {
		out = append(out, "("+begun+")"+filter)
	}
	return out
}

// filter leaves out of a search what is not wanted.
func (r *reader) filter() string {
	filter := ""
	if !r.spec.Reposts {
		filter += " -is:retweet"
	}
	if !r.spec.Replies {
		filter += " -is:reply"
	}
	return filter
}

// without leaves the same out of a timeline.
func (r *reader) without() string {
	var out []string
	if !r.spec.Reposts {
		out = append(out, "retweets")
	}
	if !r.spec.Replies {
		out = append(out, "replies")
	}
	return strings.Join(out, ",")
}

// lookUp finds the ids of accounts whose timelines are asked for, once: X
// charges for it. https://docs.x.com/x-api/users/get-users-by-usernames
func (r *reader) lookUp(ctx context.Context, at *cursor) error {
	var unknown []string
	for _, a := range r.spec.Accounts {
		if _, ok := at.Users[strings.ToLower(a)]; !ok && len(unknown) < 100 {
			unknown = append(unknown, a)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	var found struct {
		Data []struct {
			ID       string `json:"id"`
			Username string `json:"username"`
		} `json:"data"`
	}
	if _, err := r.get(ctx, "/2/users/by", url.Values{"usernames": {strings.Join(unknown, ",")}}, &found); err != nil {
		return err
	}
	for _, u := range found.Data {
		at.Users[strings.ToLower(u.Username)] = u.ID
	}
	if len(found.Data) == 0 {
		return &upstream.Error{
			Service: r.spec.Name, Reason: upstream.NotFound, Message: "X knows no account called " + strings.Join(unknown, " or "),
			Next: "correct accounts: names are those of the accounts' pages, without @",
		}
	}
	for _, a := range unknown {
		if name := strings.ToLower(a); at.Users[name] == "" {
			at.Users[name] = "" // not asked for again before the next month
		}
	}
	return nil
}

// strangers are the accounts that X does not know.
func (r *reader) strangers(at cursor) string {
	var out []string
	for _, a := range r.spec.Accounts {
		if id, asked := at.Users[strings.ToLower(a)]; asked && id == "" {
			out = append(out, a)
		}
	}
	return strings.Join(out, ", ")
}

// get calls the API.
func (r *reader) get(ctx context.Context, path string, query url.Values, into any) (*fetch.Response, error) {
	got, err := r.getter.Get(ctx, fetch.Request{
		URL: strings.TrimSuffix(r.spec.URL, "/") + path + "?" + query.Encode(), Accept: "application/json", MaxBody: maxBody,
		Header: http.Header{"Authorization": {"Bearer " + r.spec.Token.Reveal()}},
	})
	if err != nil {
		return nil, explained(err)
	}
	return got, source.ReadJSON(r.spec, got, "an answer of X", into)
}
