package pipeline_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// strict calls every story with values malicious.
type strict struct{}

func (strict) Judge(s waggle.Story) waggle.Story {
	s.Indicators = slices.Clone(s.Indicators)
	for n := range s.Indicators {
		s.Indicators[n].Verdict = &waggle.Verdict{Level: waggle.Malicious, Why: "So it is."}
	}
	s.Verdict, s.Severity = &waggle.Verdict{Level: waggle.Malicious, Why: "All are."}, waggle.High
	return s
}

// always demands an event and a case of what is malicious.
type always struct{}

func (always) Demand(s waggle.Story) []waggle.Action {
	if s.Verdict == nil || s.Verdict.Level != waggle.Malicious {
		return nil
	}
	return []waggle.Action{{Name: waggle.ToMISP, Rule: "all"}, {Name: waggle.ToCase, Rule: "all"}}
}

// clerk is who carries actions out; each takes two looks.
type clerk struct {
	mu    sync.Mutex
	fail  func(s waggle.Story, a waggle.Action) error
	begun map[string]int // story and action → how often it was begun
	early int            // asked before TheHive held the verdict
	with  bool           // a TheHive
}

func (c *clerk) Act(_ context.Context, s waggle.Story, a waggle.Action) (waggle.Action, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.with && (s.Alert.Revision < s.Revision || s.Verdict == nil) {
		c.early++
	}
	if c.fail != nil {
		if err := c.fail(s, a); err != nil {
			return a, err
		}
	}
	if a.State == waggle.ActionRunning {
		a.State, a.Note = waggle.ActionDone, "done"
		return a, nil
	}
	c.begun[s.ID+" "+string(a.Name)]++
	a.State, a.Ref = waggle.ActionRunning, "job"
	return a, nil
}

// storiesAt reads the stories that a feeder left.
func storiesAt(t *testing.T, path string) []waggle.Story {
	t.Helper()
	s, err := store.OpenReader(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	stories, _, err := s.Stories(t.Context(), waggle.StoryQuery{Limit: 100})
	require.NoError(t, err)
	return stories
}

func TestFromVerdictToAction(t *testing.T) {
	t.Parallel()
	path, blog, d := place(t), &shelf{posts: posts(5)}, &desk{}
	c := &clerk{begun: map[string]int{}, with: true}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}, Reader: plainReader{}, Judge: keepLong{}, Raiser: d, Weigher: strict{}, Rules: always{}, Actor: c}
	for range 2 { // the second finds nothing to do
		once(t, path, o, time.Minute)
	}
	stories := storiesAt(t, path)
	require.Len(t, stories, 5)
	for _, s := range stories {
		assert.Equal(t, []any{waggle.High, waggle.Medium, 2}, []any{s.Severity, s.Judged, s.Revision})
		assert.Equal(t, waggle.Malicious, d.alerts[s.ID].Verdict.Level, "TheHive holds it")
		require.Len(t, s.Actions, 2)
		for _, a := range s.Actions {
			assert.Equal(t, []any{waggle.ActionDone, "done", ""}, []any{a.State, a.Note, a.Error})
			assert.Equal(t, 1, c.begun[s.ID+" "+string(a.Name)])
		}
	}
	assert.Zero(t, c.early, "nothing is acted upon before TheHive holds the verdict")
}

// TestAGrowingStoryUpdatesItsEvent: the event, and not the case, once for each
// growth, after a while.
func TestAGrowingStoryUpdatesItsEvent(t *testing.T) {
	t.Parallel()
	for name, hive := range map[string]*desk{"with TheHive": {}, "without": nil} {
		t.Run(name, func(t *testing.T) {
			path, blog := place(t), &shelf{posts: campaigns(1)}
			c := &clerk{begun: map[string]int{}, with: hive != nil}
			o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}, Reader: plainReader{}, Judge: keepLong{}, Weigher: strict{}, Rules: always{}, Actor: c,
				UpdateEvery: time.Hour}
			if hive != nil {
				o.Raiser = hive
			}
			once(t, path, o, time.Minute)
			blog.posts = append(blog.posts, post("more", blog.posts[0].Content+" and again", time.Minute))
			once(t, path, o, time.Minute)
			stories := storiesAt(t, path)
			require.Len(t, stories, 1)
			story, event := stories[0].ID, func(s waggle.Story) waggle.Action {
				return s.Actions[slices.IndexFunc(s.Actions, func(a waggle.Action) bool { return a.Name == waggle.ToMISP })]
			}
			require.Len(t, stories[0].Posts, 2)
			assert.True(t, event(stories[0]).Updates(), "it waits for its time")
			assert.Equal(t, 1, c.begun[story+" misp"])

			o.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
			for range 2 { // the second finds nothing to do
				once(t, path, o, time.Minute)
			}
			grown := storiesAt(t, path)[0]
			assert.Equal(t, []any{waggle.ActionDone, 2, grown.Revision}, []any{event(grown).State, event(grown).Times, event(grown).Revision})
			assert.Equal(t, []int{2, 1, 0}, []int{c.begun[story+" misp"], c.begun[story+" case"], c.early})
		})
	}
}

