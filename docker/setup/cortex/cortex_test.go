package cortex_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/cortex"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/cortexapi/cortexapitest"
	"github.com/waggle-cti/waggle/shared/fakeserver"
)

// bench is a new Cortex with our catalogs, and what a set-up of it needs.
type bench struct {
	fake     *cortexapitest.Server
	settings *config.Settings
	ring     *keyring.Ring
	known    map[string]any
}

func newBench(t *testing.T, o cortexapitest.Options, environment ...string) bench {
	t.Helper()
	o.Catalog = append(cortexapitest.ReadCatalog(t, "../../../analyzers/analyzers.json", false),
		cortexapitest.ReadCatalog(t, "../../../responders/responders.json", true)...)
	o.Catalog = append(o.Catalog, cortexapitest.Definition{Name: "Other_Example", Version: "1.0"})
	fake := cortexapitest.Start(t, o)
	s, err := config.Load(t.TempDir()+"/.env", append([]string{"CORTEX_URL=" + fake.URL, "ORGANISATION=Example"}, environment...))
	require.NoError(t, err)
	return bench{fake, s, keyring.New(t.TempDir()), map[string]any{
		"thehive_url": "http://thehive:9000", "thehive_key": "key-in-thehive", "misp_url": "https://misp", "misp_key": "key-in-misp",
		"feeder_url": "http://feeder:8787", "feeder_token": "token-of-blocks", "Waggle_MISP.url": "https://misp", "Waggle_MISP.key": "key-in-misp"}}
}

func (b bench) run(t *testing.T, dry bool) map[string]step.Row {
	t.Helper()
	server, err := cortex.New(b.settings, b.ring)
	require.NoError(t, err)
	steps := append(server.People(), server.Workers(func() (map[string]any, error) { return b.known, nil })...)
	rows := map[string]step.Row{}
	step.Run(t.Context(), []step.Group{{Server: "Cortex", Reach: server.Reach, Steps: steps}}, dry, func(r step.Row) { rows[r.Step] = r })
	return rows
}

func states(rows map[string]step.Row) map[step.State]int {
	out := map[step.State]int{}
	for _, r := range rows {
		out[r.State]++
	}
	return out
}

func TestSecondRunChangesNothing(t *testing.T) {
	b := newBench(t, cortexapitest.Options{New: true}, "WAGGLE_ABUSECH_KEY=k3y")
	first := states(b.run(t, false))
	assert.Zero(t, first[step.Could])
	assert.Equal(t, 1, first[step.There], "the catalogs, after the scan")
	before := len(b.fake.Requests())
	second := b.run(t, false)
	assert.Equal(t, map[step.State]int{step.There: first[step.Done] + 1, step.Left: first[step.Left]}, states(second))
	for _, r := range b.fake.Requests()[before:] {
		assert.Equal(t, http.MethodGet, r.Method, r.Path)
	}
}

// A proxy answers 502 while Cortex makes its database, or starts again.
func TestDatabaseBehindAProxy(t *testing.T) {
	b := newBench(t, cortexapitest.Options{New: true})
	failed := map[string]bool{}
	b.fake.Fail(func(r *http.Request) fakeserver.Fault {
		if at := r.Method + r.URL.Path; !failed[at] && (r.URL.Path == "/api/user/current" || r.URL.Path == "/api/maintenance/migrate") {
			failed[at] = true
			return fakeserver.Fault{Status: http.StatusBadGateway}
		}
		return fakeserver.Fault{}
	})
	rows := b.run(t, false)
	assert.Equal(t, step.Done, rows["database"].State, rows["database"].Text)
	assert.Zero(t, states(rows)[step.Could])
	assert.Len(t, failed, 2)
}

func TestWorkersAreEnabledWithAllTheyNeed(t *testing.T) {
	b := newBench(t, cortexapitest.Options{New: true}, "WAGGLE_ABUSECH_KEY=k3y")
	rows := b.run(t, false)
	enabled := map[string]cortexapitest.Worker{}
	for _, w := range b.fake.Enabled() {
		enabled[w.Name] = w
	}
	for name, want := range map[string]map[string]any{
		"Waggle_Warninglists_1_0": {"check_tlp": true, "max_tlp": 2.0},
		"Waggle_URLhaus_1_0":      {"key": "k3y"},
		"Waggle_MISP_1_0":         {"url": "https://misp", "key": "key-in-misp", "limit": 100.0},
		"Waggle_MISPEvent_1_0":    {"misp_url": "https://misp", "thehive_key": "key-in-thehive", "verify_tls": true},
		"Waggle_Unblock_1_0":      {"feeder_token": "token-of-blocks"},
	} {
		require.Contains(t, enabled, name)
		for item, value := range want {
			assert.Equal(t, value, enabled[name].Config[item], "%s %s", name, item)
		}
		assert.Equal(t, 5*time.Minute, enabled[name].Timeout)
	}
	assert.Equal(t, time.Hour, enabled["Waggle_URLhaus_1_0"].Cache)
	assert.Equal(t, step.Row{Server: "Cortex", Step: "analyzer Waggle_VirusTotal_1_0", State: step.Left, Text: "to enable it, set WAGGLE_VIRUSTOTAL_KEY"}, rows["analyzer Waggle_VirusTotal_1_0"])
	assert.NotContains(t, enabled, "Other_Example_1_0")
}

