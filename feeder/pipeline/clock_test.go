package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/reading"
	"github.com/waggle-cti/waggle/feeder/source"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// wall is the system's clock, which somebody sets. It is River's, too.
type wall struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (w *wall) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *wall) NowOrNil() *time.Time {
	now := w.Now()
	return &now
}

func (w *wall) set(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += by
}

// TestTheClockIsSetBetweenLooks and told a time that was wrong: that it was right
// when somebody looked does not help a job which sleeps until then.
func TestTheClockIsSetBetweenLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		system := &wall{}
		c := newSetClock(system.Now)
		assert.Zero(t, c.look())

		system.set(time.Hour)
		c.Now()
		system.set(-time.Hour)
		assert.Equal(t, time.Hour, c.look(), "on and back since the last look")
		assert.Zero(t, c.look(), "told once")

		system.set(time.Hour)
		system.set(-time.Hour)
		assert.Zero(t, c.look(), "nobody was told")

		system.set(time.Hour)
		assert.Equal(t, -time.Hour, c.look(), "on")
		system.set(-time.Hour)
		back := c.look()
		assert.Equal(t, time.Hour, back, "back")
		c.unsee(back)
		assert.Equal(t, time.Hour, c.look(), "the jobs could not be told, so it is told again")
	})
}

// wire is a source that shows one more post each time a test says so.
type wire struct {
	mu    sync.Mutex
	posts []waggle.Post
	polls int
}

func (s *wire) Poll(context.Context, json.RawMessage) (source.Batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls++
	return source.Batch{Posts: slices.Clone(s.posts)}, nil
}

func (s *wire) more() {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.posts)
	s.posts = append(s.posts, waggle.Post{ID: fmt.Sprint(n), Title: fmt.Sprintf("Post %d", n), ContentType: "text/plain",
		Content: fmt.Sprintf("Campaign %d loads from hxxp://host%d[.]example[.]net/a.php", n, n)})
}

// everything keeps all posts.
type everything struct{}

func (everything) Judge(waggle.Post, waggle.Finding, int, time.Time) waggle.Judgement {
	return waggle.Judgement{Keep: true, Score: 60, Severity: waggle.Medium, Why: "all is kept"}
}

// counter is a TheHive that counts what it is sent.
type counter struct {
	mu    sync.Mutex
	sent  map[string]int // by title
	order []string       // titles as they were taken
	away  bool
	tries int // while it was away
}

func (c *counter) Deliver(_ context.Context, s waggle.Story) (waggle.Delivery, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away {
		c.tries++
		return waggle.Delivery{}, &upstream.Error{Service: "TheHive", Reason: upstream.Network, Message: "no route"}
	}
	c.sent[s.Title]++
	c.order = append(c.order, s.Title)
	return waggle.Delivery{ID: "~" + s.ID[:4], Revision: s.Revision, At: s.Last}, nil
}

func (c *counter) leave(away bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = away
}

func (c *counter) tried() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tries
}

func (c *counter) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]int{}
	for title, n := range c.sent {
		out[title] = n
	}
	return out
}

// following runs a feeder by a clock until stop is called.
func following(t *testing.T, clock *wall, blog *wire, hive *counter) (s *store.Store, stop func()) {
	t.Helper()
	s, err := store.Open(t.Context(), postgrestest.Database(t))
	require.NoError(t, err)
	p, err := New(Options{
		Store: s, Reader: reading.New(reading.Options{}), Judge: everything{}, Raiser: hive, Now: clock.Now,
		Feeds: []Feed{{Spec: source.Spec{Name: "blog", Kind: "rss", URL: "https://blog.example.com/feed", Every: time.Second, TLP: 2, PAP: 2}, Source: blog}},
	})
	require.NoError(t, err)
	p.time, p.pace = clock, quick()
	p.pace.sweep = 50 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	return s, func() {
		cancel()
		require.NoError(t, <-ended)
	}
}

// TestTheHiveIsAwayForDays lets posts come in on each of five days on which
// TheHive does not answer. They wait, TheHive is asked with the first of them
// alone, and gets each once, in the order in which they came.
func TestTheHiveIsAwayForDays(t *testing.T) {
	t.Parallel()
	clock, blog, hive := &wall{}, &wire{}, &counter{sent: map[string]int{}, away: true}
	s, stop := following(t, clock, blog, hive)
	var want []string
	for day := range 5 {
		before := hive.tried()
		blog.more()
		want = append(want, fmt.Sprintf("Post %d", day))
		require.Eventually(t, func() bool {
			left, err := s.Undelivered(t.Context(), clock.Now())
			return err == nil && left.Waiting == day+1 && hive.tried() > before
		}, time.Minute, 20*time.Millisecond)
		clock.set(24 * time.Hour)
	}
	hive.leave(false)
	require.Eventually(t, func() bool { return len(hive.all()) == len(want) }, time.Minute, 20*time.Millisecond)
	stop()
	assert.Equal(t, want, hive.order)
	require.NoError(t, s.Close())
}

// TestTheClockIsSet sets the clock while the feeder runs, and back again. A
// source that is asked each second still is, and each post becomes one alert.
func TestTheClockIsSet(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for name, by := range map[string]time.Duration{
		"an hour on": time.Hour, "a day on": 24 * time.Hour, "ten years on": 10 * year,
		"an hour back": -time.Hour, "a day back": -24 * time.Hour, "ten years back": -10 * year,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock, blog, hive := &wall{}, &wire{}, &counter{sent: map[string]int{}}
			s, stop := following(t, clock, blog, hive)
			want := map[string]int{}
			for i, set := range []time.Duration{0, by, -by} {
				clock.set(set)
				blog.more()
				want[fmt.Sprintf("Post %d", i)] = 1
				require.Eventually(t, func() bool { return len(hive.all()) == i+1 }, time.Minute, 20*time.Millisecond)
			}
			stop()
			assert.Equal(t, want, hive.all())
			fates, err := s.Fates(t.Context())
			require.NoError(t, err)
			assert.Equal(t, map[string]map[waggle.Fate]int{"blog": {waggle.Told: 3}}, fates)
			require.NoError(t, s.Close())
		})
	}
}
