package thehive_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/docker/setup/thehive"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/fakeserver"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

const (
	version5 = "5.7.5-1"
	webhook  = "webhook to the feeder"
)

// five is a new TheHive 5.
func five(t *testing.T, o thehivetest.Options, environment ...string) bench {
	t.Helper()
	o.Version = version5
	return newBench(t, o, environment...)
}

// changes counts the requests to a TheHive 5 that could change something.
func changes(b bench) (n int) {
	for _, r := range b.fake.Requests() {
		if r.Method != http.MethodGet && r.Path != "/api/v1/query" {
			n++
		}
	}
	return n
}

// allBut tells that every step came to the same, but the webhook, which TheHive 5
// has no public API for.
func allBut(t *testing.T, rows map[string]step.Row, want step.State, others map[string]step.State) {
	t.Helper()
	others[webhook] = step.Left
	for _, r := range rows {
		expected := want
		if other, ok := others[r.Step]; ok {
			expected = other
		}
		assert.Equal(t, expected, r.State, "%s: %s", r.Step, r.Text)
	}
}

func TestFiveSecondRunChangesNothing(t *testing.T) {
	b := five(t, thehivetest.Options{})
	allBut(t, b.run(t, false), step.Done, map[string]step.State{"licence": step.There})
	before := changes(b)
	allBut(t, b.run(t, false), step.There, map[string]step.State{})
	assert.Equal(t, before, changes(b), "nothing was written")

	assert.Equal(t, []string{"Phishing"}, b.fake.CaseTemplates())
	assert.Equal(t, []string{"Threats"}, b.fake.Dashboards())
	assert.Equal(t, []string{"waggle-score", "waggle-story", "waggle-threat", "waggle-verdict"}, b.fake.Fields())
	profile, typ := b.fake.Account("waggle-feeder@example.local")
	assert.Equal(t, "waggle-feeder Service", profile+" "+typ)
	_, typ = b.fake.Account("analyst@example.local")
	assert.Equal(t, "Normal", typ)
}

func TestFiveDryRunWritesNothing(t *testing.T) {
	b := five(t, thehivetest.Options{})
	allBut(t, b.run(t, true), step.Would, map[string]step.State{"licence": step.There})
	assert.Zero(t, changes(b))
}

func TestFiveConnectors(t *testing.T) {
	b := five(t, thehivetest.Options{})
	b.run(t, false)
	held := func(name string) (config map[string]any) {
		raw, err := json.Marshal(b.fake.Config(name))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(raw, &config))
		return config
	}
	assert.Equal(t, "3 hours", held("cortex")["jobTimeout"])
	assert.Contains(t, b.run(t, false)[webhook].Text, "/hooks/thehive")

	// Somebody adds a server and changes the rest; a key is renewed.
	cortex := held("cortex")
	servers, _ := cortex["servers"].([]any)
	cortex["servers"], cortex["jobTimeout"] = append([]any{map[string]any{"name": "other", "url": "http://cortex.example.com"}}, servers...), "1 hour"
	b.put(t, "/api/v1/admin/config/cortex", cortex)
	require.NoError(t, b.ring.Put("cortex", secret.New("another-key")))
	assert.Equal(t, step.Done, b.run(t, false)["connection to Cortex"].State)
	assert.Equal(t, "1 hour", held("cortex")["jobTimeout"])
	assert.Len(t, held("cortex")["servers"], 2)
}

// put puts something as administrator.
func (b bench) put(t *testing.T, path string, body any) {
	t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequest(http.MethodPut, b.fake.URL+path, strings.NewReader(string(raw)))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer "+thehivetest.AdminKey)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusNoContent, answer.StatusCode)
}

// A PUT that is answered well and changes nothing is told: nothing public says
// that TheHive takes it.
func TestFiveConnectorThatIsNotTaken(t *testing.T) {
	b := five(t, thehivetest.Options{})
	b.fake.Fail(func(r *http.Request) fakeserver.Fault {
		if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/misp") {
			return fakeserver.Fault{Status: http.StatusNoContent}
		}
		return fakeserver.Fault{}
	})
	row := b.run(t, false)["connection to MISP"]
	assert.Equal(t, step.Could, row.State)
	assert.Contains(t, row.Text, "no such entry")
	assert.Contains(t, row.Text, "Platform management, Connectors, MISP")
}

