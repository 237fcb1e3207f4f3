package thehive_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// lab is a TheHive with a Cortex behind it, and an alert that was made a case.
type lab struct {
	hive   *thehivetest.Server
	cortex *cortexapitest.Server
	client *thehive.Client

	alert, inAlert, inCase string // the alert; its observable, there and in the case
}

func newLab(t *testing.T, version string, outcome cortexapitest.Outcome) lab {
	t.Helper()
	names := cortexapitest.Worker{Name: "Waggle_Names_1_0", DataTypes: []string{"domain"}, Rate: 1, RateUnit: "Hour",
		Answer: func(cortexapi.Input) cortexapitest.Outcome { return outcome }}
	l := lab{cortex: cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{names}})}
	l.hive = thehivetest.Start(t, thehivetest.Options{Version: version, Cortexes: []thehivetest.Cortex{
		{Name: "local", URL: l.cortex.URL, Key: cortexapitest.Key}, {Name: "away", URL: "http://127.0.0.1:1", Key: "x"}}})
	l.client = client(t, l.hive.URL)
	made, err := l.client.CreateAlert(t.Context(), thehive.Alert{Type: "waggle", Source: "blog", SourceRef: "1", Title: "Loader", TLP: 1, PAP: 2,
		Observables: []thehive.Observable{{DataType: "domain", Data: "bad.example", TLP: 1}}})
	require.NoError(t, err)
	l.alert, l.inAlert = made.ID, l.hive.Observables(made.ID)[0].ID
	l.inCase = l.hive.Observables(l.hive.Import(made.ID))[0].ID
	return l
}

func (l lab) analyzer(t *testing.T) thehive.Analyzer {
	t.Helper()
	all, err := l.client.Analyzers(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, []any{"Waggle_Names_1_0", []string{"local"}}, []any{all[0].Name, all[0].Cortexes})
	return all[0]
}

func TestAnalyseThroughTheHive(t *testing.T) {
	hit := []cortexapi.Taxonomy{{Level: "malicious", Namespace: "N", Predicate: "P", Value: "1"}}
	for name, c := range map[string]struct {
		outcome cortexapitest.Outcome
		status  thehive.JobStatus
		sits    bool
	}{
		"success":              {cortexapitest.Outcome{Taxonomies: hit}, thehive.JobSuccess, true},
		"known operation":      {cortexapitest.Outcome{Taxonomies: hit, Operations: []map[string]any{{"type": "AddTagToArtifact", "tag": "x"}}}, thehive.JobSuccess, true},
		"an unknown operation": {cortexapitest.Outcome{Taxonomies: hit, Operations: []map[string]any{{"type": "Explode"}}}, thehive.JobWaiting, false},
		"failure":              {cortexapitest.Outcome{Failure: "no route"}, thehive.JobFailure, false},
	} {
		for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
			t.Run(name+" "+version, func(t *testing.T) {
				l := newLab(t, version, c.outcome)
				begun, err := l.client.StartJob(t.Context(), l.analyzer(t), "local", l.inCase)
				require.NoError(t, err)
				assert.Equal(t, []any{"Waggle_Names_1_0", "local", "job-1"}, []any{begun.Analyzer, begun.Cortex, begun.CortexJob})
				assert.WithinDuration(t, time.Now(), begun.Started, time.Minute)
				require.Len(t, l.cortex.Jobs(), 1)
				in := l.cortex.Jobs()[0]
				assert.Equal(t, []any{"bad.example", "domain", 1, 2}, []any{in.Data, in.DataType, in.TLP, in.PAP})
				jobs, err := l.client.Jobs(t.Context(), l.inCase)
				require.NoError(t, err)
				require.Len(t, jobs, 1)
				assert.Equal(t, []any{begun.ID, begun.CortexJob, c.status}, []any{jobs[0].ID, jobs[0].CortexJob, jobs[0].Status})
				assert.Equal(t, c.sits, len(l.hive.Reports(l.inCase)) == 1)
				none, err := l.client.Jobs(t.Context(), l.inAlert)
				require.NoError(t, err)
				assert.Empty(t, none)
			})
		}
	}
}

