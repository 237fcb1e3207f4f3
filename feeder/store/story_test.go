package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func indicator(kind ioc.Kind, value string) ioc.Indicator {
	return ioc.Indicator{Kind: kind, Value: value, Raw: value, Role: ioc.Attack, Confidence: 80}
}

func TestAStoryGrows(t *testing.T) {
	s, _ := open(t)
	a, b := post("a"), post("b")
	first := indicator(ioc.Domain, "evil.example.net")
	tell(t, s, head(a, 1), a, []ioc.Indicator{first})
	grown := head(a, 2)
	grown.Score = 70
	tell(t, s, grown, b, []ioc.Indicator{indicator(ioc.IP, "198.51.100.7"), first})

	got, err := s.Story(t.Context(), grown.ID)
	require.NoError(t, err)

	want := grown
	want.Posts = []waggle.Member{
		{Ref: a.Ref(), Source: "blog", URL: a.URL, Title: "Post a", Published: noon(), Score: 50},
		{Ref: b.Ref(), Source: "blog", URL: b.URL, Title: "Post b", Published: noon(), Score: 70},
	}
	want.Indicators = []waggle.Indicator{
		{Indicator: first, Posts: []string{a.Ref(), b.Ref()}, Revision: 1},
		{Indicator: indicator(ioc.IP, "198.51.100.7"), Posts: []string{b.Ref()}, Revision: 2},
	}
	assert.Equal(t, want, got)
	record, err := s.Post(t.Context(), b.Ref())
	require.NoError(t, err)
	assert.Equal(t, []any{waggle.Told, grown.ID, "matters"}, []any{record.Fate, record.Story, record.Reason})
}

func TestAPostIsToldOnce(t *testing.T) {
	s, _ := open(t)
	tell(t, s, head(post("a"), 1), post("a"), nil)
	again := store.Told{Post: post("a")}
	err := s.Tx(t.Context(), func(tx *store.Tx) error { return tx.Tell(t.Context(), head(post("b"), 1), again, "", noon()) })
	assert.Error(t, err)
}

func TestAStoryOfManyIndicators(t *testing.T) {
	s, _ := open(t)
	var found []ioc.Indicator
	for i := range 1234 {
		found = append(found, indicator(ioc.Domain, fmt.Sprintf("h%d.example.net", i)))
	}
	tell(t, s, head(post("a"), 1), post("a"), found)
	got, err := s.Story(t.Context(), waggle.StoryID(post("a")))
	require.NoError(t, err)
	require.Len(t, got.Indicators, len(found))
	for i := range found {
		assert.Equal(t, found[i], got.Indicators[i].Indicator)
	}
}

func TestCandidates(t *testing.T) {
	s, _ := open(t)
	key := func(v string) store.Key { return store.Key{Kind: "cve", Value: v} }
	hub := key("in very many")
	for i := range 40 {
		p := post(fmt.Sprint(i))
		tell(t, s, head(p, 1), p, nil, hub, key(fmt.Sprint(i%20)), key("only "+fmt.Sprint(i)))
	}
	for name, c := range map[string]struct {
		keys  []store.Key
		since time.Time
		want  []string // posts that began the stories
	}{
		"none in common":        {keys: []store.Key{key("nowhere"), {Kind: "url", Value: "3"}}},
		"one in common":         {keys: []store.Key{key("only 7")}, want: []string{"7"}},
		"most in common first":  {keys: []store.Key{key("3"), key("only 23")}, want: []string{"23", "3"}},
		"a hub tells nothing":   {keys: []store.Key{hub}},
		"too long ago":          {keys: []store.Key{key("only 7")}, since: noon().Add(time.Minute)},
		"at the window's start": {keys: []store.Key{key("only 7")}, since: noon(), want: []string{"7"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []store.Candidate
			tx(t, s, func(tx *store.Tx) (err error) {
				got, err = tx.Candidates(t.Context(), c.keys, c.since)
				return err
			})
			require.Len(t, got, len(c.want))
			for i, id := range c.want {
				assert.Equal(t, waggle.StoryID(post(id)), got[i].Story)
				assert.Equal(t, "Post "+id, got[i].Title)
				assert.Contains(t, got[i].Keys, hub)
			}
		})
	}
}

