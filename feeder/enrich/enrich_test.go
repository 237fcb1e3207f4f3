package enrich_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// enricher is one of a fake Cortex.
func enricher(t *testing.T, server *cortexapitest.Server, change ...func(*enrich.Options)) *enrich.Enricher {
	t.Helper()
	client, err := cortexapi.New(cortexapi.Options{URL: server.URL, Key: cortexapitest.Key, HTTP: upstream.Options{Retries: -1}})
	require.NoError(t, err)
	o := enrich.Options{Settings: enrich.Defaults()}
	o.Costs = map[string]enrich.Cost{"Waggle_*": enrich.Free}
	for _, c := range change {
		c(&o)
	}
	e, err := enrich.New(client, o)
	require.NoError(t, err)
	return e
}

func worker(name string, types ...string) cortexapitest.Worker {
	return cortexapitest.Worker{Name: name, DataTypes: types}
}

func story(values ...waggle.Indicator) waggle.Story {
	return waggle.Story{ID: "s1", TLP: 1, PAP: 2, Indicators: values}
}

func value(kind ioc.Kind, text string, confidence int) waggle.Indicator {
	return waggle.Indicator{Indicator: ioc.Indicator{Kind: kind, Value: text, Role: ioc.Attack, Confidence: confidence}}
}