func TestFiveLicences(t *testing.T) {
	for name, test := range map[string]struct {
		licence, organisation string
		rows                  map[string]step.State
		text                  map[string]string
		profile               string
	}{
		"paid": {thehivetest.Platinum, "Example", map[string]step.State{"licence": step.There, "connection to Cortex": step.Done}, nil, "waggle-feeder"},
		"free": {thehivetest.Community, "demo", map[string]step.State{"licence": step.There, "profile waggle-feeder": step.Left, "organisation demo": step.There},
			map[string]string{"profile waggle-feeder": "profile analyst"}, "analyst"},
		"free, one organisation too many": {thehivetest.Community, "Example", map[string]step.State{"organisation Example": step.Could},
			map[string]string{"organisation Example": "set ORGANISATION"}, ""},
		"trial": {thehivetest.Trial, "Example", map[string]step.State{"licence": step.Left, "profile waggle-feeder": step.Done},
			map[string]string{"licence": "a trial until"}, "waggle-feeder"},
		"none": {thehivetest.Unlicensed, "Example", map[string]step.State{"licence": step.Could, "connection to Cortex": step.Could},
			map[string]string{"licence": "docker/README.md, TheHive 5", "connection to Cortex": "the limit is 0"}, "waggle-feeder"},
	} {
		t.Run(name, func(t *testing.T) {
			b := five(t, thehivetest.Options{Licence: test.licence}, "ORGANISATION="+test.organisation)
			rows := b.run(t, false)
			for name, want := range test.rows {
				assert.Equal(t, want, rows[name].State, "%s: %s", name, rows[name].Text)
			}
			for name, want := range test.text {
				assert.Contains(t, rows[name].Text, want)
			}
			profile, _ := b.fake.Account("waggle-feeder@" + strings.ToLower(test.organisation) + ".local")
			assert.Equal(t, test.profile, profile)
		})
	}
}

func TestFiveLetsNobodyIn(t *testing.T) {
	b := five(t, thehivetest.Options{}, "THEHIVE_ADMIN=somebody@example.com", "THEHIVE_ADMIN_PASSWORD=hunter2hunter2", "THEHIVE_ADMIN_KEY=a-wrong-key")
	rows := b.run(t, false)
	allBut(t, rows, step.Could, map[string]step.State{})
	for _, r := range rows {
		assert.NotContains(t, r.Text, "hunter2")
		assert.NotContains(t, r.Text, "a-wrong-key")
	}
	assert.Zero(t, changes(b))
}

func TestFiveKeepsAKeyThatIsThere(t *testing.T) { keepsKey(t, five(t, thehivetest.Options{})) }

// A server that starts is waited for, whatever it says meanwhile.
func TestFiveThatIsNotReady(t *testing.T) {
	b := five(t, thehivetest.Options{})
	asked := 0
	b.fake.Fail(func(*http.Request) fakeserver.Fault {
		if asked++; asked <= 6 {
			return fakeserver.Fault{Status: []int{http.StatusServiceUnavailable, http.StatusBadGateway}[asked%2]}
		}
		return fakeserver.Fault{}
	})
	server, err := thehive.New(b.settings, b.ring)
	require.NoError(t, err)
	require.NoError(t, step.Await(t.Context(), time.Millisecond, time.Minute, func(ctx context.Context) error {
		err := server.Reach(ctx)
		if thehive.Final(err) {
			return errors.Join(err, errors.New("it would not be waited for"))
		}
		return err
	}))
}

// TestFiveFitsTheOpenAPI: what is sent to the paths that TheHive's OpenAPI has is
// of its form.
func TestFiveFitsTheOpenAPI(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "contracts", "thehive5", "openapi.yaml"))
	if err != nil {
		t.Skip("no OpenAPI of TheHive 5 beside the project: what is sent is not compared with it")
	}
	var api struct {
		Components struct {
			Schemas map[string]struct {
				Required   []string
				Properties map[string]any
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(raw, &api))
	forms := map[string]string{
		"/api/v1/organisation": "InputCreateOrganisation", "/api/v1/profile": "InputCreateProfile", "/api/v1/user": "InputCreateUser",
		"/api/v1/customField": "InputCustomField", "/api/v1/observable/type": "InputObservableType", "/api/v1/caseTemplate": "InputCreateCaseTemplate",
		"/api/v1/dashboard": "InputCreateDashboard", "/api/v1/user/admin@thehive.example.com/password/change": "InputChangeUserPassword",
	}
	b := five(t, thehivetest.Options{})
	b.run(t, false)
	seen := map[string]bool{}
	for _, r := range b.fake.Requests() {
		name, ok := forms[r.Path]
		if !ok || r.Method != http.MethodPost {
			continue
		}
		seen[r.Path] = true
		form := api.Components.Schemas[name]
		var body map[string]any
		require.NoError(t, json.Unmarshal(r.Body, &body))
		for _, must := range form.Required {
			assert.Contains(t, body, must, r.Path)
		}
		for key := range body {
			assert.Contains(t, form.Properties, key, r.Path)
		}
	}
	assert.Len(t, seen, len(forms))
}
