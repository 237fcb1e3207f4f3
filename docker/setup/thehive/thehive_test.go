package thehive_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	bundle "github.com/waggle-cti/waggle"
	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/docker/setup/thehive"
	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/fakeserver"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// bench is a new TheHive and what a set-up of it needs.
type bench struct {
	fake     *thehivetest.Server
	settings *config.Settings
	ring     *keyring.Ring
}

func newBench(t *testing.T, o thehivetest.Options, environment ...string) bench {
	t.Helper()
	fake := thehivetest.Start(t, o)
	s, err := config.Load(t.TempDir()+"/.env", append([]string{"THEHIVE_URL=" + fake.URL, "THEHIVE_ADMIN=" + thehivetest.AdminLogin, "ORGANISATION=Example"}, environment...))
	require.NoError(t, err)
	ring := keyring.New(t.TempDir())
	require.NoError(t, ring.Put("cortex", secret.New("key-in-cortex")))
	require.NoError(t, ring.Put("misp", secret.New("key-in-misp")))
	return bench{fake, s, ring}
}

// run carries all steps out, as a new program would.
func (b bench) run(t *testing.T, dry bool) map[string]step.Row {
	t.Helper()
	server, err := thehive.New(b.settings, b.ring)
	require.NoError(t, err)
	steps := func() []step.Step {
		return slices.Concat(server.People(), server.Things(),
			server.CaseTemplates([]thehive.CaseTemplate{{Name: "Phishing", Tasks: []thehive.Task{{Title: "Triage", Group: "default"}}}}),
			server.Reports(map[string]string{"Waggle_Example_1_0": "<p>x</p>"}, templates(t)),
			[]step.Step{server.Cortex("cortex"), server.MISP("misp")}, server.Webhook(), server.Dashboards(dashboards()))
	}
	rows := map[string]step.Row{}
	step.Run(t.Context(), []step.Group{{Server: "TheHive", Reach: server.Reach, More: steps}}, dry, func(r step.Row) { rows[r.Step] = r })
	return rows
}

// dashboards are one dashboard for each version.
func dashboards() map[string][]thehive.Dashboard {
	all := map[string][]thehive.Dashboard{}
	for _, folder := range thehive.DashboardFolders() {
		all[folder] = []thehive.Dashboard{{Title: "Threats", Description: "d", Status: "Shared", Definition: []byte(`{"period":"all","items":[]}`)}}
	}
	return all
}

func templates(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	f, err := z.Create("Waggle_Example_1_0/long.html")
	require.NoError(t, err)
	_, err = f.Write([]byte("<p>x</p>"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return out.Bytes()
}

// all tells that every step came to the same.
func all(t *testing.T, rows map[string]step.Row, want step.State) {
	t.Helper()
	require.NotEmpty(t, rows)
	for _, r := range rows {
		assert.Equal(t, want, r.State, "%s: %s", r.Step, r.Text)
	}
}

// writes counts the requests that could change something.
func writes(b bench) (n int) {
	for _, r := range b.fake.Requests() {
		if r.Method != http.MethodGet && r.Path != "/api/dashboard/_search" && r.Path != "/api/case/template/_search" {
			n++
		}
	}
	return n
}

func TestSecondRunChangesNothing(t *testing.T) {
	b := newBench(t, thehivetest.Options{})
	all(t, b.run(t, false), step.Done)
	before := writes(b)
	all(t, b.run(t, false), step.There)
	assert.Equal(t, before, writes(b), "nothing was written")

	assert.Equal(t, []string{"Phishing"}, b.fake.CaseTemplates())
	assert.Equal(t, []string{"Threats"}, b.fake.Dashboards())
	assert.Equal(t, []string{"waggle-score", "waggle-story", "waggle-threat", "waggle-verdict"}, b.fake.Fields())
	assert.Len(t, b.fake.Config("cortex.servers"), 1)
	assert.Len(t, b.fake.Notification(), 1)
}

func TestDryRunWritesNothing(t *testing.T) {
	b := newBench(t, thehivetest.Options{})
	b.fake.Fail(func(r *http.Request) fakeserver.Fault {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s would change something", r.Method, r.URL.Path)
			return fakeserver.Fault{Status: http.StatusForbidden}
		}
		return fakeserver.Fault{}
	})
	all(t, b.run(t, true), step.Would)
	_, err := b.ring.Get(thehive.AdminPassword)
	require.NoError(t, err)
	for _, name := range []string{thehive.AdminPassword, thehive.PeopleKey, thehive.FeederKey, thehive.ResponderKey} {
		key, err := b.ring.Get(name)
		require.NoError(t, err)
		assert.False(t, key.Set(), name)
	}
}

func TestWhatOthersMadeStays(t *testing.T) {
	b := newBench(t, thehivetest.Options{})
	client := &http.Client{}
	put := func(path, body string) {
		request, err := http.NewRequest(http.MethodPut, b.fake.URL+path, bytes.NewReader([]byte(body)))
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+thehivetest.AdminKey)
		answer, err := client.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusNoContent, answer.StatusCode)
	}
	put("/api/config/cortex.servers", `{"value":[{"name":"other","url":"http://cortex.example.com","auth":{"type":"bearer","key":"k"}}]}`)
	put("/api/config/misp.servers", `{"value":[{"name":"other","url":"https://misp.example.com","auth":{"type":"key","key":"k"}}]}`)
	rows := b.run(t, false)
	assert.Equal(t, step.Done, rows["connection to Cortex"].State)
	assert.Equal(t, step.Could, rows["connection to MISP"].State)
	assert.Contains(t, rows["connection to MISP"].Text, "application.conf")
	assert.Len(t, b.fake.Config("cortex.servers"), 2)
	assert.Len(t, b.fake.Config("misp.servers"), 1)
}

