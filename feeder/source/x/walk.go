package x

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

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
