package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Bounds of what may be asked.
const (
	perPage   = 50      // rows when limit is not given
	maxLimit  = 200     // rows at most
	maxPage   = 100_000 // keeps the offset far from overflow
	maxFilter = 2048    // bytes of one filter, enough for any URL
)

// badQuery is a filter that cannot be understood; its text says which and
// what would be.
type badQuery struct{ name, want string }

func (e *badQuery) Error() string {
	return fmt.Sprintf("The filter %q is not understood: %s.", e.name, e.want)
}

// query reads filters one by one and keeps the first complaint. Empty values
// mean "any", as a form sends them; case and outer spaces do not matter. An
// unknown filter is refused, since ignoring it would show too much.
type query struct {
	values url.Values
	read   []string
	err    error
}

func (q *query) refuse(name, want string) {
	if q.err == nil {
		q.err = &badQuery{name, want}
	}
}

func (q *query) text(name string) string {
	q.read = append(q.read, name)
	v := strings.TrimSpace(q.values.Get(name))
	switch {
	case len(v) > maxFilter:
		q.refuse(name, fmt.Sprintf("it is longer than %d bytes", maxFilter))
	case !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl):
		q.refuse(name, "it must be plain text")
	default:
		return v
	}
	return ""
}

func (q *query) choice(name string, among ...string) string {
	v := strings.ToLower(q.text(name))
	if v != "" && !slices.Contains(among, v) {
		q.refuse(name, "use "+strings.Join(among, ", "))
		return ""
	}
	return v
}

func (q *query) number(name string, fallback, highest int) int {
	v := q.text(name)
	if v == "" {
		return fallback
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > highest {
		q.refuse(name, fmt.Sprintf("use a number from 1 to %d", highest))
		return fallback
	}
	return n
}

// since reads a moment: back from now ("36h", "7d") or a date
// ("2026-11-01", RFC 3339).
func (q *query) since(name string, now time.Time) time.Time {
	v := strings.ToLower(q.text(name))
	if v == "" {
		return time.Time{}
	}
	if days, ok := strings.CutSuffix(v, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n))
		}
	}
	if d, err := time.ParseDuration(v); err == nil && d > 0 {
		return now.Add(-d)
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, strings.ToUpper(v)); err == nil {
			return t
		}
	}
	q.refuse(name, "use a span such as 36h or 7d, or a date such as 2026-11-01")
	return time.Time{}
}

func (q *query) page() (offset, limit int) {
	limit = q.number("limit", perPage, maxLimit)
	return (q.number("page", 1, maxPage) - 1) * limit, limit
}

// done gives the first complaint; call it after the last filter was read.
func (q *query) done() error {
	for _, name := range slices.Sorted(maps.Keys(q.values)) {
		if !slices.Contains(q.read, name) {
			q.refuse(name, "this page knows "+strings.Join(q.read, ", "))
		}
	}
	return q.err
}

// parse is url.ParseQuery that complains about broken escapes instead of
// leaving them out.
func parse(u *url.URL) (*query, error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, &badQuery{"?" + u.RawQuery, "it is not a well-formed query"}
	}
	return &query{values: values}, nil
}

func storyQuery(u *url.URL, now time.Time) (waggle.StoryQuery, error) {
	q, err := parse(u)
	if err != nil {
		return waggle.StoryQuery{}, err
	}
	least, _ := waggle.SeverityOf(q.choice("severity", severityWords()...)) // none: of every severity
	out := waggle.StoryQuery{
		Severity:  least,
		Source:    q.text("source"),
		Text:      q.text("q"),
		Indicator: q.text("indicator"),
		Since:     q.since("since", now),
		Sort:      waggle.StorySort(q.choice("sort", string(waggle.ByScore), string(waggle.ByNewest), string(waggle.ByPosts))),
	}
	if out.Sort == "" {
		out.Sort = waggle.ByScore
	}
	out.Offset, out.Limit = q.page()
	return out, q.done()
}

func postQuery(u *url.URL) (waggle.PostQuery, error) {
	q, err := parse(u)
	if err != nil {
		return waggle.PostQuery{}, err
	}
	out := waggle.PostQuery{
		Fate:   waggle.Fate(q.choice("fate", fateNames()...)),
		Source: q.text("source"),
		Text:   q.text("q"),
	}
	out.Offset, out.Limit = q.page()
	return out, q.done()
}

// severityWords are the severities from low to critical, as a query names them.
func severityWords() []string {
	var words []string
	for s := waggle.Low; s <= waggle.Critical; s++ {
		words = append(words, s.String())
	}
	return words
}
