package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestStoryQuery(t *testing.T) {
	with := func(change func(*waggle.StoryQuery)) waggle.StoryQuery {
		q := waggle.StoryQuery{Sort: waggle.ByScore, Limit: perPage}
		change(&q)
		return q
	}
	for _, c := range []struct {
		name, query string
		want        waggle.StoryQuery
		refused     string // in the error; empty = none
	}{
		{"nothing asks for all", "", with(func(*waggle.StoryQuery) {}), ""},
		{"an empty form asks for all", "q=&severity=&source=&since=&indicator=&sort=", with(func(*waggle.StoryQuery) {}), ""},
		{"severity", "severity=high", with(func(q *waggle.StoryQuery) { q.Severity = waggle.High }), ""},
		{"case and spaces do not matter", "severity=+HIGH+", with(func(q *waggle.StoryQuery) { q.Severity = waggle.High }), ""},
		{"text and source keep theirs", "q=Contoso+VPN&source=North+CERT", with(func(q *waggle.StoryQuery) { q.Text, q.Source = "Contoso VPN", "North CERT" }), ""},
		{"indicator as it was written", "indicator=hxxp%3A%2F%2Fa%5B.%5Dtop%2F", with(func(q *waggle.StoryQuery) { q.Indicator = "hxxp://a[.]top/" }), ""},
		{"since hours", "since=36h", with(func(q *waggle.StoryQuery) { q.Since = now.Add(-36 * time.Hour) }), ""},
		{"since days", "since=7d", with(func(q *waggle.StoryQuery) { q.Since = now.AddDate(0, 0, -7) }), ""},
		{"since a date", "since=2026-11-01", with(func(q *waggle.StoryQuery) { q.Since = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC) }), ""},
		{"since a moment", "since=2026-11-01T10:00:00Z", with(func(q *waggle.StoryQuery) { q.Since = time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC) }), ""},
		{"order", "sort=newest", with(func(q *waggle.StoryQuery) { q.Sort = waggle.ByNewest }), ""},
		{"third page of ten", "page=3&limit=10", with(func(q *waggle.StoryQuery) { q.Offset, q.Limit = 20, 10 }), ""},
		{"unknown severity", "severity=huge", waggle.StoryQuery{}, "low, medium, high, critical"},
		{"unknown order", "sort=random", waggle.StoryQuery{}, "score, newest, posts"},
		{"unknown filter", "severty=high", waggle.StoryQuery{}, `"severty"`},
		{"page zero", "page=0", waggle.StoryQuery{}, "from 1 to"},
		{"a page beyond counting", "page=99999999999999999999", waggle.StoryQuery{}, "from 1 to"},
		{"too many a page", "limit=100000", waggle.StoryQuery{}, "from 1 to 200"},
		{"since nonsense", "since=yesterday", waggle.StoryQuery{}, "such as 36h"},
		{"since the future", "since=-4h", waggle.StoryQuery{}, "such as 36h"},
		{"control characters", "q=a%00b", waggle.StoryQuery{}, "plain text"},
		{"no UTF-8", "q=%ff", waggle.StoryQuery{}, "plain text"},
		{"too long", "q=" + strings.Repeat("a", maxFilter+1), waggle.StoryQuery{}, "longer than"},
		{"broken escape", "q=%zz", waggle.StoryQuery{}, "well-formed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := storyQuery(&url.URL{RawQuery: c.query}, now)
			if c.refused == "" {
				require.NoError(t, err)
				assert.Equal(t, c.want, got)
				return
			}
			var bad *badQuery
			require.ErrorAs(t, err, &bad)
			assert.Contains(t, err.Error(), c.refused)
		})
	}
}

func TestPostQuery(t *testing.T) {
	got, err := postQuery(&url.URL{RawQuery: "fate=dropped&source=northcert&q=kit&page=2"})
	require.NoError(t, err)
	assert.Equal(t, waggle.PostQuery{Fate: waggle.Dropped, Source: "northcert", Text: "kit", Offset: 50, Limit: 50}, got)

	for name, query := range map[string]string{"fate": "fate=eaten", "story filter": "severity=high", "limit": "limit=-1"} {
		t.Run(name, func(t *testing.T) {
			_, err := postQuery(&url.URL{RawQuery: query})
			assert.Error(t, err)
		})
	}
}

func TestPager(t *testing.T) {
	at, err := url.Parse("/posts?fate=dropped&q=&page=2")
	require.NoError(t, err)
	for _, c := range []struct {
		name                 string
		offset, shown, total int
		previous, next       string
	}{
		{"all on one page", 0, 3, 3, "", ""},
		{"first of three", 0, 10, 25, "", "/posts?fate=dropped&page=2"},
		{"second of three", 10, 10, 25, "/posts?fate=dropped&page=1", "/posts?fate=dropped&page=3"},
		{"last of three", 20, 5, 25, "/posts?fate=dropped&page=2", ""},
		{"far past the end", 900, 0, 25, "/posts?fate=dropped&page=3", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := pagerOf(at, c.offset, 10, c.shown, c.total)
			assert.Equal(t, c.previous, p.Previous)
			assert.Equal(t, c.next, p.Next)
		})
	}
}

// FuzzStoryQuery holds for any query: no panic, bounded results, and a refusal
// that a page can show.
func FuzzStoryQuery(f *testing.F) {
	for _, seed := range []string{"", "severity=high&page=2", "since=65535d", "since=9999999h", "q=%00", "page=100000&limit=200", "a;b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		q, err := storyQuery(&url.URL{RawQuery: query}, now)
		if err != nil {
			var bad *badQuery
			require.ErrorAs(t, err, &bad)
			return
		}
		assert.LessOrEqual(t, q.Offset, maxPage*maxLimit)
		assert.Positive(t, q.Limit)
		assert.LessOrEqual(t, q.Limit, maxLimit)
		assert.False(t, q.Since.After(now) && !strings.Contains(query, "-"), "only a date may lie ahead")
		assert.GreaterOrEqual(t, int(q.Severity), 0)
	})
}