func TestARenewedKeyReachesTheConnector(t *testing.T) {
	b := newBench(t, thehivetest.Options{})
	all(t, b.run(t, false), step.Done)
	require.NoError(t, b.ring.Put("cortex", secret.New("another-key")))
	rows := b.run(t, false)
	assert.Equal(t, "its address or key is another", rows["connection to Cortex"].Text)
	assert.Len(t, b.fake.Config("cortex.servers"), 1)
}

func TestALostKeyIsFetchedAndNotRenewed(t *testing.T) {
	keepsKey(t, newBench(t, thehivetest.Options{}))
}

// keepsKey sets up twice, the second time without the keys of the first.
func keepsKey(t *testing.T, b bench) {
	t.Helper()
	b.run(t, false)
	held, err := b.ring.Get(thehive.FeederKey)
	require.NoError(t, err)
	password, err := b.ring.Get(thehive.AdminPassword)
	require.NoError(t, err)
	other := bench{b.fake, b.settings, keyring.New(t.TempDir())}
	require.NoError(t, other.ring.Put(thehive.AdminPassword, password))
	other.run(t, false)
	again, err := other.ring.Get(thehive.FeederKey)
	require.NoError(t, err)
	assert.Equal(t, held.Reveal(), again.Reveal())
}

func TestAFieldOfAnotherTypeIsTold(t *testing.T) {
	b := newBench(t, thehivetest.Options{Fields: map[string]string{"waggle-score": "string"}})
	row := b.run(t, false)["custom field waggle-score"]
	assert.Equal(t, step.Could, row.State)
	assert.Contains(t, row.Text, "there is one of type string")
}

func TestNobodyIsLetIn(t *testing.T) {
	b := newBench(t, thehivetest.Options{}, "THEHIVE_ADMIN=somebody@example.com", "THEHIVE_ADMIN_PASSWORD=hunter2hunter2", "THEHIVE_ADMIN_KEY=a-wrong-key")
	for _, r := range b.run(t, false) {
		assert.Equal(t, step.Could, r.State, r.Step)
		assert.NotContains(t, r.Text, "hunter2")
		assert.NotContains(t, r.Text, "a-wrong-key")
	}
	assert.Zero(t, writes(b))
}

func TestOtherVersionsAreLeftAlone(t *testing.T) {
	for _, version := range []string{"3.5.2-1", "4.0.5-1", "6.0.0-1"} {
		t.Run(version, func(t *testing.T) {
			b := newBench(t, thehivetest.Options{Version: version})
			server, err := thehive.New(b.settings, b.ring)
			require.NoError(t, err)
			err = server.Reach(t.Context())
			require.Error(t, err)
			assert.True(t, thehive.Final(err), "to wait longer changes nothing")
		})
	}
}

// The fields that are made are those that the feeder fills in.
func TestFieldsAreTheFeeders(t *testing.T) {
	var names []string
	for _, f := range thehive.CustomFields() {
		names = append(names, f.Name)
	}
	assert.Equal(t, []string{alert.ScoreField, alert.StoryField, alert.ThreatField, alert.VerdictField}, names)
}

// Observables of our analyzers' types can be made.
func TestObservableTypesAreWhatAnalyzersTake(t *testing.T) {
	var catalog struct {
		Analyzers []struct{ DataTypeList []string }
	}
	require.NoError(t, json.Unmarshal(bundle.Catalog(), &catalog))
	types := map[string]bool{}
	for _, a := range catalog.Analyzers {
		for _, name := range a.DataTypeList {
			types[name] = true
		}
	}
	for _, name := range thehivetest.DefaultTypes() {
		delete(types, name)
	}
	assert.ElementsMatch(t, thehive.ObservableTypes(), slices.Collect(maps.Keys(types)))
}

// A person can log in, and keeps the password that they have chosen.
func TestAPersonCanLogIn(t *testing.T) {
	b := newBench(t, thehivetest.Options{})
	b.run(t, false)
	password, err := b.ring.Get(thehive.PersonPassword)
	require.NoError(t, err)
	request, err := http.NewRequest(http.MethodGet, b.fake.URL+"/api/v1/user/current", nil)
	require.NoError(t, err)
	request.SetBasicAuth("analyst@example.local", password.Reveal())
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	var who struct {
		Organisation string
		Permissions  []string
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&who))
	assert.Equal(t, "Example", who.Organisation)
	assert.Contains(t, who.Permissions, "manageCase")

	require.NoError(t, b.ring.Put(thehive.PersonPassword, secret.New("they-changed-it")))
	assert.Equal(t, step.There, b.run(t, false)["user analyst@example.local"].State)
}
