package pipeline_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// shelf is a source that always shows the same posts.
type shelf struct {
	mu    sync.Mutex
	posts []waggle.Post
	err   error
	polls int
	seen  []string // the cursors it was asked with
}

func (s *shelf) Poll(_ context.Context, cursor json.RawMessage) (source.Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls++
	s.seen = append(s.seen, string(cursor))
	return source.Batch{Posts: slices.Clone(s.posts), Cursor: json.RawMessage(fmt.Sprintf(`{"n":%d}`, s.polls))}, s.err
}

// plainReader reads a post's own content.
type plainReader struct{ err func(p waggle.Post) error }

func (r plainReader) Read(_ context.Context, p waggle.Post, _ reading.Terms) (waggle.Finding, error) {
	if r.err != nil {
		if err := r.err(p); err != nil {
			return waggle.Finding{}, err
		}
	}
	return waggle.Finding{Text: p.Content, Indicators: ioc.Find(p.Content, ioc.Options{})}, nil
}

// keepLong keeps posts that say something.
type keepLong struct{}

func (keepLong) Judge(p waggle.Post, _ waggle.Finding, _ int, _ time.Time) waggle.Judgement {
	if len(p.Content) < 20 {
		return waggle.Judgement{Why: "says nothing"}
	}
	return waggle.Judgement{Keep: true, Score: 60, Severity: waggle.Medium, Why: "says something"}
}

// desk is a TheHive that fails as told.
type desk struct {
	mu     sync.Mutex
	fail   func(s waggle.Story) error
	order  []string // titles, as they were accepted
	tried  []string // titles, as they were sent
	alerts map[string]waggle.Story
}

func (d *desk) Deliver(_ context.Context, s waggle.Story) (waggle.Delivery, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tried = append(d.tried, s.Title)
	if d.fail != nil {
		if err := d.fail(s); err != nil {
			return waggle.Delivery{ID: s.Alert.ID, Revision: s.Alert.Revision, At: s.Alert.At}, err
		}
	}
	if d.alerts == nil {
		d.alerts = map[string]waggle.Story{}
	}
	d.alerts[s.ID] = s
	d.order = append(d.order, s.Title)
	return waggle.Delivery{ID: "~" + s.ID[:4], Revision: s.Revision, At: time.Now()}, nil
}

func post(id, content string, age time.Duration) waggle.Post {
	return waggle.Post{ID: id, Title: "Post " + id, URL: "https://blog.example.com/" + id, Content: content, ContentType: "text/plain", Published: time.Now().Add(-age)}
}

func posts(n int) []waggle.Post {
	list := make([]waggle.Post, n)
	for i := range list {
		list[i] = post(fmt.Sprint(i), fmt.Sprintf("Campaign %d loads from hxxp://host%d[.]example[.]net/a.php and 203.0.113.%d", i, i, i%250), time.Duration(n-i)*time.Second)
	}
	return list
}

func feed(name string, s source.Source) pipeline.Feed {
	return pipeline.Feed{Spec: source.Spec{Name: name, Kind: "rss", URL: "https://" + name + ".example.com/feed", Every: 30 * time.Minute, TLP: 2, PAP: 2}, Source: s}
}

// place is where a feeder's data are while a test lasts.
func place(t *testing.T) string {
	t.Helper()
	return postgrestest.Database(t)
}

func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	postgrestest.Again(t)
}

// once runs one pass as a process of its own would.
func once(t *testing.T, path string, o pipeline.Options, wait time.Duration) pipeline.Summary {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	o.Store = s
	if o.Reader == nil {
		o.Reader = plainReader{}
	}
	if o.Judge == nil {
		o.Judge = keepLong{}
	}
	p, err := pipeline.New(o)
	require.NoError(t, err)
	summary, err := p.Once(t.Context(), wait)
	require.NoError(t, err)
	return summary
}

// look opens the data to read.
func look(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.OpenReader(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestOnceCarriesEveryPostToItsFate(t *testing.T) {
	t.Parallel()
	path, hive := place(t), &desk{}
	blog := &shelf{posts: append(posts(30), post("thin", "hello", time.Hour), post("old", "Old campaign from 198.51.100.7 and more", 100*24*time.Hour))}

	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}, Raiser: hive}, time.Second)

	assert.True(t, got.Complete())
	assert.Equal(t, []pipeline.SourceSummary{{Name: "blog", Told: 30, Dropped: 1, Quiet: 1}}, got.Sources)
	assert.Len(t, hive.alerts, 30)
	records, total, err := look(t, path).Posts(t.Context(), waggle.PostQuery{Limit: -1})
	require.NoError(t, err)
	require.Equal(t, 32, total)
	for _, r := range records {
		assert.NotEqual(t, waggle.Pending, r.Fate, r.Title)
		assert.NotEmpty(t, r.Reason, r.Title)
		assert.Equal(t, r.Fate == waggle.Told, r.Story != "", r.Title)
	}
}

