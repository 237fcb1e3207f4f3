package pipeline_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// hits is an analyzer that knows every value.
func hits(name string, types ...string) cortexapitest.Worker {
	return cortexapitest.Worker{Name: name, DataTypes: types, Answer: func(in cortexapi.Input) cortexapitest.Outcome {
		return cortexapitest.Outcome{Taxonomies: []cortexapi.Taxonomy{{Level: "malicious", Namespace: name, Predicate: "Hit", Value: in.Data}}}
	}}
}

// campaigns are posts of which each names a domain and a URL of its own.
func campaigns(n int) []waggle.Post {
	list := make([]waggle.Post, n)
	for i := range list {
		list[i] = post(fmt.Sprint(i), fmt.Sprintf("Campaign %d loads from hxxp://cdn.kq7-updates-%d[.]top/a.php and calls kq7-names-%d[.]top", i, i, i), time.Duration(n-i)*time.Minute)
	}
	return list
}

// enricher asks a fake Cortex, which may cost nothing.
func enricher(t *testing.T, server *cortexapitest.Server, change ...func(*enrich.Settings)) *enrich.Enricher {
	t.Helper()
	client, err := cortexapi.New(cortexapi.Options{URL: server.URL, Key: cortexapitest.Key, HTTP: upstream.Options{Retries: -1}})
	require.NoError(t, err)
	s := enrich.Defaults()
	s.Costs = map[string]enrich.Cost{"*": enrich.Free}
	for _, c := range change {
		c(&s)
	}
	e, err := enrich.New(client, enrich.Options{Settings: s})
	require.NoError(t, err)
	return e
}

// impatient gives jobs up sooner than may be configured.
type impatient struct {
	*enrich.Enricher
	limit time.Duration
}

func (i impatient) Settings() enrich.Settings {
	s := i.Enricher.Settings()
	s.GiveUp = i.limit
	return s
}

// analyses gives what the stories' values have, by value and analyzer.
func analyses(t *testing.T, path string) map[string]waggle.Analysis {
	t.Helper()
	stories, _, err := look(t, path).Stories(t.Context(), waggle.StoryQuery{Limit: 1000})
	require.NoError(t, err)
	all := map[string]waggle.Analysis{}
	for _, s := range stories {
		for _, i := range s.Indicators {
			for _, a := range i.Analyses {
				assert.Equal(t, []any{i.Kind, i.Value}, []any{a.Kind, a.Value})
				all[a.Value+" "+a.Analyzer] = a
			}
		}
	}
	return all
}

// states counts analyses by state.
func states(all map[string]waggle.Analysis) map[waggle.AnalysisState]int {
	n := map[waggle.AnalysisState]int{}
	for _, a := range all {
		n[a.State]++
	}
	return n
}

// eachOnce wants each value to have been asked about once by each analyzer.
func eachOnce(t *testing.T, server *cortexapitest.Server) {
	t.Helper()
	seen := map[string]bool{}
	for _, j := range server.Jobs() {
		key := j.Worker + " " + j.Data
		assert.False(t, seen[key], "%s is asked once", key)
		seen[key] = true
	}
}

func TestValuesAreAnalysedOnce(t *testing.T) {
	t.Parallel()
	path := place(t)
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{hits("Waggle_Names_1_0", "domain"), hits("Waggle_All_1_0", "domain", "url")}})
	blog := &shelf{posts: campaigns(6)}
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}, Enricher: enricher(t, server)}

	once(t, path, o, time.Second)

	all := analyses(t, path)
	assert.Len(t, all, 6*3)
	assert.Equal(t, map[waggle.AnalysisState]int{waggle.AnalysisDone: 18}, states(all))
	one := all["kq7-names-3.top Waggle_All_1_0"]
	assert.Equal(t, []waggle.Taxonomy{{Level: waggle.Malicious, Namespace: "Waggle_All_1_0", Predicate: "Hit", Value: "kq7-names-3.top"}}, one.Taxonomies)
	assert.NotEmpty(t, one.Job)
	assert.False(t, one.At.IsZero())
	eachOnce(t, server)
	for _, j := range server.Jobs() {
		assert.Equal(t, []int{2, 2}, []int{j.TLP, j.PAP}, "the story's marking goes along")
	}

	// Another story that names a value takes over what is known of it.
	blog.posts = append(blog.posts, post("again", "Nothing but kq7-names-3[.]top is named by this one", 30*time.Minute))
	once(t, path, o, time.Second)
	assert.Len(t, server.Jobs(), 18)
	assert.Len(t, analyses(t, path), 18)
}

