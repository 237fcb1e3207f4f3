package cortexapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortexapi"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// example is an analyzer that knows one address.
func example() cortexapitest.Worker {
	return cortexapitest.Worker{Name: "Waggle_Example_1_0", DataTypes: []string{"ip", "domain"}, Answer: func(in cortexapi.Input) cortexapitest.Outcome {
		if in.Data != input().Data {
			return cortexapitest.Outcome{Failure: "nothing is known of " + in.Data}
		}
		return cortexapitest.Outcome{
			Taxonomies: []cortexapi.Taxonomy{{Level: "malicious", Namespace: "Example", Predicate: "Hits", Value: "7"}},
			Artifacts:  []cortexapi.Artifact{{DataType: "domain", Data: "c2.example.net", Tags: []string{"example"}}},
		}
	}}
}

func input() cortexapi.Input {
	return cortexapi.Input{DataType: "ip", Data: "192.0.2.7", TLP: 1, PAP: 2, Message: "why", Label: "waggle 1"}
}

// exampleID is the id of the one analyzer that a server has.
func exampleID(t *testing.T, s *cortexapitest.Server) string {
	t.Helper()
	all, err := client(t, s.URL, cortexapitest.Key).Analyzers(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0].ID
}

func TestWorkers(t *testing.T) {
	limited := example()
	limited.Rate, limited.RateUnit = 4, "Minute"
	workers := []cortexapitest.Worker{limited, {Name: "Waggle_Case_1_0", DataTypes: []string{"thehive:case"}, Responder: true}}
	for i := range 12 {
		workers = append(workers, cortexapitest.Worker{Name: fmt.Sprintf("Waggle_Other%d_1_0", i), DataTypes: []string{"url"}})
	}
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: workers})
	c := client(t, server.URL, cortexapitest.Key)
	analyzers, err := c.Analyzers(t.Context())
	require.NoError(t, err)
	require.Len(t, analyzers, 13, "all, and not one page")
	assert.NotEmpty(t, analyzers[0].ID)
	analyzers[0].ID = ""
	assert.Equal(t, cortexapi.Worker{Name: "Waggle_Example_1_0", Definition: "Waggle_Example_1_0", DataTypes: []string{"ip", "domain"}, Rate: 4, Window: time.Minute}, analyzers[0])
	responders, err := c.Responders(t.Context())
	require.NoError(t, err)
	require.Len(t, responders, 1)
	assert.Equal(t, "Waggle_Case_1_0", responders[0].Name)

	j, err := c.Respond(t.Context(), responders[0].ID, "thehive:case", json.RawMessage(`{"caseId":7}`), "story 1")
	require.NoError(t, err)
	assert.Equal(t, []any{"Waggle_Case_1_0", "story 1"}, []any{j.Worker, j.Label})
	require.Len(t, server.Jobs(), 1)
	assert.JSONEq(t, `{"caseId":7}`, server.Jobs()[0].Data)
}

func TestAnalyze(t *testing.T) {
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{example()}})
	c := client(t, server.URL, cortexapitest.Key)
	for name, test := range map[string]struct {
		data   string
		status cortexapi.Status
		report cortexapi.Report
	}{
		"known": {"192.0.2.7", cortexapi.Success, cortexapi.Report{
			Taxonomies: []cortexapi.Taxonomy{{Level: "malicious", Namespace: "Example", Predicate: "Hits", Value: "7"}},
			Artifacts:  []cortexapi.Artifact{{DataType: "domain", Data: "c2.example.net", Tags: []string{"example"}}},
			Full:       json.RawMessage(`{"found":1}`),
		}},
		"failure": {"192.0.2.8", cortexapi.Failure, cortexapi.Report{Error: "nothing is known of 192.0.2.8"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := input()
			in.Data = test.data
			made, err := c.Analyze(t.Context(), exampleID(t, server), in)
			require.NoError(t, err)
			assert.Equal(t, cortexapi.Waiting, made.Status)
			assert.False(t, made.Made.IsZero())
			j, err := c.WaitReport(t.Context(), made.ID, time.Second)
			require.NoError(t, err)
			assert.Equal(t, test.status, j.Status)
			assert.Equal(t, test.report, j.Report)
			statuses, err := c.Statuses(t.Context(), []string{made.ID, "no-such-job"})
			require.NoError(t, err)
			assert.Equal(t, map[string]cortexapi.Status{made.ID: test.status, "no-such-job": cortexapi.Unknown}, statuses)
		})
	}
	for _, ran := range server.Jobs() {
		want := input()
		want.Data = ran.Data
		assert.Equal(t, want, ran.Input, "what was asked for arrived")
	}
}

func TestAnalyzeRefused(t *testing.T) {
	limited := example()
	limited.Rate, limited.RateUnit = 1, "Hour"
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{limited}})
	c := client(t, server.URL, cortexapitest.Key)
	id := exampleID(t, server)
	_, err := c.Analyze(t.Context(), id, input())
	require.NoError(t, err)

	marked, empty := input(), input()
	marked.TLP, empty.Data = 4, ""
	for name, test := range map[string]struct {
		id   string
		in   cortexapi.Input
		want upstream.Reason
		says string
	}{
		"rate limit":       {id, input(), upstream.RateLimited, "Rate limit of 1 per Hour"},
		"unknown analyzer": {"gone", input(), upstream.NotFound, "analyzer gone not found"},
		"TLP:RED":          {id, marked, upstream.BadInput, "TLP 4"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Analyze(t.Context(), test.id, test.in)
			require.ErrorIs(t, err, test.want)
			assert.Contains(t, err.Error(), test.says)
		})
	}
	_, err = c.WaitReport(t.Context(), "gone", time.Second)
	require.ErrorIs(t, err, upstream.NotFound)
	assert.Len(t, server.Jobs(), 1)
}

