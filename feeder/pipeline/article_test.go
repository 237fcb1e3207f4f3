package pipeline_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// library reads posts whose text is behind them, and keeps count.
type library struct {
	endless string        // the source whose articles never end
	closed  chan struct{} // ends them nevertheless
	fail    func(try int) error

	mu    sync.Mutex
	open  map[string]int // fetches under way, by source
	most  map[string]int
	tries int
	last  []bool // what the terms said, try by try
}

func newLibrary(endless string) *library {
	return &library{endless: endless, closed: make(chan struct{}), open: map[string]int{}, most: map[string]int{}}
}

func (l *library) Read(ctx context.Context, p waggle.Post, terms reading.Terms) (waggle.Finding, error) {
	if terms.Own {
		return waggle.Finding{}, &reading.Elsewhere{Page: p.URL}
	}
	l.begin(p.Source, terms)
	defer l.end(p.Source)
	if l.fail != nil {
		if err := l.fail(l.tries); err != nil {
			return waggle.Finding{}, err
		}
	}
	if p.Source == l.endless {
		select {
		case <-l.closed:
		case <-ctx.Done():
			return waggle.Finding{}, ctx.Err()
		}
	}
	return waggle.Finding{Text: "The article of " + p.Content, Article: p.URL}, nil
}

func (l *library) begin(source string, terms reading.Terms) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[source]++
	l.most[source] = max(l.most[source], l.open[source])
	l.tries++
	l.last = append(l.last, terms.Last)
}

func (l *library) end(source string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[source]--
}

func TestArticlesThatNeverEndHoldUpTheirSourceAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		posts int
		host  func(i int) string
		most  int
	}{
		"all of one host":           {600, func(int) string { return "hostile.example" }, 1},
		"names below one domain":    {300, func(i int) string { return fmt.Sprintf("h%d.hostile.example", i) }, 1},
		"each of another host":      {300, func(i int) string { return fmt.Sprintf("hostile-%d.example", i) }, 4},
		"the host of other sources": {300, func(int) string { return "quiet.example" }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			flood := make([]waggle.Post, c.posts)
			for i := range flood {
				flood[i] = post(fmt.Sprint("flood", i), "a text that goes on behind the link", time.Hour)
				flood[i].URL = fmt.Sprintf("https://%s/%d", c.host(i), i)
			}
			quiet := post("quiet", "Something that matters to everybody", time.Minute)
			quiet.URL = "https://quiet.example/1"
			l := newLibrary("hostile")
			path := place(t)
			s, err := store.Open(t.Context(), path)
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			p, err := pipeline.New(pipeline.Options{
				Store: s, Reader: l, Judge: keepLong{}, Pause: time.Millisecond,
				Feeds: []pipeline.Feed{feed("hostile", &shelf{posts: flood}), feed("blog", &shelf{posts: []waggle.Post{quiet}})},
			})
			require.NoError(t, err)
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- p.Run(ctx) }()
			fates := func() map[string]map[waggle.Fate]int {
				fates, err := s.Fates(t.Context())
				require.NoError(t, err)
				return fates
			}
			require.Eventually(t, func() bool {
				l.mu.Lock()
				defer l.mu.Unlock()
				return fates()["blog"][waggle.Told] == 1 && l.open["hostile"] == c.most
			}, time.Minute, 20*time.Millisecond)
			assert.Equal(t, map[waggle.Fate]int{waggle.Pending: c.posts}, fates()["hostile"])
			close(l.closed)
			stop()
			require.NoError(t, <-ended)
			assert.Equal(t, c.most, l.most["hostile"])
		})
	}
}

func TestAnArticleIsAskedForAgainBeforeThePostHasToDo(t *testing.T) {
	t.Parallel()
	l := newLibrary("")
	l.fail = func(try int) error {
		if try < 4 {
			return &upstream.Error{Service: "blog.example.com", Reason: upstream.Failure, Status: 503}
		}
		return nil
	}
	got := once(t, place(t), pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(1)})}, Reader: l, Pause: time.Millisecond}, 0)

	assert.Equal(t, 1, got.Sources[0].Told)
	assert.Equal(t, []bool{false, false, false, true}, l.last)
}

func TestAnArticleThatBreaksTheFeederFailsAlone(t *testing.T) {
	t.Parallel()
	l := newLibrary("")
	l.fail = func(int) error { panic("torn page") }
	got := once(t, place(t), pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(1)})}, Reader: l, Pause: time.Millisecond}, 0)

	assert.Equal(t, []pipeline.SourceSummary{{Name: "blog", Failed: 1}}, got.Sources)
	assert.Equal(t, 3, l.tries)
}