func TestWithoutTheHiveActionsGoOn(t *testing.T) {
	t.Parallel()
	path, c := place(t), &clerk{begun: map[string]int{}}
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(2)})}, Reader: plainReader{}, Judge: keepLong{},
		Weigher: strict{}, Rules: always{}, Actor: c}, time.Minute)
	assert.Len(t, c.begun, 4)
}

func TestAnActionThatFailsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{
		"for a reason of its own": &upstream.Error{Service: "TheHive", Reason: upstream.BadInput, Message: "no such responder"},
		"because MISP is away":    &upstream.Error{Service: "MISP", Reason: upstream.Network, Message: "no answer"},
		"of a fault":              errors.New("panic"),
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			c := &clerk{begun: map[string]int{}, fail: func(_ waggle.Story, a waggle.Action) error {
				if a.Name != waggle.ToMISP {
					return nil
				}
				if failure.Error() == "panic" {
					panic(failure)
				}
				return failure
			}}
			o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(2)})}, Reader: plainReader{}, Judge: keepLong{},
				Raiser: &desk{}, Weigher: strict{}, Rules: always{}, Actor: c}
			once(t, path, o, time.Minute)
			for _, s := range storiesAt(t, path) {
				byName := map[waggle.ActionName]waggle.Action{}
				for _, a := range s.Actions {
					byName[a.Name] = a
				}
				assert.Equal(t, waggle.ActionDone, byName[waggle.ToCase].State)
				failed := byName[waggle.ToMISP]
				assert.Equal(t, waggle.ActionWanted, failed.State)
				assert.NotEmpty(t, failed.Error)
				assert.Positive(t, failed.Tries)
				assert.True(t, failed.Next.After(failed.At), "it is tried again after a pause")
			}
			c.fail = nil
			once(t, path, o, time.Minute) // a start tries again at once
			for _, s := range storiesAt(t, path) {
				for _, a := range s.Actions {
					assert.Equal(t, []any{waggle.ActionDone, ""}, []any{a.State, a.Error})
				}
			}
		})
	}
}

func TestAnActionWaitsForAnAlertThatTheHiveRefuses(t *testing.T) {
	t.Parallel()
	path, c := place(t), &clerk{begun: map[string]int{}, with: true}
	d := &desk{fail: func(waggle.Story) error {
		return &upstream.Error{Service: "TheHive", Reason: upstream.BadInput, Message: "no"}
	}}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(1)})}, Reader: plainReader{}, Judge: keepLong{},
		Raiser: d, Weigher: strict{}, Rules: always{}, Actor: c}
	once(t, path, o, time.Minute)
	stories := storiesAt(t, path)
	require.Len(t, stories, 1)
	for _, a := range stories[0].Actions {
		assert.Equal(t, "it waits for the alert, which TheHive refused", a.Error)
	}
	assert.Empty(t, c.begun)
	d.fail = nil
	once(t, path, o, time.Minute)
	assert.Len(t, c.begun, 2)
}

// alone is an actor who wants nobody else to act meanwhile.
type alone struct {
	*clerk
	act func()
}

func (a alone) Act(ctx context.Context, s waggle.Story, act waggle.Action) (waggle.Action, error) {
	a.act()
	return a.clerk.Act(ctx, s, act)
}

// TestOneFeederActs: a job that was taken over from a feeder that stalls begins
// nothing while that one may be at it.
func TestOneFeederActs(t *testing.T) {
	t.Parallel()
	postgrestest.Server(t)
	path, c, acts := place(t), &clerk{begun: map[string]int{}}, 0
	other, err := store.Open(t.Context(), path)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: posts(2)})}, Reader: plainReader{}, Judge: keepLong{},
		Weigher: strict{}, Rules: always{}, Actor: alone{c, func() {
			acts++
			_, ok, err := other.TakeSeat(t.Context(), store.Acting)
			assert.NoError(t, err)
			assert.False(t, ok, "another feeder may act")
		}}}, time.Minute)
	assert.Positive(t, acts)
	assert.Len(t, c.begun, 4)
}
