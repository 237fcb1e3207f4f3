package misp_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/misp"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
	"github.com/waggle-cti/waggle/shared/fakeserver"
	client "github.com/waggle-cti/waggle/shared/misp"
	"github.com/waggle-cti/waggle/shared/misp/misptest"
)

type bench struct {
	fake     *misptest.Server
	settings *config.Settings
	ring     *keyring.Ring
}

func newBench(t *testing.T, environment ...string) bench {
	t.Helper()
	o := misptest.Options{}
	for _, name := range append(misp.Warninglists()[:3:3], "List of another kind") {
		o.Warninglists = append(o.Warninglists, misptest.Warninglist{Warninglist: client.Warninglist{Name: name}, Disabled: true})
	}
	fake := misptest.Start(t, o)
	s, err := config.Load(t.TempDir()+"/.env", append([]string{"MISP_URL=" + fake.URL, "MISP_ADMIN_KEY=" + misptest.Key, "ORGANISATION=Example"}, environment...))
	require.NoError(t, err)
	return bench{fake, s, keyring.New(t.TempDir())}
}

func (b bench) run(t *testing.T, dry bool) map[string]step.Row {
	t.Helper()
	server, err := misp.New(b.settings, b.ring)
	require.NoError(t, err)
	rows := map[string]step.Row{}
	step.Run(t.Context(), []step.Group{{Server: "MISP", Reach: server.Reach, Steps: append(server.People(), server.Content()...)}}, dry,
		func(r step.Row) { rows[r.Step] = r })
	return rows
}

func all(t *testing.T, rows map[string]step.Row, want step.State) {
	t.Helper()
	require.NotEmpty(t, rows)
	for _, r := range rows {
		assert.Equal(t, want, r.State, "%s: %s", r.Step, r.Text)
	}
}

func TestSecondRunChangesNothing(t *testing.T) {
	b := newBench(t)
	all(t, b.run(t, false), step.Done)
	before := len(b.fake.Requests())
	all(t, b.run(t, false), step.There)
	for _, r := range b.fake.Requests()[before:] {
		assert.Equal(t, http.MethodGet, r.Method, r.Path)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	b := newBench(t)
	b.fake.Fail(func(r *http.Request) fakeserver.Fault {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s would change something", r.Method, r.URL.Path)
			return fakeserver.Fault{Status: http.StatusForbidden}
		}
		return fakeserver.Fault{}
	})
	all(t, b.run(t, true), step.Would)
	key, err := b.ring.Get(misp.FeederKey)
	require.NoError(t, err)
	assert.False(t, key.Set())
}

// What a responder writes with its key arrives with all its tags.
func TestKeysDoWhatTheyAreFor(t *testing.T) {
	b := newBench(t)
	b.run(t, false)
	for name, may := range map[string]bool{misp.CortexKey: true, misp.TheHiveKey: true, misp.FeederKey: false} {
		key, err := b.ring.Get(name)
		require.NoError(t, err)
		c, err := client.New(client.Options{URL: b.fake.URL, Key: key.Reveal()})
		require.NoError(t, err)
		made, err := c.PutEvent(t.Context(), client.Event{UUID: client.EventUUID("setup", "case", name), Info: name, Tags: []string{"example:new-tag-of-" + name[:4]}})
		if !may {
			assert.ErrorIs(t, err, client.Permission, name)
			continue
		}
		require.NoError(t, err, name)
		assert.NotEmpty(t, made)
	}
	var tags []string
	for _, e := range b.fake.Events() {
		tags = append(tags, e.Tags...)
	}
	assert.Len(t, tags, 2)
}

func TestTheFeederWritesItselfWhereThereIsNoTheHive(t *testing.T) {
	b := newBench(t, "THEHIVE_URL=none")
	b.run(t, false)
	key, err := b.ring.Get(misp.FeederKey)
	require.NoError(t, err)
	c, err := client.New(client.Options{URL: b.fake.URL, Key: key.Reveal()})
	require.NoError(t, err)
	_, err = c.PutEvent(t.Context(), client.Event{UUID: client.EventUUID("setup", "case", "x"), Info: "x"})
	assert.NoError(t, err)
}

func TestALostKeyIsMadeAnew(t *testing.T) {
	b := newBench(t)
	b.run(t, false)
	require.NoError(t, b.ring.Put(misp.CortexKey, secret.New("one-that-was-revoked")))
	rows := b.run(t, false)
	row := rows["user waggle-cortex@example.local"]
	assert.Equal(t, step.Done, row.State)
	assert.Equal(t, "the key kept here is not accepted", row.Text)
	all(t, b.run(t, false), step.There)
}

func TestWrongKey(t *testing.T) {
	b := newBench(t, "MISP_ADMIN_KEY=hunter2-is-no-key")
	server, err := misp.New(b.settings, b.ring)
	require.NoError(t, err)
	err = server.Reach(t.Context())
	require.Error(t, err)
	assert.True(t, server.Final(err))
	assert.NotContains(t, err.Error(), "hunter2")
	assert.ErrorContains(t, err, "MISP_ADMIN_KEY")
}

// The stack's own MISP refuses every key until its first start is over.
func TestTheStacksOwnMayYetLearnItsKey(t *testing.T) {
	b := newBench(t, "MISP_ADMIN_KEY=hunter2-is-no-key", "MISP_INSIDE=https://misp")
	server, err := misp.New(b.settings, b.ring)
	require.NoError(t, err)
	assert.False(t, server.Final(server.Reach(t.Context())))
}

func TestUnknownFeedIsTold(t *testing.T) {
	b := newBench(t, "MISP_FEEDS=No such feed")
	row := b.run(t, false)["feed No such feed"]
	assert.Equal(t, step.Could, row.State)
	assert.Contains(t, row.Text, "MISP_FEEDS")
}
