package pipeline_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// connected is a TheHive with a Cortex behind it, and a feeder's options for both.
type connected struct {
	hive    *thehivetest.Server
	cortex  *cortexapitest.Server
	blog    *shelf
	client  *thehive.Client
	change  func(*enrich.Settings)
	options pipeline.Options
	path    string
}

func connect(t *testing.T, version string, change func(*enrich.Settings)) *connected {
	t.Helper()
	c := &connected{path: place(t), blog: &shelf{posts: campaigns(3)}}
	c.cortex = cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{hits("Waggle_Names_1_0", "domain")}})
	c.hive = thehivetest.Start(t, thehivetest.Options{Version: version, Cortexes: []thehivetest.Cortex{{Name: "local", URL: c.cortex.URL, Key: cortexapitest.Key}}})
	var err error
	c.client, err = thehive.New(thehive.Options{URL: c.hive.URL, Key: thehivetest.Key, Settle: time.Millisecond, HTTP: upstream.Options{Retries: -1}})
	require.NoError(t, err)
	c.change = change
	c.options = pipeline.Options{Feeds: []pipeline.Feed{feed("blog", c.blog)}, Raiser: alert.New(c.client, alert.Options{})}
	c.anew(t)
	return c
}

// anew makes the enricher anew: one remembers for a minute what it was told.
func (c *connected) anew(t *testing.T) {
	t.Helper()
	asking, err := cortexapi.New(cortexapi.Options{URL: c.cortex.URL, Key: cortexapitest.Key, HTTP: upstream.Options{Retries: -1}})
	require.NoError(t, err)
	o := enrich.Options{Settings: enrich.Defaults(), TheHive: c.client}
	o.Costs = map[string]enrich.Cost{"*": enrich.Free}
	c.change(&o.Settings)
	c.options.Enricher, err = enrich.New(asking, o)
	require.NoError(t, err)
}

func (c *connected) once(t *testing.T) {
	t.Helper()
	c.anew(t)
	once(t, c.path, c.options, time.Minute)
}

func asIs(*enrich.Settings) {}

// reported counts the observables, of those of alerts or of cases, that have a
// report.
func (c *connected) reported(ids ...string) (n int) {
	for _, id := range ids {
		for _, o := range c.hive.Observables(id) {
			n += len(c.hive.Reports(o.ID))
		}
	}
	return n
}

func (c *connected) alerts() (ids []string) {
	for _, a := range c.hive.Alerts() {
		ids = append(ids, a.ID)
	}
	return ids
}

// throughTheHive tells of the Cortex' jobs whether TheHive began them.
func (c *connected) throughTheHive() (n int) {
	for _, j := range c.cortex.Jobs() {
		if !strings.HasPrefix(j.Label, "waggle ") {
			n++
		}
	}
	return n
}

func TestReportsSitOnTheAlertOfTheHive5(t *testing.T) {
	t.Parallel()
	c := connect(t, "5.7.3-1", asIs)
	c.once(t)
	assert.Equal(t, []int{3, 3, 3}, []int{len(c.cortex.Jobs()), c.throughTheHive(), c.reported(c.alerts()...)})
	for _, a := range analyses(t, c.path) {
		assert.Equal(t, []any{waggle.AnalysisDone, true, ""}, []any{a.State, a.Observable != "", a.Direct})
		assert.Len(t, a.Taxonomies, 1)
	}
	eachOnce(t, c.cortex)
}

// TestACaseIsNotAnalysedAgain: what Cortex was asked itself counts, also once an
// analyst has made a case of the alert; what comes in then is run there.
func TestACaseIsNotAnalysedAgain(t *testing.T) {
	t.Parallel()
	c := connect(t, "4.1.24-1", asIs)
	c.once(t)
	assert.Equal(t, []int{3, 0}, []int{len(c.cortex.Jobs()), c.throughTheHive()})
	kase := c.hive.Import(c.alerts()[0])
	old := c.blog.posts[0]
	c.blog.posts = append(c.blog.posts, post("more", old.Content+" and again calls kq7-names-0[.]top", time.Minute))
	c.once(t)
	assert.Equal(t, []int{3, 0}, []int{len(c.cortex.Jobs()), c.reported(kase)})

	c.cortex.SetWorkers(hits("Waggle_Names_1_0", "domain"), hits("Waggle_More_1_0", "domain"))
	c.blog.posts = append(c.blog.posts, post("yet more", old.Content+" and once more calls kq7-names-0[.]top", 30*time.Second))
	c.once(t)
	assert.Equal(t, 1, c.throughTheHive(), "the analyzer that is new")
	assert.Equal(t, 1, c.reported(kase))
	eachOnce(t, c.cortex)
}

