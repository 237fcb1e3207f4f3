package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/check"
	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/misp"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/docker/setup/thehive"
	"github.com/waggle-cti/waggle/feeder/alert"
	feederconfig "github.com/waggle-cti/waggle/feeder/config"
	mispclient "github.com/waggle-cti/waggle/shared/misp"
	hiveclient "github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// loop is a stack that is set up, and the way of a post through it.
type loop struct {
	stack
	check.Loop
}

// newLoop makes one whose feeder and responder do what ours do.
func newLoop(t *testing.T) *loop {
	t.Helper()
	return newLoopWith(t, thehivetest.Options{})
}

func newLoopWith(t *testing.T, hive thehivetest.Options) *loop {
	t.Helper()
	l := &loop{}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(page.Close)
	hive.Responders = []hiveclient.Responder{{ID: "1", Name: "Waggle_MISPEvent_1_0", Cortexes: []string{"waggle"}}}
	hive.Respond = func(string, string, []byte) []byte { return l.respond(t) }
	l.stack = newStackWith(t, hive, "FEEDER_URL="+page.URL)
	code, out := l.integrate(t)
	require.Equal(t, exitWell, code, out)
	s, err := config.Load(filepath.Join(l.folder, ".env"), nil)
	require.NoError(t, err)
	l.Loop = check.Loop{Settings: s, Ring: keyring.New(s.Keys), Publish: l.publish, Source: "setup-check-1", Every: time.Millisecond, AtMost: 10 * time.Second}
	return l
}

// publish is the feeder: it raises the alert with a verdict.
func (l *loop) publish(ctx context.Context, source string) error {
	key, err := l.Ring.Get(thehive.FeederKey)
	if err != nil {
		return err
	}
	client, err := hiveclient.New(hiveclient.Options{URL: l.hive.URL, Key: key.Reveal(), Organisation: "Example"})
	if err != nil {
		return err
	}
	_, err = client.CreateAlert(ctx, hiveclient.Alert{Type: alert.Type, Source: source, SourceRef: "story", Title: "t", Description: "d", Severity: 2, Date: time.Now(),
		Fields: map[string]any{alert.VerdictField: "safe", alert.ScoreField: 40}})
	return err
}

// respond is the responder: it makes an event and tags the alert.
func (l *loop) respond(t *testing.T) []byte {
	key, err := l.Ring.Get(misp.CortexKey)
	assert.NoError(t, err)
	client, err := mispclient.New(mispclient.Options{URL: l.misp.URL, Key: key.Reveal()})
	assert.NoError(t, err)
	id := mispclient.EventUUID("test", "alert", "1")
	_, err = client.PutEvent(context.Background(), mispclient.Event{UUID: id, Info: "check"})
	assert.NoError(t, err)
	report, err := json.Marshal(map[string]any{"success": true, "full": map[string]any{"message": "made"},
		"operations": []any{map[string]any{"type": "AddTagToAlert", "tag": mispclient.LinkTag(id)}}})
	assert.NoError(t, err)
	return report
}

func (l *loop) run(t *testing.T) (rows []step.Row) {
	l.Run(t.Context(), func(r step.Row) { rows = append(rows, r) })
	return rows
}

func TestCheckFollowsAPostAndCleansUp(t *testing.T) {
	onEachHive(t, func(t *testing.T, hive thehivetest.Options) {
		l := newLoopWith(t, hive)
		rows := l.run(t)
		require.Len(t, rows, 7)
		for _, r := range rows {
			assert.Equal(t, step.Well, r.State, "%s: %s", r.Step, r.Text)
		}
		assert.Equal(t, "verdict safe", rows[2].Text)
		assert.Empty(t, l.hive.Alerts())
		assert.Empty(t, l.misp.Events())
	})
}

func TestCheckTellsWhereTheWayEnds(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*loop)
		step  string
		text  string
	}{
		"no feeder": {func(l *loop) {
			l.Publish = check.Publisher{Program: "missing", Settings: l.Settings, Ring: l.Ring}.Publish
		}, "a post becomes an alert", "make build"},
		"no alert":   {func(l *loop) { l.Publish = func(context.Context, string) error { return nil } }, "a post becomes an alert", "no alert of it"},
		"no keys":    {func(l *loop) { l.Ring = keyring.New(t.TempDir()) }, "a post becomes an alert", "run setup integrate first"},
		"no analyst": {func(l *loop) { l.Publish, l.AtMost = l.without, time.Millisecond }, "its values are analysed", "no verdict"},
		"page away":  {func(l *loop) { l.Settings.Feeder.URL = "http://127.0.0.1:9" }, "its page answers", "docker compose logs feeder"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLoop(t)
			test.spoil(l)
			rows := l.run(t)
			var last step.Row
			for _, r := range rows {
				if r.State == step.Could {
					last = r
				}
			}
			assert.Equal(t, test.step, last.Step)
			assert.Contains(t, last.Text, test.text)
			assert.Empty(t, l.hive.Alerts(), "what was made is deleted all the same")
		})
	}
}

// without is a feeder that nothing is analysed by.
func (l *loop) without(ctx context.Context, source string) error {
	key, err := l.Ring.Get(thehive.FeederKey)
	if err != nil {
		return err
	}
	client, err := hiveclient.New(hiveclient.Options{URL: l.hive.URL, Key: key.Reveal()})
	if err != nil {
		return err
	}
	_, err = client.CreateAlert(ctx, hiveclient.Alert{Type: alert.Type, Source: source, SourceRef: "story", Title: "t", Description: "d", Severity: 2, Date: time.Now()})
	return err
}

func TestCheckThatFailsIsIncomplete(t *testing.T) {
	s := newStack(t, "FEEDER_URL=none")
	code, out := s.integrate(t, "--check", "--feeder", "missing")
	assert.Equal(t, exitIncomplete, code)
	assert.Contains(t, out, "run setup integrate first")
}

// What the published post is made of, the feeder takes.
func TestThePublishedConfigurationIsTheFeeders(t *testing.T) {
	l := newLoop(t)
	folder := t.TempDir()
	program := filepath.Join(folder, "feeder")
	// A program that keeps what it is told.
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\ncp \"$3\" profile.yaml \""+folder+"\"\n"), 0o700))
	publisher := check.Publisher{Program: program, Settings: l.Settings, Ring: l.Ring}
	require.NoError(t, publisher.Publish(t.Context(), "setup-check-2"))
	c, err := feederconfig.Load(filepath.Join(folder, "waggle.yaml"))
	require.NoError(t, err)
	assert.Equal(t, l.hive.URL, c.TheHive.URL)
	assert.True(t, c.TheHive.Key.Set())
	assert.True(t, c.Cortex.Key.Set())
	require.Len(t, c.Sources, 1)
	assert.Equal(t, "setup-check-2", c.Sources[0].Name)
}