func TestASecondPassAddsNothing(t *testing.T) {
	t.Parallel()
	path, hive := place(t), &desk{}
	blog := &shelf{posts: posts(5)}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}, Raiser: hive}

	once(t, path, o, time.Second)
	tried := hive.tried
	got := once(t, path, o, time.Second)

	assert.Equal(t, []pipeline.SourceSummary{{Name: "blog"}}, got.Sources)
	assert.Equal(t, tried, hive.tried)
	assert.Equal(t, []string{"", `{"n":1}`}, blog.seen, "the cursor of the first poll comes with the second")
}

// flood is more posts than are stored at once; the first and the last share an id.
func flood() []waggle.Post {
	list := make([]waggle.Post, 2100)
	for i := range list {
		list[i] = post(fmt.Sprint(i), "too short", time.Duration(len(list)-i)*time.Second)
	}
	list[len(list)-1].ID = list[0].ID
	return list
}

func TestAFloodLosesNothing(t *testing.T) {
	t.Parallel()
	for name, already := range map[string]int{"at once": 0, "after a crash in its midst": 2000} {
		t.Run(name, func(t *testing.T) {
			path, all := place(t), flood()
			s, err := store.Open(t.Context(), path)
			require.NoError(t, err)
			began := slices.Clone(all)
			for i := range began {
				began[i].Source = "blog"
			}
			require.NoError(t, s.Tx(t.Context(), func(tx *store.Tx) error {
				_, _, err := tx.SavePosts(t.Context(), store.Arrivals(began, time.Time{})[:already])
				return err
			}))
			require.NoError(t, s.Close())

			got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: all}), feed("other", &shelf{posts: posts(3)})}}, 0)

			assert.Equal(t, []pipeline.SourceSummary{{Name: "blog", Dropped: len(all)}, {Name: "other", Told: 3}}, got.Sources)
			at, err := look(t, path).Position(t.Context(), "blog")
			require.NoError(t, err)
			assert.JSONEq(t, `{"n":1}`, string(at.Cursor))
		})
	}
}

func TestAFailingSourceHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	path := place(t)
	broken := &shelf{err: &upstream.Error{Service: "broken.example.com", Reason: upstream.Network, Message: "no route"}}

	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("broken", broken), feed("blog", &shelf{posts: posts(3)})}}, 0)

	assert.False(t, got.Complete())
	assert.Equal(t, []pipeline.SourceSummary{{Name: "broken", Error: "broken.example.com: network: no route"}, {Name: "blog", Told: 3}}, got.Sources)
	health, err := look(t, path).Sources(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, health[0].Failures)
	assert.True(t, health[0].Answered.IsZero())
	assert.True(t, health[0].Next.After(time.Now()))
}

// brittle is a source whose answers break the feeder.
type brittle struct{}

func (brittle) Poll(context.Context, json.RawMessage) (source.Batch, error) { panic("crumbs") }

func TestASourceThatPanicsShowsAsFailing(t *testing.T) {
	t.Parallel()
	got := once(t, place(t), pipeline.Options{Feeds: []pipeline.Feed{feed("brittle", brittle{}), feed("blog", &shelf{posts: posts(1)})}}, 0)
	assert.Equal(t, []pipeline.SourceSummary{{Name: "brittle", Error: "a fault of the feeder: crumbs; please report it"}, {Name: "blog", Told: 1}}, got.Sources)
}

func TestStoriesWaitForTheHiveToBeConfigured(t *testing.T) {
	t.Parallel()
	path, hive := place(t), &desk{}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(4)})}}
	once(t, path, o, 0)

	o.Raiser = hive
	got := once(t, path, o, time.Second)

	assert.True(t, got.Complete())
	assert.ElementsMatch(t, []string{"Post 0", "Post 1", "Post 2", "Post 3"}, hive.order)
}

func TestAnOutageKeepsTheOrder(t *testing.T) {
	t.Parallel()
	path := place(t)
	down := 3
	hive := &desk{fail: func(waggle.Story) error {
		if down--; down >= 0 {
			return &upstream.Error{Service: "TheHive", Reason: upstream.Failure, Status: 500}
		}
		return nil
	}}

	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(5)})}, Raiser: hive}, time.Minute)

	assert.True(t, got.Complete())
	assert.Len(t, hive.order, 5)
	first := hive.order[0]
	assert.Equal(t, append([]string{first, first, first}, hive.order...), hive.tried, "nothing overtakes the story at which the outage began")
}