// TestLostAnswer: a job whose making nobody heard of is found by its label, and
// one that the cache answers is the earlier one.
func TestLostAnswer(t *testing.T) {
	cached := example()
	cached.Cache = time.Hour
	server := cortexapitest.Start(t, cortexapitest.Options{Workers: []cortexapitest.Worker{cached}})
	c := client(t, server.URL, cortexapitest.Key)
	id := exampleID(t, server)
	server.Fail(func(*http.Request) cortexapitest.Fault { return cortexapitest.Fault{Drop: true} })
	_, err := c.Analyze(t.Context(), id, input())
	require.ErrorIs(t, err, upstream.Network)
	server.Fail(nil)

	found, err := c.FindJobs(t.Context(), input().Label)
	require.NoError(t, err)
	require.Len(t, found, 1)
	none, err := c.FindJobs(t.Context(), "waggle 2")
	require.NoError(t, err)
	assert.Empty(t, none)

	again := input()
	again.Label = "waggle 2"
	j, err := c.Analyze(t.Context(), id, again)
	require.NoError(t, err)
	assert.Equal(t, found[0].ID, j.ID)
	assert.True(t, j.Cached)
	assert.Equal(t, input().Label, j.Label)
	assert.Len(t, server.Jobs(), 1)
}

// local is a network that is a handler, for tests with a clock of their own.
type local struct{ http.Handler }

// RoundTrip implements http.RoundTripper.
func (l local) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	l.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestWaitReportWaits(t *testing.T) {
	for name, test := range map[string]struct {
		takes   time.Duration
		stuck   bool
		restart bool
		want    cortexapi.Status
		waited  time.Duration
	}{
		"over at once":       {0, false, false, cortexapi.Success, 0},
		"over in time":       {3 * time.Second, false, false, cortexapi.Success, 3 * time.Second},
		"not over in time":   {time.Minute, false, false, cortexapi.InProgress, 20 * time.Second},
		"never over":         {0, true, false, cortexapi.InProgress, 20 * time.Second},
		"Cortex restarted":   {3 * time.Second, false, true, cortexapi.InProgress, 20 * time.Second},
		"restarted too late": {0, false, true, cortexapi.Success, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				slow := cortexapitest.Worker{Name: "Waggle_Slow_1_0", DataTypes: []string{"ip"}, Takes: test.takes,
					Answer: func(cortexapi.Input) cortexapitest.Outcome { return cortexapitest.Outcome{Stuck: test.stuck} }}
				server := cortexapitest.New(cortexapitest.Options{Workers: []cortexapitest.Worker{slow}})
				c, err := cortexapi.New(cortexapi.Options{URL: "https://cortex.example.com", Key: cortexapitest.Key, HTTP: upstream.Options{Transport: local{server}}})
				require.NoError(t, err)
				all, err := c.Analyzers(t.Context())
				require.NoError(t, err)
				made, err := c.Analyze(t.Context(), all[0].ID, input())
				require.NoError(t, err)
				if test.restart {
					server.Restart()
				}
				began := time.Now()
				j, err := c.WaitReport(t.Context(), made.ID, 20*time.Second)
				require.NoError(t, err)
				assert.Equal(t, test.want, j.Status)
				assert.Equal(t, test.waited, time.Since(began))
				assert.Equal(t, test.want != cortexapi.InProgress, j.Status.Over())
			})
		})
	}
}

// FuzzAnswers: no answer of whoever stands at the address upsets the client.
func FuzzAnswers(f *testing.F) {
	f.Add(`{"id":"1","status":"Success","report":{"summary":{"taxonomies":[{"level":"info","value":[1]}]},"artifacts":[{"data":null}],"full":[]}}`)
	f.Add(`{"id":"1","status":"InProgress","report":"Running"}`)
	f.Add(`[{"id":"1","dataTypeList":"ip","rate":"x","rateUnit":7},null,3]`)
	f.Add(`{"id":{},"report":{"summary":[]}}`)
	f.Fuzz(func(t *testing.T, body string) {
		handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) })
		c, err := cortexapi.New(cortexapi.Options{URL: "https://cortex.example.com", Key: "key", HTTP: upstream.Options{Transport: local{handler}}})
		require.NoError(t, err)
		for _, call := range []func() error{
			func() error { _, err := c.Analyzers(t.Context()); return err },
			func() error { _, err := c.Analyze(t.Context(), "1", input()); return err },
			func() error { _, err := c.WaitReport(t.Context(), "1", 0); return err },
			func() error { _, err := c.Statuses(t.Context(), []string{"1"}); return err },
			func() error { _, err := c.FindJobs(t.Context(), "1"); return err },
			func() error { _, err := c.User(t.Context()); return err },
		} {
			if err := call(); err != nil {
				require.NotEmpty(t, upstream.ReasonOf(err), "%v", err)
			}
		}
	})
}
