package pipeline_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// run runs a pipeline until the test has seen enough, and tells how it ended.
func run(t *testing.T, path string, o pipeline.Options, enough func(*store.Store) bool) {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	o.Store, o.Reader, o.Judge = s, plainReader{}, keepLong{}
	p, err := pipeline.New(o)
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	require.Eventually(t, func() bool { return enough(s) }, time.Minute, 10*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
}

func TestRunFollowsUntilStopped(t *testing.T) {
	t.Parallel()
	path, hive := place(t), &desk{}
	blog := &shelf{posts: posts(3)}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}, Raiser: hive}
	allSent := func(s *store.Store) bool {
		fates, err := s.Fates(t.Context()) // first: a story that is told waits until it is sent
		assert.NoError(t, err)
		left, err := s.Undelivered(t.Context(), time.Now())
		assert.NoError(t, err)
		return fates["blog"][waggle.Told] == 3 && left.Waiting == 0
	}
	run(t, path, o, allSent)
	assert.Len(t, hive.alerts, 3)
	polls := blog.polls

	// Started again at once, it leaves the source alone until its time.
	run(t, path, o, allSent)
	assert.Equal(t, polls, blog.polls)
}

// hearing is a log that calls on with the title of each post that became part
// of a story.
type hearing struct {
	slog.Handler
	on func(title string)
}

func (hearing) Enabled(context.Context, slog.Level) bool { return true }

func (h hearing) Handle(_ context.Context, r slog.Record) error {
	attrs := map[string]string{}
	r.Attrs(func(a slog.Attr) bool { attrs[a.Key] = a.Value.String(); return true })
	if r.Message == "post" && attrs["fate"] == string(waggle.Told) {
		h.on(attrs["title"])
	}
	return nil
}

// late answers when it may.
type late struct {
	*shelf
	from chan struct{}
}

func (l late) Poll(ctx context.Context, cursor json.RawMessage) (source.Batch, error) {
	select {
	case <-l.from:
		return l.shelf.Poll(ctx, cursor)
	case <-ctx.Done():
		return source.Batch{}, ctx.Err()
	}
}

func TestAStoryThatGrowsWhileItIsSentIsSentAgain(t *testing.T) {
	t.Parallel()
	path := place(t)
	first, second := post("1", "Indicators of compromise:\nhxxps://dropper.kq7x2-updates[.]top/stage/two.bin", time.Hour), post("2", "Indicators of compromise:\nhxxps://dropper.kq7x2-updates[.]top/stage/two.bin again", time.Minute)
	blog := &shelf{posts: []waggle.Post{first}}
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}}, 0)

	// While TheHive takes the story, its second post comes in.
	blog.posts = append(blog.posts, second)
	begun, came := make(chan struct{}), make(chan struct{})
	joined := hearing{slog.DiscardHandler, func(title string) {
		if title == "Post 2" {
			close(came)
		}
	}}
	hive := &desk{}
	hive.fail = func(waggle.Story) error {
		if len(hive.tried) == 1 {
			close(begun)
			<-came
		}
		return nil
	}
	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", late{blog, begun})}, Raiser: hive, Log: slog.New(joined)}, time.Minute)

	assert.True(t, got.Complete())
	require.Len(t, hive.alerts, 1)
	assert.Len(t, hive.order, 2)
	for _, s := range hive.alerts {
		assert.Equal(t, 2, s.Revision)
		assert.Len(t, s.Posts, 2)
	}
}

func TestASourceThatIsTakenOutStops(t *testing.T) {
	t.Parallel()
	path := place(t)
	gone, stays := &shelf{posts: posts(2)}, &shelf{}
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("gone", gone), feed("stays", stays)}}, 0)

	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("stays", stays)}}, 0)

	assert.Equal(t, []pipeline.SourceSummary{{Name: "stays"}}, got.Sources)
	assert.Equal(t, 1, gone.polls)
	assert.Equal(t, 2, stays.polls)
	_, total, err := look(t, path).Posts(t.Context(), waggle.PostQuery{Source: "gone"})
	require.NoError(t, err)
	assert.Equal(t, 2, total, "its posts stay")
}