func TestChoose(t *testing.T) {
	workers := []cortexapitest.Worker{
		worker("Waggle_Names_1_0", "domain", "fqdn"), worker("Waggle_Numbers_2_1", "ip", "hash", "cve"),
		worker("Waggle_All_1_0", "ip", "domain", "other", "file"), worker("Strange_1_0", "ip"),
		worker("Waggle_IOCs_1_0", "file", "other", "mail-subject", "url"),
	}
	domain, host, ip := value(ioc.Domain, "bad-host.net", 90), value(ioc.Domain, "cdn.bad-host.net", 80), value(ioc.IP, "203.0.113.7", 70)
	benign := ip
	benign.Role = ioc.Benign
	for name, test := range map[string]struct {
		story  waggle.Story
		change func(*enrich.Options)
		want   []string // value analyzer type
		note   string
	}{
		"each value to who takes it": {story(ip, domain, host), nil, []string{
			"bad-host.net Waggle_All_1_0 domain", "bad-host.net Waggle_Names_1_0 domain", "cdn.bad-host.net Waggle_Names_1_0 fqdn",
			"203.0.113.7 Waggle_All_1_0 ip", "203.0.113.7 Waggle_Numbers_2_1 ip"}, ""},
		"a vulnerability goes under the name that analyzers have for it": {story(value(ioc.CVE, "CVE-2021-0001", 90)), nil,
			[]string{"CVE-2021-0001 Waggle_Numbers_2_1 cve"}, ""},
		"what has no type of its own is not sent": {story(value(ioc.Mutex, "Bad_Mutex", 90)), nil, nil, ""},
		"but where it is asked for": {story(value(ioc.Mutex, "Bad_Mutex", 90)), func(o *enrich.Options) { o.DataTypes = []string{"other"} },
			[]string{"Bad_Mutex Waggle_All_1_0 other", "Bad_Mutex Waggle_IOCs_1_0 other"}, ""},
		"a vulnerability as other, to who takes nothing better": {story(value(ioc.CVE, "CVE-2021-0001", 90)), func(o *enrich.Options) { o.DataTypes = []string{"other", "cve"} },
			[]string{"CVE-2021-0001 Waggle_All_1_0 other", "CVE-2021-0001 Waggle_IOCs_1_0 other", "CVE-2021-0001 Waggle_Numbers_2_1 cve"}, ""},
		"no URL is visited by itself": {story(value(ioc.URL, "http://bad-host.net/a", 90)), nil, nil, ""},
		"only types that are configured": {story(ip, domain), func(o *enrich.Options) { o.DataTypes = []string{"ip"} },
			[]string{"203.0.113.7 Waggle_All_1_0 ip", "203.0.113.7 Waggle_Numbers_2_1 ip"}, ""},
		"only analyzers that are named": {story(ip, domain), func(o *enrich.Options) { o.Analyzers = []string{"Waggle_Numbers"} },
			[]string{"203.0.113.7 Waggle_Numbers_2_1 ip"}, ""},
		"what costs is left": {story(ip), func(o *enrich.Options) {
			o.Analyzers, o.Costs = []string{"*"}, map[string]enrich.Cost{"Waggle_*": enrich.Quota, "Waggle_All": enrich.Free}
		}, []string{"203.0.113.7 Waggle_All_1_0 ip"}, ""},
		"and run where that is meant": {story(ip), func(o *enrich.Options) {
			o.Analyzers, o.Cost = []string{"Strange*"}, enrich.Paid
		}, []string{"203.0.113.7 Strange_1_0 ip"}, ""},
		"the surest first": {story(ip, domain, host), func(o *enrich.Options) { o.MaxObservables = 1 },
			[]string{"bad-host.net Waggle_All_1_0 domain", "bad-host.net Waggle_Names_1_0 domain"}, "The 1 surest values are analysed; 2 more are not (max_observables)."},
		"benign by its role":  {story(benign), nil, nil, ""},
		"benign by a list":    {story(ip), func(o *enrich.Options) { o.Known = func(string, string) (string, bool) { return "a list", true } }, nil, ""},
		"TLP:RED":             {waggle.Story{TLP: 4, PAP: 2, Indicators: []waggle.Indicator{ip}}, func(o *enrich.Options) { o.MaxTLP = 3 }, nil, "the story is TLP:red"},
		"TLP above the limit": {waggle.Story{TLP: 3, PAP: 2, Indicators: []waggle.Indicator{ip}}, nil, nil, "TLP:amber+strict, and max_tlp allows up to TLP:amber"},
		"PAP above the limit": {waggle.Story{TLP: 1, PAP: 3, Indicators: []waggle.Indicator{ip}}, nil, nil, "PAP:red"},
		"nobody may run":      {story(ip), func(o *enrich.Options) { o.Analyzers = []string{"None"} }, nil, "none of the analyzers"},
	} {
		t.Run(name, func(t *testing.T) {
			server := cortexapitest.Start(t, cortexapitest.Options{Workers: workers})
			change := []func(*enrich.Options){}
			if test.change != nil {
				change = append(change, test.change)
			}
			got, err := enricher(t, server, change...).Choose(t.Context(), test.story)
			require.NoError(t, err)
			var asks []string
			for _, a := range got.Asks {
				asks = append(asks, strings.Join([]string{a.Value, a.Analyzer, a.DataType}, " "))
				assert.Equal(t, []int{test.story.TLP, test.story.PAP}, []int{a.TLP, a.PAP})
			}
			assert.Equal(t, test.want, asks)
			if test.note == "" {
				assert.Empty(t, got.Note)
			} else {
				assert.Contains(t, got.Note, test.note)
			}
		})
	}
}

// TestCostsComeFromTheCatalog: what needs an account in the catalog of Waggle's
// own analyzers does not run by itself, what needs none does.
func TestCostsComeFromTheCatalog(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{
		worker("Waggle_URLhaus_1_0", "url"), worker("Waggle_Warninglists_1_0", "url"), worker("Waggle_Unheard_1_0", "url"), worker("Waggle_FeedLookup_1_0", "url")}})
	e := enricher(t, server, func(o *enrich.Options) { o.Costs = nil })
	got, err := e.Standing(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"Waggle_Warninglists_1_0"}, got.Run)
	assert.Equal(t, []string{"Waggle_FeedLookup_1_0: by hand alone: it asks the feeder itself", `Waggle_URLhaus_1_0: it costs "quota", and the configuration allows "free"`,
		`Waggle_Unheard_1_0: it costs "paid", and the configuration allows "free"`}, got.Rest)
}