func TestWhatTheHiveDoesNotAnalyse(t *testing.T) {
	l := newLab(t, "4.1.24-1", cortexapitest.Outcome{})
	names := l.analyzer(t)
	gone := names
	gone.ID = "0123456789"
	for name, c := range map[string]struct {
		analyzer           thehive.Analyzer
		cortex, observable string
		reason             upstream.Reason
		says               string
	}{
		"observable of an alert": {names, "local", l.inAlert, upstream.NotFound, "Observable not found"},
		"no such observable":     {names, "local", "~404", upstream.NotFound, "Observable not found"},
		"no such Cortex":         {names, "other", l.inCase, upstream.NotFound, "Cortex other not found"},
		"no such analyzer":       {gone, "local", l.inCase, upstream.BadInput, "ApplicationError(404)"},
		"Cortex is away":         {names, "away", l.inCase, upstream.Failure, "Connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.client.StartJob(t.Context(), c.analyzer, c.cortex, c.observable)
			assert.Equal(t, c.reason, upstream.ReasonOf(err))
			assert.ErrorContains(t, err, c.says)
		})
	}
	assert.Empty(t, l.cortex.Jobs())
	_, err := l.client.StartJob(t.Context(), names, "local", l.inCase)
	require.NoError(t, err)
	_, err = l.client.StartJob(t.Context(), names, "local", l.inCase)
	assert.Equal(t, upstream.RateLimited, upstream.ReasonOf(err))

	alone := thehivetest.Start(t, thehivetest.Options{Alone: true})
	_, err = client(t, alone.URL).Analyzers(t.Context())
	assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
}

// TestStartJobIsNotRepeated: a job that may have begun is not begun again behind
// the caller's back.
func TestStartJobIsNotRepeated(t *testing.T) {
	l := newLab(t, "4.1.24-1", cortexapitest.Outcome{})
	names := l.analyzer(t)
	l.hive.Fail(func(r *http.Request) thehivetest.Fault { return thehivetest.Fault{Drop: r.Method == http.MethodPost} })
	_, err := l.client.StartJob(t.Context(), names, "local", l.inCase)
	assert.Equal(t, upstream.Network, upstream.ReasonOf(err))
	assert.Len(t, l.cortex.Jobs(), 1)
}

// TestCapturedJobs reads what a real TheHive 4.1 said of jobs, and compares the
// fake with it.
func TestCapturedJobs(t *testing.T) {
	name := "cortex_job_create_ip"
	c := client(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		exchange := captured.Load(t, "thehive", map[string]string{"GET": "status", "POST": name}[r.Method])
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(exchange.Status)
		assert.NoError(t, json.NewEncoder(w).Encode(exchange.Answer))
	}))
	analyzer := thehive.Analyzer{ID: "db11deae1c9f41873d49cbdf16ed0816"}
	begun, err := c.StartJob(t.Context(), analyzer, "capture", "~40972528")
	require.NoError(t, err)
	assert.Equal(t, thehive.Job{ID: "~40964344", Analyzer: "TH_Echo_1_0", Cortex: "capture", CortexJob: "P_GcB6IB1RgD4tHrzzp6",
		Status: thehive.JobWaiting, Started: time.UnixMilli(1795424046965).UTC()}, begun)
	name = "cortex_job_create_alert_observable"
	_, err = c.StartJob(t.Context(), analyzer, "capture", "~8288")
	assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))

	for done, outcome := range map[string]cortexapitest.Outcome{
		"cortex_job_done_ip":    {Operations: []map[string]any{{"type": "AddTagToArtifact", "tag": "op"}}},
		"cortex_job_done_fail":  {Failure: "it failed"},
		"cortex_job_done_badop": {Operations: []map[string]any{{"type": "Explode"}}},
	} {
		l := newLab(t, "4.1.24-1", outcome)
		job, err := l.client.StartJob(t.Context(), l.analyzer(t), "local", l.inCase)
		require.NoError(t, err)
		request, err := http.NewRequest(http.MethodGet, l.hive.URL+"/api/connector/cortex/job/"+job.ID, nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+thehivetest.Key)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		var got any
		require.NoError(t, json.NewDecoder(answer.Body).Decode(&got))
		require.NoError(t, answer.Body.Close())
		assert.Empty(t, captured.Differences(captured.Load(t, "thehive", done).Answer, got, "report.artifacts[]", "report.full.x", "report.full.in",
			"report.full.taxonomies", "report.full.found"), done)
	}
}