func TestNothingStrictIsSent(t *testing.T) {
	t.Parallel()
	path := place(t)
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{hits("Waggle_Names_1_0", "domain")}})
	red := feed("red", &shelf{posts: campaigns(1)})
	red.Spec.TLP = 4
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{red}, Enricher: enricher(t, server)}, time.Second)
	assert.Empty(t, server.Requests(), "not even the analyzers are asked for")
	stories, _, err := look(t, path).Stories(t.Context(), waggle.StoryQuery{})
	require.NoError(t, err)
	assert.Contains(t, stories[0].AnalysisNote, "TLP:red")
}

func TestLimitsHoldOnlyTheirAnalyzer(t *testing.T) {
	t.Parallel()
	limited := hits("Waggle_Limited_1_0", "domain")
	limited.Rate, limited.RateUnit = 2, "Hour"
	for name, test := range map[string]struct {
		analyzer cortexapitest.Worker
		change   func(*enrich.Settings)
		note     string
	}{
		"rate limit of Cortex": {limited, func(*enrich.Settings) {}, "rate limit"},
		"budget of a day":      {hits("Waggle_Limited_1_0", "domain"), func(s *enrich.Settings) { s.Budgets = map[string]int{"Waggle_Limited": 2} }, "budget of 2 jobs a day"},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{test.analyzer, hits("Waggle_Other_1_0", "domain")}})
			once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(5)})}, Enricher: enricher(t, server, test.change)}, time.Second)

			got := map[string]int{}
			for _, a := range analyses(t, path) {
				got[a.Analyzer+" "+string(a.State)]++
				if a.State == waggle.AnalysisWaiting {
					assert.Contains(t, a.Note, test.note)
				}
			}
			assert.Equal(t, map[string]int{"Waggle_Limited_1_0 done": 2, "Waggle_Limited_1_0 waiting": 3, "Waggle_Other_1_0 done": 5}, got)
			open, err := look(t, path).OpenAnalyses(t.Context(), time.Now())
			require.NoError(t, err)
			assert.Equal(t, 3, open.Held)
			assert.False(t, open.Open())
			runs := 0
			for _, r := range server.Requests() {
				if strings.HasSuffix(r.Path, "/run") {
					runs++
				}
			}
			assert.LessOrEqual(t, runs, 8, "what is over its limit is not asked for again and again")

			// The day after, the rest is done.
			later := func() time.Time { return time.Now().Add(25 * time.Hour) }
			server.SetWorkers(hits("Waggle_Limited_1_0", "domain"), hits("Waggle_Other_1_0", "domain"))
			once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{})}, Now: later, Enricher: enricher(t, server, test.change)}, time.Second)
			open, err = look(t, path).OpenAnalyses(t.Context(), later())
			require.NoError(t, err)
			assert.Equal(t, map[string]int{"rate limit of Cortex": 0, "budget of a day": 1}[name], open.Held)
			eachOnce(t, server)
		})
	}
}

// TestABudgetOutlivesTheFeeder: what was used of a day stays used when the feeder
// starts again, whatever comes in.
func TestABudgetOutlivesTheFeeder(t *testing.T) {
	t.Parallel()
	path := place(t)
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{hits("Waggle_Names_1_0", "domain")}})
	toNoon := time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)) // so that the day does not end meanwhile
	blog := &shelf{}
	for n := range 3 {
		blog.posts = campaigns(2 * (n + 1))
		o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", blog)}, Now: func() time.Time { return time.Now().Add(toNoon) },
			Enricher: enricher(t, server, func(s *enrich.Settings) { s.Budgets = map[string]int{"Waggle_Names": 3} })}
		once(t, path, o, time.Second)
		assert.Len(t, server.Jobs(), min(2*(n+1), 3))
	}
	assert.Equal(t, map[waggle.AnalysisState]int{waggle.AnalysisDone: 3, waggle.AnalysisWaiting: 3}, states(analyses(t, path)))
}