func TestAnOutageThatLastsLeavesTheStoriesForLater(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]upstream.Reason{"away": upstream.Network, "another server": upstream.NotFound, "key refused": upstream.Auth} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			hive := &desk{fail: func(waggle.Story) error { return &upstream.Error{Service: "TheHive", Reason: reason} }}
			wait := map[string]time.Duration{"key refused": time.Hour}[name] // 0 for the others

			got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(2)})}, Raiser: hive}, wait)

			assert.False(t, got.Complete())
			assert.Equal(t, 2, got.Waiting)
			assert.Equal(t, "TheHive: "+string(reason), got.Error)
		})
	}
}

func TestARefusedStoryDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refuse func() error
		says   string
	}{
		"refused": {func() error { return &upstream.Error{Service: "TheHive", Reason: upstream.BadInput, Message: "no"} }, "TheHive: bad input: no"},
		"panic":   {func() error { panic("upset") }, "a fault of the feeder: upset; please report it"},
	} {
		t.Run(name, func(t *testing.T) { refusedAlone(t, c.refuse, c.says) })
	}
}

func refusedAlone(t *testing.T, refuse func() error, says string) {
	t.Helper()
	path := place(t)
	hive := &desk{fail: func(s waggle.Story) error {
		if s.Title == "Post 1" {
			return refuse()
		}
		return nil
	}}

	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(3)})}, Raiser: hive}, time.Minute)

	assert.ElementsMatch(t, []string{"Post 0", "Post 2"}, hive.order)
	assert.Equal(t, 1, got.Refused)
	stories, _, err := look(t, path).Stories(t.Context(), waggle.StoryQuery{})
	require.NoError(t, err)
	for _, s := range stories {
		if s.Title == "Post 1" {
			assert.Equal(t, says, s.Alert.Error)
			assert.Equal(t, 1, s.Alert.Tries)
			assert.True(t, s.Alert.Next.After(time.Now()))
		}
	}
}

func TestARefusedStoryIsTriedAgainAtTheNextStart(t *testing.T) {
	t.Parallel()
	path := place(t)
	hive := &desk{fail: func(waggle.Story) error {
		return &upstream.Error{Service: "TheHive", Reason: upstream.BadInput, Message: "too large"}
	}}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(2)})}, Raiser: hive}
	got := once(t, path, o, 0)
	assert.Equal(t, 2, got.Refused)

	hive.fail = nil // somebody raised TheHive's limit, and started the feeder again
	got = once(t, path, o, 0)

	assert.True(t, got.Complete())
	assert.Len(t, hive.alerts, 2)
}

func TestAPoisonedPostFailsAlone(t *testing.T) {
	t.Parallel()
	path := place(t)
	reader := plainReader{err: func(p waggle.Post) error {
		if p.ID == "1" {
			panic("poison")
		}
		return nil
	}}

	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(3)})}, Reader: reader}, 0)

	assert.Equal(t, []pipeline.SourceSummary{{Name: "blog", Told: 2, Failed: 1}}, got.Sources)
	records, _, err := look(t, path).Posts(t.Context(), waggle.PostQuery{Fate: waggle.Failed})
	require.NoError(t, err)
	require.Len(t, records, 1)
	assert.Contains(t, records[0].Reason, "poison")
}

func TestAPostThatFailedIsTriedAgainWhenAsked(t *testing.T) {
	t.Parallel()
	path := place(t)
	reader := plainReader{err: func(waggle.Post) error { panic("poison") }}
	blog := feed("blog", &shelf{posts: posts(1)})
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{blog}, Reader: reader}, 0)
	failed := posts(1)[0]
	failed.Source = "blog"

	s, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	p, err := pipeline.New(pipeline.Options{Store: s, Feeds: []pipeline.Feed{blog}, Reader: plainReader{}, Judge: keepLong{}})
	require.NoError(t, err)
	require.ErrorContains(t, p.Retry(t.Context(), failed.Ref()), "only starting")
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	require.Eventually(t, func() bool { return p.Retry(t.Context(), failed.Ref()) == nil }, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		record, err := s.Post(t.Context(), failed.Ref())
		return err == nil && record.Fate == waggle.Told
	}, time.Minute, 10*time.Millisecond)
	require.ErrorIs(t, p.Retry(t.Context(), failed.Ref()), waggle.ErrNotFound, "it has its fate")
	stop()
	require.NoError(t, <-ended)
}

func TestReadingIsTriedAgain(t *testing.T) {
	t.Parallel()
	path := place(t)
	var mu sync.Mutex
	tries := 0
	reader := plainReader{err: func(waggle.Post) error {
		mu.Lock()
		defer mu.Unlock()
		if tries++; tries < 3 {
			return errors.New("not now")
		}
		return nil
	}}

	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(1)})}, Reader: reader}, 0)

	assert.Equal(t, 1, got.Sources[0].Told)
	assert.Equal(t, 3, tries)
}
