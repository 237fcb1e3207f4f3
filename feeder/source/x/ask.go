package x

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
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

// walk goes through the pages of one poll.
type walk struct {
	*reader
	at    *cursor
	now   time.Time
	posts []waggle.Post
	pages int
	wait  time.Duration
	note  string
}

// over reads one thing that is asked for, from its newest post back to those
// that are known, as far as budget and limits allow.
func (w *walk) over(ctx context.Context, a ask) error {
	next := ""
	for w.pages < maxPages && w.at.Posts < w.budget && w.wait == 0 {
		p := w.at.Asks[a.name]
		first := p.Since == "" && p.Until == ""
		shown, pause, err := w.page(ctx, a, &p, next)
		if err != nil {
			return err
		}
		w.pages++
		w.wait = pause
		w.at.Posts += len(shown.Data) + len(shown.others())
		for _, x := range shown.Data {
			if !id.MatchString(x.ID) {
				continue // X gives none such, and the next since_id would be refused
			}
			p.Newest, p.Until = later(p.Newest, x.ID), x.ID
			if post, ok := x.post(shown.others(), a.author, w.now); ok {
				w.posts = append(w.posts, post)
			}
		}
		if next = shown.Meta.NextToken; next == "" || len(shown.Data) == 0 || first {
			p = progress{Since: later(p.Since, p.Newest), Names: p.Names}
			w.at.Asks[a.name] = p
			return nil
		}
		w.at.Asks[a.name] = p
	}
	return nil
}

// page asks for one page.
func (w *walk) page(ctx context.Context, a ask, p *progress, next string) (answer, time.Duration, error) {
	query := url.Values{"max_results": {strconv.Itoa(min(100, max(a.fewest, w.budget-w.at.Posts)))}}
	for key, values := range a.query {
		query[key] = values
	}
	from := w.now.Add(-firstDay)
	switch {
	case p.Since != "" && a.days && written(p.Since).Before(w.now.Add(-searchable)):
		from = w.now.Add(-searchable)
		w.note = "a search goes back seven days: what was written before and not read is missing"
		fallthrough
	case p.Since == "":
		query.Set("start_time", from.Format(time.RFC3339))
	default:
		query.Set("since_id", p.Since)
	}
	if next != "" {
		query.Set(a.token, next)
	} else if p.Until != "" {
		query.Set("until_id", p.Until)
	}
	var shown answer
	p.Names = min(max(p.Names, 0), len(names())-1)
	for {
		for name, value := range names()[p.Names] {
			query.Set(name, value)
		}
		got, err := w.get(ctx, a.path, query, &shown)
		if err == nil {
			return shown, got.RetryAfter, shown.failure(w.spec)
		}
		if !renamed(err) || p.Names+1 >= len(names()) {
			return answer{}, 0, err
		}
		for name := range names()[p.Names] {
			query.Del(name)
		}
		p.Names++
	}
}

// names are the parameters that ask for what is read of a post: those of the
// API's first years, those of its OpenAPI document 2.167
// (https://api.x.com/2/openapi.json), where the author's id is no field any
// more but an expansion, and last without the posts it refers to. Authors are
// not expanded: each would cost as much as two posts.
func names() []map[string]string {
	return []map[string]string{
		{"tweet.fields": "created_at,author_id,entities,note_tweet,referenced_tweets", "expansions": "referenced_tweets.id"},
		{"post.fields": "created_at,entities,note_post", "expansions": "referenced_posts"},
		{"tweet.fields": "created_at,author_id,entities,note_tweet,referenced_tweets"},
	}
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