func TestStoriesAreChosenAndOrdered(t *testing.T) {
	s, _ := open(t)
	low, old := post("low"), post("old")
	low.Title = "100% harmless_"
	lowHead, oldHead := head(low, 1), head(old, 1)
	lowHead.Score, lowHead.Severity = 20, waggle.Low
	oldHead.Last = noon().Add(-48 * time.Hour)
	tell(t, s, lowHead, low, []ioc.Indicator{indicator(ioc.Domain, "evil.example.net")})
	tell(t, s, oldHead, old, nil)
	grown := head(old, 2)
	grown.Last, grown.Score = oldHead.Last, 60
	other := post("other")
	other.Source = "news"
	tell(t, s, grown, other, nil)

	for name, c := range map[string]struct {
		query waggle.StoryQuery
		want  []string
	}{
		"all, by score":       {want: []string{"old", "low"}},
		"newest":              {query: waggle.StoryQuery{Sort: waggle.ByNewest}, want: []string{"low", "old"}},
		"most told":           {query: waggle.StoryQuery{Sort: waggle.ByPosts}, want: []string{"old", "low"}},
		"severity":            {query: waggle.StoryQuery{Severity: waggle.High}, want: []string{"old"}},
		"source of any post":  {query: waggle.StoryQuery{Source: "news"}, want: []string{"old"}},
		"title, any case":     {query: waggle.StoryQuery{Text: "HARMLESS"}, want: []string{"low"}},
		"text that was read":  {query: waggle.StoryQuery{Text: "text of OTHER"}, want: []string{"old"}},
		"% and _ are text":    {query: waggle.StoryQuery{Text: "100% harmless_"}, want: []string{"low"}},
		"_ is no wildcard":    {query: waggle.StoryQuery{Text: "ha_mless"}},
		"an indicator":        {query: waggle.StoryQuery{Indicator: "evil.example.net"}, want: []string{"low"}},
		"defanged":            {query: waggle.StoryQuery{Indicator: "evil[.]example[.]net"}, want: []string{"low"}},
		"part of one":         {query: waggle.StoryQuery{Indicator: "example.net"}},
		"since":               {query: waggle.StoryQuery{Since: noon()}, want: []string{"low"}},
		"hostile":             {query: waggle.StoryQuery{Text: "' OR 1=1 --", Source: "'"}},
		"beyond the last one": {query: waggle.StoryQuery{Offset: 5}},
	} {
		t.Run(name, func(t *testing.T) {
			got, total, err := s.Stories(t.Context(), c.query)
			require.NoError(t, err)
			var ids []string
			for _, story := range got {
				ids = append(ids, story.ID)
				assert.NotEmpty(t, story.Posts)
			}
			var want []string
			for _, id := range c.want {
				want = append(want, waggle.StoryID(post(id)))
			}
			assert.Equal(t, want, ids)
			if c.query.Offset == 0 {
				assert.Equal(t, len(want), total)
			}
		})
	}
}

func TestAListOfManyStories(t *testing.T) {
	s, _ := open(t)
	var want []string
	for i := range 70 { // more than one statement reads
		h := head(post(fmt.Sprint(i)), 1)
		h.Score = 100 - i
		tell(t, s, h, post(fmt.Sprint(i)), nil)
		want = append(want, h.ID)
	}
	got, total, err := s.Stories(t.Context(), waggle.StoryQuery{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, got, total)
	for i, story := range got {
		assert.Equal(t, want[i], story.ID)
		assert.Len(t, story.Posts, 1)
	}
}

func TestDeliveriesGoInOrder(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	a, b := post("a"), post("b")
	tell(t, s, head(a, 1), a, nil)
	second := head(b, 1)
	tx(t, s, func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(ctx, store.Arrivals([]waggle.Post{b}, time.Time{}))
		require.NoError(t, err)
		return tx.Tell(ctx, second, store.Told{Post: b}, "matters", noon().Add(time.Minute))
	})
	next := func(now time.Time) (id string) {
		require.NoError(t, s.DurableTx(ctx, func(tx *store.Tx) error {
			story, err := tx.NextUndelivered(ctx, now)
			id = story.ID
			return err
		}))
		return id
	}
	deliver := func(id string, d waggle.Delivery) {
		tx(t, s, func(tx *store.Tx) error { return tx.SetDelivery(ctx, id, d, noon().Add(2*time.Minute)) })
	}

	assert.Equal(t, waggle.StoryID(a), next(noon()))
	assert.Equal(t, waggle.StoryID(a), next(noon()), "until it is delivered or refused")
	deliver(waggle.StoryID(a), waggle.Delivery{Error: "refused", Next: noon().Add(time.Hour), Tries: 2})
	assert.Equal(t, waggle.StoryID(b), next(noon()), "a refused one makes room")
	left, err := s.Undelivered(ctx, noon())
	require.NoError(t, err)
	assert.Equal(t, store.Undelivered{Waiting: 1, Refused: 1, Next: noon().Add(time.Hour), Error: "refused"}, left)
	deliver(waggle.StoryID(b), waggle.Delivery{ID: "~1", Revision: 1, At: noon()})
	assert.Equal(t, waggle.StoryID(a), next(noon().Add(time.Hour)), "and comes again at its time")
	deliver(waggle.StoryID(a), waggle.Delivery{ID: "~2", Revision: 1, At: noon()})
	err = s.Tx(ctx, func(tx *store.Tx) error { _, err := tx.NextUndelivered(ctx, noon()); return err })
	require.ErrorIs(t, err, waggle.ErrNotFound)

	c := post("c")
	tell(t, s, head(b, 2), c, nil)
	assert.Equal(t, waggle.StoryID(b), next(noon()), "one that grew is sent again")
	story, err := s.Story(ctx, waggle.StoryID(b))
	require.NoError(t, err)
	assert.Equal(t, waggle.Delivery{ID: "~1", Revision: 1, At: noon(), Tries: 1}, story.Alert)
}

