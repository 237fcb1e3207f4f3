package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/triage"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

func TestLearnsFromTriage(t *testing.T) {
	hive := thehivetest.Start(t, thehivetest.Options{})
	d := newDesk(t, fmt.Sprintf("thehive: {url: %q, key: %q}", hive.URL, thehivetest.Key))
	code, _, log := d.feeder(t, "once")
	require.Equal(t, exitWell, code, log)
	alerts := hive.Alerts()
	require.Len(t, alerts, 2)
	for i, a := range alerts {
		if i == 0 {
			hive.CloseCase(hive.Import(a.ID), "TruePositive")
		} else {
			hive.Read(a.ID)
		}
	}
	code, _, log = d.feeder(t, "once")
	require.Equal(t, exitWell, code, log)
	_, out, _ := d.feeder(t, "check")
	assert.Regexp(t, `triage +ok +learnt from 1 stories that were taken up and 1 that were not`, out)

	lessons, err := os.ReadFile(filepath.Join(d.folder, triage.File))
	require.NoError(t, err)
	assert.Contains(t, string(lessons), alerts[0].Title, "the texts are what the posts said")

	require.NoError(t, os.WriteFile(filepath.Join(d.folder, triage.File), []byte("damaged"), 0o600))
	code, _, log = d.feeder(t, "once")
	assert.Equal(t, exitWell, code)
	assert.Contains(t, log, "nothing is learnt from triage")
	code, out, _ = d.feeder(t, "check")
	assert.Equal(t, exitIncomplete, code)
	assert.Regexp(t, `triage +WRONG`, out)
}

// TestWebhook has TheHive call, and sees the feeder look before its time.
func TestWebhook(t *testing.T) {
	hive := thehivetest.Start(t, thehivetest.Options{})
	d := newDesk(t, fmt.Sprintf("thehive: {url: %q, key: %q}", hive.URL, thehivetest.Key))
	c, err := config.Load(d.config())
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	page, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- serve(ctx, c, slog.New(slog.DiscardHandler), func(at string) { page <- at }) }()
	answer, err := http.Post(<-page+strings.TrimPrefix(hookPath, "/"), "application/json", strings.NewReader(`{"objectType":"alert","operation":"update"}`))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	assert.Equal(t, http.StatusNoContent, answer.StatusCode)
	stop()
	select {
	case err := <-ended:
		assert.NoError(t, err)
	case <-time.After(time.Minute):
		t.Fatal("the feeder did not end")
	}
}

// TestLessonsAreNeverNamedByTheDatabase: its address holds a password.
func TestLessonsAreNeverNamedByTheDatabase(t *testing.T) {
	for name, database := range map[string]string{
		"a file":     "data/waggle.db",
		"PostgreSQL": "postgres://waggle:hunter2@db.example.com/waggle",
	} {
		t.Run(name, func(t *testing.T) {
			path := triagePath(&config.Config{Database: database})
			assert.NotContains(t, path, "hunter2")
			assert.Equal(t, triage.File, filepath.Base(path))
		})
	}
}