func TestMarkingsOutliveTheirSource(t *testing.T) {
	t.Parallel()
	red := feed("gone", &shelf{})
	red.Spec.TLP, red.Spec.PAP, red.Spec.Tags = 4, 3, []string{"partners-only"}
	for name, c := range map[string]struct {
		known bool
		tlp   int
		pap   int
		tags  []string
	}{
		"what the configuration said": {true, 4, 3, []string{"partners-only"}},
		"nothing is known":            {false, 2, 2, nil},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			if c.known {
				once(t, path, pipeline.Options{Feeds: []pipeline.Feed{red}}, 0)
			}
			// The feeder ends with a post under way, and the source is taken out.
			s, err := store.Open(t.Context(), path)
			require.NoError(t, err)
			late := posts(1)[0]
			late.Source = "gone"
			require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) error {
				_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{late}, time.Time{}))
				return err
			}))
			require.NoError(t, s.Close())
			once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("stays", &shelf{})}}, 0)

			stories, _, err := look(t, path).Stories(t.Context(), waggle.StoryQuery{})
			require.NoError(t, err)
			require.Len(t, stories, 1)
			assert.Equal(t, []any{c.tlp, c.pap, c.tags}, []any{stories[0].TLP, stories[0].PAP, stories[0].Tags})
		})
	}
}

func TestASourceThatMovedIsAskedAnew(t *testing.T) {
	t.Parallel()
	path := place(t)
	blog := &shelf{err: &upstream.Error{Service: "blog.example.com", Reason: upstream.Failure, RetryAfter: 20 * time.Hour}}
	f := feed("blog", blog)
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{f}}, 0)

	blog.err = nil
	f.Spec.URL = "https://blog.example.org/new-feed"
	run(t, path, pipeline.Options{Feeds: []pipeline.Feed{f}}, func(*store.Store) bool {
		blog.mu.Lock()
		defer blog.mu.Unlock()
		return blog.polls == 2
	})
	f.Spec.URL = "https://blog.example.org/newest-feed"
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{f}}, 0)

	assert.Equal(t, []string{"", "", ""}, blog.seen, "the cursor is of the old address")
}

func TestPostsFromTheFutureHaveNoTime(t *testing.T) {
	t.Parallel()
	path := place(t)
	future := post("future", "A campaign that will have been, from the year 9999", 0)
	future.Published = time.Date(12345, 1, 1, 0, 0, 0, 0, time.UTC)
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: []waggle.Post{future}})}}, 0)

	records, _, err := look(t, path).Posts(t.Context(), waggle.PostQuery{})
	require.NoError(t, err)
	require.Len(t, records, 1)
	assert.True(t, records[0].Published.IsZero())
	assert.WithinDuration(t, time.Now(), records[0].Fetched, time.Minute)
}

func TestTwoSourcesOfOneName(t *testing.T) {
	t.Parallel()
	_, err := pipeline.New(pipeline.Options{Feeds: []pipeline.Feed{feed("blog", nil), feed("blog", nil)}})
	assert.ErrorContains(t, err, `two sources are called "blog"`)
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	path := place(t)
	metrics := pipeline.NewMetrics()
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: append(posts(2), post("thin", "hello", time.Hour))})}, Metrics: metrics}, 0)

	registry := prometheus.NewRegistry()
	require.NoError(t, metrics.Register(registry, look(t, path)))
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`waggle_posts_total{fate="dropped",source="blog"} 1`,
		`waggle_posts_total{fate="story",source="blog"} 2`,
		`waggle_polls_total{result="ok",source="blog"} 1`,
		`waggle_stage_seconds_count{stage="read"} 3`,
		`waggle_stories_undelivered{state="refused"} 0`,
		`waggle_stories_undelivered{state="waiting"} 2`,
		`waggle_source_failures{source="blog"} 0`,
		`waggle_jobs{kind="poll"} 1`,
	} {
		assert.Contains(t, answer.Body.String(), line+"\n")
	}
}

func TestRunAsksAgainWhenTheTimeHasCome(t *testing.T) {
	t.Parallel()
	// One sleep is short enough for the queue to see, the other needs
	// River's scheduler, which looks every five seconds.
	for name, every := range map[string]time.Duration{"soon": 10 * time.Millisecond, "later": 6 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blog := &shelf{}
			f := feed("blog", blog)
			f.Spec.Every = every
			run(t, place(t), pipeline.Options{Feeds: []pipeline.Feed{f}}, func(*store.Store) bool {
				blog.mu.Lock()
				defer blog.mu.Unlock()
				return blog.polls > 1
			})
		})
	}
}