func TestAnalyzersAreListedSeldom(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{worker("Waggle_Names_1_0", "domain")}})
	now := time.Now()
	e := enricher(t, server, func(o *enrich.Options) { o.Now = func() time.Time { return now } })
	for range 3 {
		_, err := e.Choose(t.Context(), story(value(ioc.Domain, "bad-host.net", 90)))
		require.NoError(t, err)
	}
	assert.Equal(t, 1, server.Count(http.MethodGet, "/api/analyzer"))
	now = now.Add(2 * time.Minute)
	_, err := e.Choose(t.Context(), story())
	require.NoError(t, err)
	assert.Equal(t, 2, server.Count(http.MethodGet, "/api/analyzer"))
}

func TestSettingsSayWhatIsWrong(t *testing.T) {
	require.NoError(t, enrich.Defaults().Check())
	for key, change := range map[string]func(*enrich.Settings){
		"max_tlp":         func(s *enrich.Settings) { s.MaxTLP = 4 },
		"max_pap":         func(s *enrich.Settings) { s.MaxPAP = -1 },
		"max_jobs":        func(s *enrich.Settings) { s.MaxJobs = 0 },
		"max_observables": func(s *enrich.Settings) { s.MaxObservables = 201 },
		"cache":           func(s *enrich.Settings) { s.Cache = -time.Second },
		"give_up":         func(s *enrich.Settings) { s.GiveUp = time.Second },
		"cost":            func(s *enrich.Settings) { s.Cost = "cheap" },
		"costs":           func(s *enrich.Settings) { s.Costs = map[string]enrich.Cost{"A": "dear"} },
		"analyzers":       func(s *enrich.Settings) { s.Analyzers = []string{"[a"} },
		"budgets":         func(s *enrich.Settings) { s.Budgets = map[string]int{"A": -1} },
	} {
		t.Run(key, func(t *testing.T) {
			s := enrich.Defaults()
			change(&s)
			var wrong *enrich.Invalid
			require.ErrorAs(t, s.Check(), &wrong)
			assert.Equal(t, key, wrong.Key)
			assert.Contains(t, wrong.Error(), key)
			_, err := enrich.New(nil, enrich.Options{Settings: s})
			require.ErrorAs(t, err, &wrong)
		})
	}
}

func TestBudget(t *testing.T) {
	s := enrich.Defaults()
	s.Budgets = map[string]int{"Waggle_*": 100, "Waggle_URLhaus": 7, "Other_1_0": 0}
	for name, want := range map[string]int{"Waggle_URLhaus_1_0": 7, "Waggle_MISP_1_0": 100, "Other_1_0": 0, "Other_2_0": -1} {
		jobs, limited := s.Budget(name)
		assert.Equal(t, want >= 0, limited, name)
		assert.Equal(t, max(want, 0), jobs, name)
	}
}

func ask(analyzer string) enrich.Ask {
	return enrich.Ask{Kind: ioc.IP, Value: "203.0.113.7", Analyzer: analyzer, DataType: "ip", TLP: 1, PAP: 2}
}