func TestCortexAway(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault cortexapitest.Fault
		says  string
	}{
		"no answer":     {cortexapitest.Fault{Reset: true}, "Cortex: network"},
		"it fails":      {cortexapitest.Fault{Status: 503}, "Cortex: upstream (503)"},
		"key is locked": {cortexapitest.Fault{Status: 401}, "check the API key"},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{hits("Waggle_Names_1_0", "domain")}})
			var asked atomic.Int32
			server.Fail(func(*http.Request) cortexapitest.Fault {
				asked.Add(1)
				return test.fault
			})
			o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(12)})}, Raiser: &desk{}}
			o.Enricher = enricher(t, server)
			got := once(t, path, o, 300*time.Millisecond)
			assert.True(t, got.Complete(), "alerts do not wait for Cortex")
			assert.Less(t, int(asked.Load()), 10, "it is asked seldom")
			troubles, err := look(t, path).Troubles(t.Context())
			require.NoError(t, err)
			require.Len(t, troubles, 1)
			assert.Contains(t, troubles[0].Error, test.says)
			assert.NotContains(t, troubles[0].Error, cortexapitest.Key)
			assert.Equal(t, 12, got.Analyses)
			open, err := look(t, path).OpenAnalyses(t.Context(), time.Now())
			require.NoError(t, err)
			assert.Equal(t, 12, open.Stories)

			server.Fail(nil)
			once(t, path, o, time.Second)
			require.Len(t, server.Jobs(), 12)
			for i, j := range server.Jobs() {
				assert.Equal(t, fmt.Sprintf("kq7-names-%d.top", i), j.Data, "in the order in which they came")
			}
			troubles, err = look(t, path).Troubles(t.Context())
			require.NoError(t, err)
			assert.Empty(t, troubles)
		})
	}
}

// TestLostAnswersMakeNoSecondJob: Cortex takes jobs, and its answers get lost.
func TestLostAnswersMakeNoSecondJob(t *testing.T) {
	t.Parallel()
	path := place(t)
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{hits("Waggle_Names_1_0", "domain")}})
	var n atomic.Int32
	server.Fail(func(r *http.Request) cortexapitest.Fault {
		return cortexapitest.Fault{Drop: strings.HasSuffix(r.URL.Path, "/run") && n.Add(1)%2 == 1}
	})
	once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(4)})}, Enricher: enricher(t, server)}, time.Minute)
	assert.Equal(t, map[waggle.AnalysisState]int{waggle.AnalysisDone: 4}, states(analyses(t, path)))
	assert.Len(t, server.Jobs(), 4)
	eachOnce(t, server)
}

func TestJobsThatComeToNothing(t *testing.T) {
	t.Parallel()
	answering := func(o cortexapitest.Outcome) cortexapitest.Worker {
		w := hits("Waggle_Names_1_0", "domain")
		w.Answer = func(cortexapi.Input) cortexapitest.Outcome { return o }
		return w
	}
	for name, test := range map[string]struct {
		worker cortexapitest.Worker
		note   string
	}{
		"never over": {answering(cortexapitest.Outcome{Stuck: true}), "given up: Cortex' job job-1 was not over after 1s"},
		"failed":     {answering(cortexapitest.Outcome{Failure: "no such service"}), "the analyzer failed: no such service"},
	} {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{test.worker}})
			o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(1)})}, Enricher: impatient{enricher(t, server), time.Second}}
			once(t, path, o, time.Second)
			a := analyses(t, path)["kq7-names-0.top Waggle_Names_1_0"]
			assert.Equal(t, waggle.AnalysisFailed, a.State)
			assert.Equal(t, test.note, a.Note)
			assert.Len(t, server.Jobs(), 1)
		})
	}
}

