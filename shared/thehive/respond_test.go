package thehive_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/captured"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// offered are the responders of the tests' TheHive.
func offered() []thehive.Responder {
	return []thehive.Responder{{ID: "r1", Name: "Waggle_MISPEvent_1_0", Cortexes: []string{"local"}}}
}

func onResponding(t *testing.T, respond func(string, string, []byte) []byte, do func(*testing.T, *thehivetest.Server, *thehive.Client)) {
	for _, version := range []string{"4.1.24-1", "5.7.3-1"} {
		t.Run(version, func(t *testing.T) {
			server := thehivetest.Start(t, thehivetest.Options{Version: version, Responders: offered(), Respond: respond, CaseTemplates: []string{"Threat"}})
			do(t, server, client(t, server.URL))
		})
	}
}

func TestRunAResponder(t *testing.T) {
	for name, c := range map[string]struct {
		report string
		want   thehive.JobStatus
		says   string
		tags   []string
	}{
		"success": {`{"success":true,"full":{"message":"Made MISP event 7"},"operations":[{"type":"AddTagToAlert","tag":"misp:event=x"}]}`,
			thehive.JobSuccess, "Made MISP event 7", []string{"misp:event=x"}},
		"failure": {`{"success":false,"errorMessage":"MISP: auth:\nwrong key ` + thehivetest.Key + `"}`, thehive.JobFailure, "MISP: auth: wrong key [redacted]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			onResponding(t, func(string, string, []byte) []byte { return []byte(c.report) }, func(t *testing.T, server *thehivetest.Server, hive *thehive.Client) {
				id := raised(t, hive).ID
				found, err := hive.Responders(context.Background(), thehive.KindAlert, id)
				require.NoError(t, err)
				assert.Equal(t, offered(), found)
				begun, err := hive.StartRun(context.Background(), found[0], thehive.KindAlert, id)
				require.NoError(t, err)
				assert.Equal(t, []any{"Waggle_MISPEvent_1_0", thehive.JobWaiting, false}, []any{begun.Responder, begun.Status, begun.Over()})
				server.Settle()
				runs, err := hive.Runs(context.Background(), thehive.KindAlert, id)
				require.NoError(t, err)
				require.Len(t, runs, 1)
				got := runs[0]
				assert.Equal(t, []any{begun.Job, c.want, c.says}, []any{got.Job, got.Status, got.Message})
				for _, tag := range c.tags {
					assert.Contains(t, server.Alerts()[0].Tags, tag)
				}
			})
		})
	}
}

func TestResponderOfWhatIsNotThere(t *testing.T) {
	onResponding(t, nil, func(t *testing.T, _ *thehivetest.Server, c *thehive.Client) {
		_, err := c.Responders(context.Background(), thehive.KindAlert, "~404")
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
		_, err = c.StartRun(context.Background(), offered()[0], thehive.KindAlert, "~404")
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
	})
}

// TestStartRunIsNotRepeated: a run that may have begun is not begun again behind
// the caller's back.
func TestStartRunIsNotRepeated(t *testing.T) {
	onResponding(t, nil, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		id := raised(t, c).ID
		server.Fail(func(r *http.Request) thehivetest.Fault { return thehivetest.Fault{Drop: r.Method == http.MethodPost} })
		_, err := c.StartRun(context.Background(), offered()[0], thehive.KindAlert, id)
		assert.Equal(t, upstream.Network, upstream.ReasonOf(err))
		assert.Equal(t, 1, server.Runs("Waggle_MISPEvent_1_0"))
	})
}

func TestPromote(t *testing.T) {
	onResponding(t, nil, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		id := raised(t, c).ID
		_, err := c.Promote(context.Background(), id, "No such")
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
		assert.Empty(t, server.Cases())

		made, err := c.Promote(context.Background(), id, "Threat")
		require.NoError(t, err)
		again, err := c.Promote(context.Background(), id, "")
		require.NoError(t, err)
		assert.Equal(t, made, again)
		require.Len(t, server.Cases(), 1)
		assert.Equal(t, made, server.Cases()[0].ID)

		require.NoError(t, c.UpdateCase(context.Background(), made, thehive.CasePatch{Tags: []string{"a", "", "b"}}))
		assert.Equal(t, []string{"a", "b"}, server.Cases()[0].Tags)
	})
}

func TestUpdateObservable(t *testing.T) {
	onEach(t, func(t *testing.T, server *thehivetest.Server, c *thehive.Client) {
		id := raised(t, c).ID
		made, err := c.Promote(context.Background(), id, "")
		require.NoError(t, err)
		for place, read := range map[string]func() ([]thehive.Observable, error){
			"alert": func() ([]thehive.Observable, error) { return c.AlertObservables(context.Background(), id) },
			"case":  func() ([]thehive.Observable, error) { return c.CaseObservables(context.Background(), made) },
		} {
			held, err := read()
			require.NoError(t, err)
			require.NotEmpty(t, held, place)
			flag, before := !held[0].IOC, len(server.Requests())
			require.NoError(t, c.UpdateObservable(context.Background(), held[0].ID, thehive.ObservablePatch{}))
			assert.Len(t, server.Requests(), before, "nothing to change, nothing to send")
			require.NoError(t, c.UpdateObservable(context.Background(), held[0].ID, thehive.ObservablePatch{Tags: []string{"x"}, IOC: &flag}))
			now, err := read()
			require.NoError(t, err)
			assert.Equal(t, []any{[]string{"x"}, flag, held[0].Message}, []any{now[0].Tags, now[0].IOC, now[0].Message}, place)
		}
		err = c.UpdateObservable(context.Background(), "~404", thehive.ObservablePatch{Tags: []string{"x"}})
		assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
	})
}

// TestCapturedRuns reads what a real TheHive 4.1 said of responders.
func TestCapturedRuns(t *testing.T) {
	c := client(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		name := map[string]string{
			"GET /api/status": "status",
			"GET /api/connector/cortex/responder/alert/~4192":  "cortex_responders_for_alert",
			"POST /api/connector/cortex/action":                "cortex_action_create_alert",
			"GET /api/connector/cortex/responder/alert/~40404": "alert_get_404",
		}[r.Method+" "+r.URL.Path]
		exchange := captured.Load(t, "thehive", name)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(exchange.Status)
		assert.NoError(t, json.NewEncoder(w).Encode(exchange.Answer))
	}))
	found, err := c.Responders(context.Background(), thehive.KindAlert, "~4192")
	require.NoError(t, err)
	require.Len(t, found, 3)
	assert.Equal(t, thehive.Responder{ID: "b97a64d4f4b8e771f6159253e8cb53c0", Name: "TH_Ops_1_0", Cortexes: []string{"capture"}}, found[2])
	run, err := c.StartRun(context.Background(), found[2], thehive.KindAlert, "~4192")
	require.NoError(t, err)
	assert.Equal(t, []any{"TH_Ops_1_0", thehive.JobWaiting, false}, []any{run.Responder, run.Status, run.Started.IsZero()})
	_, err = c.Responders(context.Background(), thehive.KindAlert, "~40404")
	assert.Equal(t, upstream.NotFound, upstream.ReasonOf(err))
}