func TestSources(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	configured := []store.Configured{{Name: "news", Kind: "rss", URL: "https://news.example.com/", Every: time.Hour}, {Name: "blog", Kind: "rss", URL: "https://blog.example.com/", Every: 90 * time.Second}}
	tx(t, s, func(tx *store.Tx) error { return tx.SetSources(ctx, configured) })
	unfinished, err := s.Unfinished(ctx, noon())
	require.NoError(t, err)
	assert.Equal(t, 2, unfinished)
	tell(t, s, head(post("a"), 1), post("a"), nil)
	tx(t, s, func(tx *store.Tx) error {
		require.NoError(t, tx.Answered(ctx, "blog", []byte(`{"etag":"1"}`), "1 of 9 used", noon(), noon().Add(time.Hour)))
		require.NoError(t, tx.Unanswered(ctx, "news", "no route", noon(), noon().Add(time.Hour)))
		return tx.Unanswered(ctx, "news", "no route at all", noon(), noon().Add(2*time.Hour))
	})

	health, err := s.Sources(ctx)
	require.NoError(t, err)
	assert.Equal(t, []waggle.Health{
		{Name: "news", Kind: "rss", URL: "https://news.example.com/", Every: time.Hour, Polled: noon(), Next: noon().Add(2 * time.Hour), Failures: 2, Error: "no route at all"},
		{Name: "blog", Kind: "rss", URL: "https://blog.example.com/", Every: 90 * time.Second, Polled: noon(), Answered: noon(), Next: noon().Add(time.Hour), Note: "1 of 9 used", Posts: 1, Told: 1, Latest: noon()},
	}, health)
	position, err := s.Position(ctx, "blog")
	require.NoError(t, err)
	assert.Equal(t, store.Position{Cursor: []byte(`{"etag":"1"}`), Polled: noon(), Answered: noon(), Next: noon().Add(time.Hour)}, position)
	position, err = s.Position(ctx, "nobody")
	require.NoError(t, err)
	assert.Zero(t, position)
	times, err := s.RecentTimes(ctx, "blog", 10)
	require.NoError(t, err)
	assert.Equal(t, []time.Time{noon()}, times)

	tx(t, s, func(tx *store.Tx) error { return tx.SetSources(ctx, configured[:1]) })
	health, err = s.Sources(ctx)
	require.NoError(t, err)
	assert.Len(t, health, 1, "one that is no longer configured is not listed")
	position, err = s.Position(ctx, "blog")
	require.NoError(t, err)
	assert.NotNil(t, position.Cursor, "and goes on where it was if it comes back")
}

func TestPostsAreChosen(t *testing.T) {
	s, _ := open(t)
	tell(t, s, head(post("a"), 1), post("a"), nil)
	later := post("b")
	later.Source, later.Published = "news", noon().Add(time.Hour)
	tx(t, s, func(tx *store.Tx) error {
		_, _, err := tx.SavePosts(t.Context(), store.Arrivals([]waggle.Post{later}, noon().Add(2*time.Hour)))
		return err
	})
	for name, c := range map[string]struct {
		query waggle.PostQuery
		want  []string
	}{
		"all, newest first": {want: []string{"b", "a"}},
		"without a limit":   {query: waggle.PostQuery{Limit: -1}, want: []string{"b", "a"}},
		"a page":            {query: waggle.PostQuery{Limit: 1, Offset: 1}, want: []string{"a"}},
		"fate":              {query: waggle.PostQuery{Fate: waggle.Quiet}, want: []string{"b"}},
		"source":            {query: waggle.PostQuery{Source: "blog"}, want: []string{"a"}},
		"text":              {query: waggle.PostQuery{Text: "TEXT of a"}, want: []string{"a"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := s.Posts(t.Context(), c.query)
			require.NoError(t, err)
			var ids []string
			for _, r := range got {
				ids = append(ids, r.ID)
			}
			assert.Equal(t, c.want, ids)
		})
	}
	fates, err := s.Fates(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]map[waggle.Fate]int{"blog": {waggle.Told: 1}, "news": {waggle.Quiet: 1}}, fates)
}