// TestAJobOutlivesTheFeeder: a feeder that starts again waits for the jobs of
// the one before.
func TestAJobOutlivesTheFeeder(t *testing.T) {
	t.Parallel()
	path := place(t)
	slow := hits("Waggle_Names_1_0", "domain")
	slow.Takes = 2 * time.Second
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{slow}})
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(3)})}, Enricher: enricher(t, server)}
	run(t, path, o, func(s *store.Store) bool {
		open, err := s.OpenAnalyses(context.Background(), time.Now())
		require.NoError(t, err)
		return open.Running == 3
	})
	once(t, path, o, time.Second)
	assert.Equal(t, map[waggle.AnalysisState]int{waggle.AnalysisDone: 3}, states(analyses(t, path)))
	assert.Len(t, server.Jobs(), 3)
	eachOnce(t, server)
}

// TestCortexForgets: a job that is gone is made again, a few times.
func TestCortexForgets(t *testing.T) {
	t.Parallel()
	path := place(t)
	slow := hits("Waggle_Names_1_0", "domain")
	slow.Takes = time.Hour
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{slow}})
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(1)})}, Enricher: enricher(t, server)}
	run(t, path, o, func(*store.Store) bool { return len(server.Jobs()) == 1 })
	server.Forget()
	server.SetWorkers(hits("Waggle_Names_1_0", "domain"))
	require.Eventually(t, func() bool {
		once(t, path, o, time.Second)
		return states(analyses(t, path))[waggle.AnalysisDone] == 1
	}, time.Minute, time.Millisecond)
	assert.Empty(t, analyses(t, path)["kq7-names-0.top Waggle_Names_1_0"].Note)
}

// broken is an enricher with a fault.
type broken struct{ *enrich.Enricher }

func (broken) Start(context.Context, enrich.Ask, string, string) (enrich.Started, error) {
	panic("crumbs")
}

func TestAFaultIsGivenUp(t *testing.T) {
	t.Parallel()
	path := place(t)
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{hits("Waggle_Names_1_0", "domain")}})
	o := pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(1)})}, Enricher: broken{enricher(t, server)}}
	require.Eventually(t, func() bool {
		once(t, path, o, time.Second)
		return states(analyses(t, path))[waggle.AnalysisFailed] == 1
	}, time.Minute, time.Millisecond)
	assert.Contains(t, analyses(t, path)["kq7-names-0.top Waggle_Names_1_0"].Note, "a fault of the feeder: crumbs")
}

// scales weigh a story once all that was asked about it is over.
type scales struct{ t *testing.T }

func (w scales) Judge(s waggle.Story) waggle.Story {
	said := 0
	for _, i := range s.Indicators {
		for _, a := range i.Analyses {
			assert.True(w.t, a.State.Over(), "%s %s is %s", a.Value, a.Analyzer, a.State)
			said += len(a.Taxonomies)
		}
	}
	s.Verdict = &waggle.Verdict{Level: waggle.Malicious, Why: fmt.Sprintf("%d said so", said)}
	return s
}

// TestTheVerdictFollowsTheAnalyses: it is made when they are over, and an alert
// that went out before gets it.
func TestTheVerdictFollowsTheAnalyses(t *testing.T) {
	t.Parallel()
	path, hive := place(t), &desk{}
	slow := hits("Waggle_Names_1_0", "domain")
	slow.Takes = time.Second
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{slow, hits("Waggle_Links_1_0", "url")}})
	got := once(t, path, pipeline.Options{Feeds: []pipeline.Feed{feed("blog", &shelf{posts: campaigns(3)})}, Raiser: hive, Weigher: scales{t},
		Enricher: enricher(t, server)}, time.Second)
	assert.True(t, got.Complete())
	require.Len(t, hive.alerts, 3)
	for _, s := range hive.alerts {
		require.NotNil(t, s.Verdict)
		assert.Equal(t, "2 said so", s.Verdict.Why)
	}
}