func TestStart(t *testing.T) {
	limited := worker("Waggle_Limited_1_0", "ip")
	limited.Rate, limited.RateUnit = 0, "Minute"
	full := worker("Waggle_Full_1_0", "ip")
	full.Rate, full.RateUnit = 1, "Minute"
	daily := worker("Waggle_Daily_1_0", "ip")
	daily.Rate, daily.RateUnit = 1, "Day"
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{limited, full, daily, worker("Strange_1_0", "ip")}})
	e := enricher(t, server)
	for _, name := range []string{full.Name, daily.Name} {
		first, err := e.Start(t.Context(), ask(name), "", "first")
		require.NoError(t, err)
		require.NotEmpty(t, first.Job)
	}
	for name, test := range map[string]struct {
		analyzer string
		fault    cortexapitest.Fault // of runs
		want     enrich.Started      // Job "*" = any
		note     string
		reason   upstream.Reason // of the error
	}{
		"taken":                  {limited.Name, cortexapitest.Fault{}, enrich.Started{Job: "*"}, "", ""},
		"rate limit of a minute": {full.Name, cortexapitest.Fault{}, enrich.Started{Hold: time.Minute}, "", ""},
		"rate limit of a day":    {daily.Name, cortexapitest.Fault{}, enrich.Started{Hold: time.Hour}, "", ""},
		"gone":                   {"Waggle_Gone_1_0", cortexapitest.Fault{}, enrich.Started{Over: &enrich.Outcome{State: waggle.AnalysisFailed}}, "no analyzer Waggle_Gone_1_0 any more", ""},
		"no longer allowed":      {"Strange_1_0", cortexapitest.Fault{}, enrich.Started{Over: &enrich.Outcome{State: waggle.AnalysisSkipped}}, "none of the analyzers that the configuration allows", ""},
		"refused":                {limited.Name, cortexapitest.Fault{Status: 400}, enrich.Started{Over: &enrich.Outcome{State: waggle.AnalysisFailed}}, "bad input (400)", ""},
		"Cortex fails at this":   {limited.Name, cortexapitest.Fault{Status: 500}, enrich.Started{}, "", ""},
		"something else answers": {limited.Name, cortexapitest.Fault{Status: 404}, enrich.Started{}, "", upstream.NotFound},
		"the key may not":        {limited.Name, cortexapitest.Fault{Status: 403}, enrich.Started{}, "", upstream.Auth},
		"no answer":              {limited.Name, cortexapitest.Fault{Reset: true}, enrich.Started{}, "", upstream.Network},
	} {
		t.Run(name, func(t *testing.T) {
			server.Fail(func(r *http.Request) cortexapitest.Fault {
				if strings.HasSuffix(r.URL.Path, "/run") {
					return test.fault
				}
				return cortexapitest.Fault{}
			})
			got, err := e.Start(t.Context(), ask(test.analyzer), "", "label "+name)
			assert.Equal(t, test.reason, upstream.ReasonOf(err))
			assert.Equal(t, test.fault.Status == 500, got.Again != nil)
			got.Again = nil
			if test.want.Job != "" {
				assert.NotEmpty(t, got.Job)
				got.Job = test.want.Job
				found, _, err := e.Recall(t.Context(), ask(test.analyzer), "", "label "+name, time.Time{})
				require.NoError(t, err)
				assert.NotEmpty(t, found)
			}
			if got.Over != nil {
				assert.Contains(t, got.Over.Note, test.note)
				got.Over.Note = ""
			}
			assert.Equal(t, test.want, got)
		})
	}
	server.Fail(nil)
	none, _, err := e.Recall(t.Context(), enrich.Ask{}, "", "no such label", time.Time{})
	require.NoError(t, err)
	assert.Empty(t, none)
}

// TestStartWhileEverythingFails: a failure of Cortex is its own only if it
// fails at other things, too.
func TestStartWhileEverythingFails(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{worker("Waggle_Names_1_0", "ip")}})
	e := enricher(t, server)
	_, err := e.Choose(t.Context(), story())
	require.NoError(t, err)
	server.Fail(func(*http.Request) cortexapitest.Fault { return cortexapitest.Fault{Status: 500} })
	_, err = e.Start(t.Context(), ask("Waggle_Names_1_0"), "", "label")
	require.ErrorIs(t, err, upstream.Failure)
}

func TestStartAfterARenaming(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{worker("Waggle_Names_1_0", "ip")}})
	e := enricher(t, server)
	_, err := e.Choose(t.Context(), story())
	require.NoError(t, err)
	server.SetWorkers(worker("Waggle_Names_1_1", "ip"))
	got, err := e.Start(t.Context(), ask("Waggle_Names_1_0"), "", "label")
	require.NoError(t, err)
	require.NotNil(t, got.Over)
	assert.Contains(t, got.Over.Note, "Cortex has no analyzer Waggle_Names_1_0 any more")
}

