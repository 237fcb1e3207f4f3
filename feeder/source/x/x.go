// Package x follows accounts and searches of X through its API v2
// (https://docs.x.com/x-api). X charges for each post it hands out, so nothing
// is asked for twice, authors are not looked up, and a month has a budget.
package x

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// URL is the API. Another one may be set, such as that of X's own emulator
// (https://github.com/xdevplatform/playground).
const URL = "https://api.x.com"

// Limits.
const (
	maxBody     = 8 << 20        // bytes of a page
	maxPages    = 20             // of a poll, of at most a hundred posts each
	monthBudget = 2000           // posts, where the description sets no other
	firstDay    = 24 * time.Hour // how far back the first poll looks
	searchable  = 7*24*time.Hour - 10*time.Minute
)

type reader struct {
	spec   source.Spec
	getter source.Getter
	budget int
}

// handle is a name on X.
var handle = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)

// New makes a source of the accounts and the search that the spec names.
func New(spec source.Spec, getter source.Getter) (source.Source, error) {
	switch {
	case !spec.Token.Set():
		return nil, &source.Fault{Key: "token", Say: "X wants the bearer token of an app: put it into a file and name that under token_file"}
	case len(spec.Accounts) == 0 && spec.Query == "":
		return nil, &source.Fault{Key: "accounts", Say: "name under accounts who is followed, without @, or a search under query"}
	case len([]rune(spec.Query)) > maxQuery:
		return nil, &source.Fault{Key: "query", Say: fmt.Sprintf("a search is at most %d characters long", maxQuery)}
	}
	for _, a := range spec.Accounts {
		if !handle.MatchString(a) {
			return nil, &source.Fault{Key: "accounts", Say: "an account is up to 15 letters, digits and _, without @"}
		}
	}
	return &reader{spec: spec, getter: getter, budget: cmp.Or(spec.Budget, monthBudget)}, nil
}

// cursor is what was read and what it cost.
type cursor struct {
	Month string              `json:"month"` // of Posts, such as 2026-11, UTC
	Posts int                 `json:"posts"` // that X handed out this month
	Users map[string]string   `json:"users,omitempty"`
	Asks  map[string]progress `json:"asks,omitempty"` // by what is asked for
}

// progress is how far one thing that is asked for has come. X gives the newest
// first. Until and Newest are set while a walk from Newest back to Since is not
// at its end: posts from Until on are read.
type progress struct {
	Since  string `json:"since,omitempty"`
	Newest string `json:"newest,omitempty"`
	Until  string `json:"until,omitempty"`
	Names  int    `json:"names,omitempty"` // the place in names of those that X took
}

// Poll asks for what is new. When X refuses after some pages, these are kept
// and the next poll goes on behind them.
func (r *reader) Poll(ctx context.Context, last json.RawMessage) (source.Batch, error) {
	now := time.Now().UTC()
	at := read(last, now)
	if at.Posts >= r.budget {
		batch, err := r.batch(nil, at, "")
		batch.NotModified, batch.Wait = true, monthEnd(now).Sub(now)
		return batch, err
	}
	asks, err := r.asks(ctx, &at)
	if err != nil {
		return source.Batch{}, err
	}
	at.keepOnly(asks)
	walk := &walk{reader: r, at: &at, now: now}
	for _, a := range asks {
		if err := walk.over(ctx, a); err != nil {
			if walk.pages == 0 {
				return source.Batch{}, err
			}
			walk.note = "not all was read: " + err.Error()
			break
		}
	}
	batch, err := r.batch(walk.posts, at, walk.note)
	batch.Wait = walk.wait
	return batch, err
}

// batch says beside the posts what was spent.
func (r *reader) batch(posts []waggle.Post, at cursor, note string) (source.Batch, error) {
	encoded, err := json.Marshal(at)
	spent := fmt.Sprintf("%d of the %d posts for %s are used", at.Posts, r.budget, at.Month)
	if at.Posts >= r.budget {
		spent += "; the next are read next month, or after budget is raised"
	}
	if names := r.strangers(at); names != "" {
		spent += "; X knows no account called " + names
	}
	if note != "" {
		spent = note + "; " + spent
	}
	return source.Batch{Posts: posts, Cursor: encoded, Note: spent}, err
}

func read(last json.RawMessage, now time.Time) cursor {
	var at cursor
	if len(last) > 0 {
		// A cursor that cannot be read costs the posts of a day once more.
		_ = json.Unmarshal(last, &at)
	}
	if month := now.Format("2006-01"); at.Month != month {
		at.Month, at.Posts = month, 0
		maps.DeleteFunc(at.Users, func(_, id string) bool { return id == "" })
	}
	if at.Users == nil {
		at.Users = map[string]string{}
	}
	if at.Asks == nil {
		at.Asks = map[string]progress{}
	}
	return at
}

func monthEnd(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}

// keepOnly drops what is no longer asked for. What is new, because accounts
// were added or packed otherwise, goes on from where the others are: reading
// all again would cost again.
func (c *cursor) keepOnly(asks []ask) {
	reached := ""
	for _, p := range c.Asks {
		reached = later(reached, p.Since)
	}
	kept := map[string]progress{}
	for _, a := range asks {
		p, ok := c.Asks[a.name]
		if !ok {
			p = progress{Since: reached}
		}
		kept[a.name] = p
	}
	c.Asks = kept
}

// later gives the higher of two ids, which are numbers in decimal.
func later(a, b string) string {
	return slices.MaxFunc([]string{a, b}, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	})
}

// written is when the post with an id was written, to the millisecond.
// https://docs.x.com/fundamentals/x-ids
func written(id string) time.Time {
	n, err := strconv.ParseUint(id, 10, 63)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + 1288834974657).UTC()
}