func TestACaseIsAnalysedAgainWhereThatIsWanted(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]bool{"wanted": true, "by default": false} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, "4.1.24-1", func(s *enrich.Settings) { s.AgainInCases = again })
			c.once(t)
			kase := c.hive.Import(c.alerts()[0])
			s, err := store.Open(t.Context(), c.path)
			require.NoError(t, err)
			c.anew(t)
			c.options.Store, c.options.Reader, c.options.Judge = s, plainReader{}, keepLong{}
			p, err := pipeline.New(c.options)
			require.NoError(t, err)
			if again {
				require.ErrorContains(t, p.Promoted(t.Context(), c.hive.Alerts()[0].SourceRef), "only starting")
			}
			ended := make(chan error, 1)
			ctx, stop := context.WithCancel(t.Context())
			go func() { ended <- p.Run(ctx) }()
			for range 2 { // each replica tells it
				require.Eventually(t, func() bool { return p.Promoted(t.Context(), c.hive.Alerts()[0].SourceRef) == nil }, time.Minute, 10*time.Millisecond)
			}
			if again {
				require.Eventually(t, func() bool { return c.reported(kase) == 1 }, time.Minute, 10*time.Millisecond)
			}
			stop()
			require.NoError(t, <-ended)
			require.NoError(t, s.Close())
			assert.Equal(t, map[bool]int{true: 1}[again], c.throughTheHive())
		})
	}
}

// TestLostAnswersOfTheHiveMakeNoSecondJob: TheHive has jobs made, and its answers
// get lost.
func TestLostAnswersOfTheHiveMakeNoSecondJob(t *testing.T) {
	t.Parallel()
	c := connect(t, "5.7.3-1", asIs)
	var n atomic.Int32
	c.hive.Fail(func(r *http.Request) thehivetest.Fault {
		return thehivetest.Fault{Drop: strings.HasSuffix(r.URL.Path, "/job") && n.Add(1)%2 == 1}
	})
	c.once(t)
	assert.Equal(t, map[waggle.AnalysisState]int{waggle.AnalysisDone: 3}, states(analyses(t, c.path)))
	assert.Equal(t, []int{3, 3}, []int{len(c.cortex.Jobs()), c.throughTheHive()})
	eachOnce(t, c.cortex)
}

// TestTheHiveFailsAtJobs: Cortex is asked itself then, and the page says why.
func TestTheHiveFailsAtJobs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault thehivetest.Fault
		says  string
	}{
		"it refuses": {thehivetest.Fault{Status: 403}, "TheHive: auth (403)"},
		"it fails":   {thehivetest.Fault{Status: 500}, "through TheHive it failed: TheHive: upstream (500)"},
	} {
		t.Run(name, func(t *testing.T) {
			l := connect(t, "5.7.3-1", asIs)
			l.hive.Fail(func(r *http.Request) thehivetest.Fault {
				if strings.HasSuffix(r.URL.Path, "/job") {
					return c.fault
				}
				return thehivetest.Fault{}
			})
			l.once(t)
			all := analyses(t, l.path)
			assert.Equal(t, map[waggle.AnalysisState]int{waggle.AnalysisDone: 3}, states(all))
			for _, a := range all {
				assert.Contains(t, a.Direct, c.says)
				assert.Empty(t, a.Observable)
			}
			assert.Equal(t, []int{3, 0}, []int{len(l.cortex.Jobs()), l.throughTheHive()})
		})
	}
}

// TestAMarkingInTheHiveIsHeeded: an analyst marks a value RED before it is asked
// about.
func TestAMarkingInTheHiveIsHeeded(t *testing.T) {
	t.Parallel()
	c := connect(t, "5.7.3-1", asIs)
	c.cortex.SetWorkers()
	c.once(t)
	hive := c.hive.Observables(c.alerts()[0])
	at := slices.IndexFunc(hive, func(o thehive.Observable) bool { return o.DataType == "domain" })
	c.hive.Mark(hive[at].ID, 4)
	c.cortex.SetWorkers(hits("Waggle_Names_1_0", "domain"))
	c.blog.posts = append(c.blog.posts, post("more", c.blog.posts[0].Content+" and again calls "+strings.ReplaceAll(hive[at].Data, ".", "[.]"), time.Minute))
	c.once(t)
	a := analyses(t, c.path)[hive[at].Data+" Waggle_Names_1_0"]
	assert.Equal(t, []any{waggle.AnalysisSkipped, "not run: it is marked TLP:red and PAP:amber in TheHive"}, []any{a.State, a.Note})
	assert.Empty(t, c.cortex.Jobs())
}