func TestDryRunWritesNothing(t *testing.T) {
	for name, o := range map[string]cortexapitest.Options{"new": {New: true}, "of somebody": {}} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, o)
			b.fake.Fail(func(r *http.Request) fakeserver.Fault {
				if r.Method != http.MethodGet {
					t.Errorf("%s %s would change something", r.Method, r.URL.Path)
					return fakeserver.Fault{Status: http.StatusForbidden}
				}
				return fakeserver.Fault{}
			})
			rows := states(b.run(t, true))
			assert.Zero(t, rows[step.Done])
			assert.Zero(t, rows[step.Could])
			assert.NotZero(t, rows[step.Would])
			for _, name := range []string{cortex.AdminPassword, cortex.FeederKey} {
				key, err := b.ring.Get(name)
				require.NoError(t, err)
				assert.False(t, key.Set(), name)
			}
		})
	}
}

func TestAChangedKeyIsRenewedAndTheRestKept(t *testing.T) {
	b := newBench(t, cortexapitest.Options{New: true})
	b.run(t, false)
	b.known["thehive_key"] = "another-key"
	row := b.run(t, false)["responder Waggle_MISPEvent_1_0"]
	assert.Equal(t, step.Done, row.State)
	assert.Equal(t, "other values of thehive_key", row.Text)
	for _, w := range b.fake.Enabled() {
		if w.Name == "Waggle_MISPEvent_1_0" {
			assert.Equal(t, "another-key", w.Config["thehive_key"])
			assert.Equal(t, "files", w.Config["objects"], "what the rest was")
		}
	}
}

func TestACortexOfSomebodyNeedsTheirPassword(t *testing.T) {
	b := newBench(t, cortexapitest.Options{})
	rows := b.run(t, false)
	assert.Equal(t, step.There, rows["database"].State)
	assert.Equal(t, step.Could, rows["superadmin admin"].State)
	assert.Contains(t, rows["superadmin admin"].Text, "CORTEX_ADMIN_PASSWORD")
}

func TestKeysAreNotRenewedWhereThereAreSome(t *testing.T) {
	b := newBench(t, cortexapitest.Options{New: true})
	b.run(t, false)
	held, err := b.ring.Get(cortex.FeederKey)
	require.NoError(t, err)
	password, err := b.ring.Get(cortex.AdminPassword)
	require.NoError(t, err)
	b.ring = keyring.New(t.TempDir())
	require.NoError(t, b.ring.Put(cortex.AdminPassword, password))
	require.NoError(t, b.ring.Put(cortex.FeederKey, secret.New("one-that-was-revoked")))
	rows := b.run(t, false)
	assert.Equal(t, "the key kept here is not accepted", rows["user waggle-feeder"].Text)
	again, err := b.ring.Get(cortex.FeederKey)
	require.NoError(t, err)
	assert.Equal(t, held.Reveal(), again.Reveal())
}

func TestAnUpgradeIsFoundInTheCatalogs(t *testing.T) {
	b := newBench(t, cortexapitest.Options{New: true})
	b.fake.SetCatalog(cortexapitest.ReadCatalog(t, "../../../analyzers/analyzers.json", false)...)
	rows := b.run(t, false)
	assert.Equal(t, step.Done, rows["analyzer Waggle_DNS_1_0"].State, "what is there is enabled")
	row := rows["catalogs are complete"]
	assert.Equal(t, step.Could, row.State)
	assert.Contains(t, row.Text, "Waggle_MISPEvent_1_0")
	assert.Contains(t, row.Text, "responder.urls")

	b.fake.SetCatalog(newBench(t, cortexapitest.Options{}).fake.Catalog()...)
	rows = b.run(t, false)
	assert.Equal(t, step.Done, rows["catalogs"].State)
	assert.Equal(t, step.There, rows["catalogs are complete"].State)
	assert.Equal(t, step.Done, rows["responder Waggle_MISPEvent_1_0"].State)
	assert.Equal(t, step.There, b.run(t, false)["catalogs"].State)
}

func TestWorkersWaitForKeysOfStepsThatFailed(t *testing.T) {
	b := newBench(t, cortexapitest.Options{New: true})
	b.known["misp_key"] = nil
	rows := b.run(t, false)
	assert.Equal(t, step.Could, rows["responder Waggle_MISPEvent_1_0"].State)
	assert.Contains(t, rows["responder Waggle_MISPEvent_1_0"].Text, step.ErrWaits.Error())
	assert.Equal(t, step.Done, rows["analyzer Waggle_MISP_1_0"].State, "which has its own")
}
