package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// TestThreeFeedersShareTheWork runs three feeders on one PostgreSQL database,
// and kills one in the middle of a thousand posts.
func TestThreeFeedersShareTheWork(t *testing.T) {
	database := postgrestest.Start(t)
	hive := thehivetest.Start(t, thehivetest.Options{})
	feeds := thousand()
	place := newPlace(t, build(t), feeds, hive.URL)
	configured, err := os.ReadFile(filepath.Join(place.folder, "waggle.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(place.folder, "waggle.yaml"), append(configured, fmt.Sprintf("database: %q\n", database)...), 0o600))

	var feeders []*exec.Cmd
	logs := make([]*bytes.Buffer, 3)
	for i := range logs {
		cmd, _, log := place.command(t, "run")
		require.NoError(t, cmd.Start())
		feeders, logs[i] = append(feeders, cmd), log
	}
	stopAll := sync.OnceFunc(func() {
		for _, cmd := range feeders[1:] {
			_ = cmd.Process.Signal(os.Interrupt)
		}
		for _, cmd := range feeders {
			_ = cmd.Wait() // the first was killed; the others' logs tell more
		}
	})
	defer stopAll()
	alerted := func(n int) func() bool { return func() bool { return len(hive.Alerts()) >= n } }
	require.Eventually(t, alerted(20), 2*time.Minute, 20*time.Millisecond)
	require.NoError(t, feeders[0].Process.Kill())
	t.Logf("killed one with %d alerts there", len(hive.Alerts()))

	s, err := store.OpenReader(t.Context(), database)
	require.NoError(t, err)
	defer s.Close()
	require.Eventually(t, func() bool {
		open, err := s.Unfinished(t.Context(), time.Time{}) // first: a post that is finished may leave a story that waits
		require.NoError(t, err)
		left, err := s.Undelivered(t.Context(), time.Now())
		require.NoError(t, err)
		return open == 0 && left.Waiting+left.Refused == 0 && len(hive.Alerts()) > 20
	}, 5*time.Minute, 200*time.Millisecond)
	stopAll()

	posts := decoded[[]line](t, place.feeder(t, "posts", "--json"))
	stories, _, err := s.Stories(t.Context(), waggle.StoryQuery{Limit: 2000})
	require.NoError(t, err)
	everyPostHasItsFate(t, feeds, posts, stories)
	everyStoryIsOneAlert(t, stories, hive.Alerts())
	for i, log := range logs {
		worked := strings.Count(log.String(), "msg=post") + strings.Count(log.String(), "msg=source") + strings.Count(log.String(), "msg=alert")
		t.Logf("feeder %d: %d lines of work", i, worked)
		assert.NotContains(t, log.String(), postgrestest.Password)
	}
}

// thousand are a thousand posts of ten sources, two by two of one threat.
func thousand() map[string][]document {
	feeds := map[string][]document{}
	for i := range 1000 {
		source := fmt.Sprint("blog-", i%10)
		feeds[source] = append(feeds[source], document{fmt.Sprint("post-", i), fmt.Sprintf(
			"Ransomware gang number %d exploits Microsoft Exchange\nThe loader comes from hxxp://cdn%d[.]kq7-updates-%d[.]top/load.bin and is sold as a service.\nIndicators of compromise:\n%064x\n%040x\n",
			i, i, i, 0xabcdef00+i/2, 0x1234500+i)})
	}
	return feeds
}