func TestCollect(t *testing.T) {
	outcomes := map[string]cortexapitest.Outcome{
		"hit": {Taxonomies: []cortexapi.Taxonomy{{Level: "malicious", Namespace: "N", Predicate: "P", Value: "1"}, {Level: "purple", Value: "a\x00\u202eb"}},
			Artifacts: []cortexapi.Artifact{{DataType: "ip", Data: "192.0.2.1"}}},
		"nothing": {}, "stuck": {Stuck: true}, "failure": {Failure: "no\nroute"},
	}
	answering := worker("Waggle_Names_1_0", "domain")
	answering.Answer = func(in cortexapi.Input) cortexapitest.Outcome { return outcomes[in.Data] }
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{answering}})
	e := enricher(t, server)
	ids := map[string]string{"lost": "no-such-job"}
	jobs := []string{"no-such-job"}
	for name := range outcomes {
		started, err := e.Start(t.Context(), enrich.Ask{Value: name, Analyzer: answering.Name, DataType: "domain"}, "", name)
		require.NoError(t, err)
		ids[name] = started.Job
		jobs = append(jobs, started.Job)
	}
	got, err := e.Collect(t.Context(), jobs, time.Second)
	require.NoError(t, err)
	assert.Equal(t, map[string]enrich.Outcome{
		ids["hit"]: {State: waggle.AnalysisDone, Artifacts: 1, Taxonomies: []waggle.Taxonomy{
			{Level: waggle.Malicious, Namespace: "N", Predicate: "P", Value: "1"}, {Level: waggle.Info, Value: "a b"}}},
		ids["nothing"]: {State: waggle.AnalysisDone},
		ids["failure"]: {State: waggle.AnalysisFailed, Note: "the analyzer failed: no route"},
		ids["lost"]:    {},
	}, got)

	got, err = e.Collect(t.Context(), []string{ids["stuck"]}, time.Second)
	require.NoError(t, err)
	assert.Empty(t, got, "none is over after waiting")
}

// deaf is a Cortex whose jobs are over and whose reports cannot be had.
type deaf struct{ err error }

func (deaf) Analyzers(context.Context) ([]cortexapi.Worker, error) { return nil, nil }
func (deaf) Analyze(context.Context, string, cortexapi.Input) (cortexapi.Job, error) {
	return cortexapi.Job{}, nil
}
func (deaf) FindJobs(context.Context, string) ([]cortexapi.Job, error) { return nil, nil }
func (deaf) Statuses(_ context.Context, ids []string) (map[string]cortexapi.Status, error) {
	return map[string]cortexapi.Status{ids[0]: cortexapi.Success}, nil
}
func (d deaf) WaitReport(context.Context, string, time.Duration) (cortexapi.Job, error) {
	return cortexapi.Job{Report: cortexapi.Report{Full: json.RawMessage("{}")}}, d.err
}

func TestCollectWithoutReports(t *testing.T) {
	tooLarge := &upstream.Error{Service: "Cortex", Reason: upstream.BadInput, Message: "answered more than 33554432 bytes"}
	for name, test := range map[string]struct {
		err  error
		want map[string]enrich.Outcome
		told error
	}{
		"too large": {tooLarge, map[string]enrich.Outcome{"1": {State: waggle.AnalysisFailed, Note: "Cortex: bad input: answered more than 33554432 bytes"}}, nil},
		"away":      {&upstream.Error{Reason: upstream.Network}, map[string]enrich.Outcome{}, upstream.Network},
		"stopped":   {context.Canceled, map[string]enrich.Outcome{}, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := enrich.New(deaf{test.err}, enrich.Options{Settings: enrich.Defaults()})
			require.NoError(t, err)
			got, err := e.Collect(t.Context(), []string{"1"}, 0)
			assert.Equal(t, test.want, got)
			assert.True(t, errors.Is(err, test.told))
		})
	}
}
