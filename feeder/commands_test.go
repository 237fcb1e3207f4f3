package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/pipeline"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// desk is a folder with a configuration, where commands are tried.
type desk struct{ folder string }

// newDesk serves some posts and configures a feeder that follows them; more
// is further YAML.
func newDesk(t *testing.T, more string) desk {
	t.Helper()
	blogs := httptest.NewServer(serveFeeds(map[string][]document{"reports": bundled()["reports"][:4], "news": bundled()["news"][:2]}))
	t.Cleanup(blogs.Close)
	d := desk{t.TempDir()}
	text := fmt.Sprintf("sources_only: true\nallow_networks: [127.0.0.0/8]\nlisten: 127.0.0.1:0\ndatabase: waggle.db\n%s\nsources:\n  - {name: reports, url: %q, article: never}\n  - {name: news, url: %q, article: never}\n",
		more, blogs.URL+"/reports?token=feed-secret", blogs.URL+"/news")
	require.NoError(t, os.WriteFile(d.config(), []byte(text), 0o600))
	return d
}

func (d desk) config() string { return filepath.Join(d.folder, "waggle.yaml") }

// feeder runs a command as a person would.
func (d desk) feeder(t *testing.T, args ...string) (code int, out, log string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = feeder(t.Context(), append([]string{"--config", d.config()}, args...), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestFromFeedToAlert(t *testing.T) {
	hive := thehivetest.Start(t, thehivetest.Options{})
	d := newDesk(t, fmt.Sprintf("thehive: {url: %q, key: %q}", hive.URL, thehivetest.Key))

	code, out, log := d.feeder(t, "once", "--json")
	require.Equal(t, exitWell, code, "%s\n%s", out, log)
	var summary pipeline.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &summary))
	assert.Equal(t, []pipeline.SourceSummary{{Name: "reports", Told: 4}, {Name: "news", Dropped: 2}}, summary.Sources)
	assert.Equal(t, 6, strings.Count(log, "msg=post"), "one line a post")

	var stories []waggle.Story
	code, out, _ = d.feeder(t, "stories", "--json")
	require.Equal(t, exitWell, code)
	require.NoError(t, json.Unmarshal([]byte(out), &stories))
	everyStoryIsOneAlert(t, stories, hive.Alerts())

	var posts []line
	code, _, log = d.feeder(t, "posts", "--fate", "lost")
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, log, `--fate: "lost" is not known`)
	code, out, _ = d.feeder(t, "posts", "--json")
	require.Equal(t, exitWell, code)
	require.NoError(t, json.Unmarshal([]byte(out), &posts))
	everyPostHasItsFate(t, map[string][]document{"reports": bundled()["reports"][:4], "news": bundled()["news"][:2]}, posts, stories)
	for _, p := range posts {
		code, out, _ = d.feeder(t, "explain", p.Ref)
		assert.Equal(t, exitWell, code)
		assert.Contains(t, out, p.Title)
		assert.NotContains(t, out, "http://cdn", "values are defanged")
	}

	code, out, log = d.feeder(t, "once")
	assert.Equal(t, exitWell, code, log)
	assert.Contains(t, out, "total of 2  0           0        0      0")
	assert.Len(t, hive.Alerts(), len(stories), "again: nothing doubles")

	code, out, _ = d.feeder(t, "sources")
	assert.Equal(t, exitWell, code)
	assert.Contains(t, out, "well")
	assert.NotContains(t, out+log, "feed-secret")

	code, out, _ = d.feeder(t, "check")
	assert.Equal(t, exitWell, code, out)
	assert.Regexp(t, `TheHive +ok +version 4\.1\.24-1`, out)
}

func TestExitCodesSayWhatHappened(t *testing.T) {
	const away = "thehive: {url: 'http://127.0.0.1:1', key: 'very-secret-key'}"
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for name, c := range map[string]struct {
		more string
		args []string
		code int
		says string
	}{
		"version":              {args: []string{"version"}, code: exitWell, says: "feeder "},
		"all is well":          {args: []string{"once"}, code: exitWell, says: "total of 2"},
		"TheHive is away":      {more: away, args: []string{"once", "--wait", "1ms"}, code: exitIncomplete, says: "stories wait for TheHive: TheHive: network"},
		"check":                {args: []string{"check"}, code: exitWell, says: "not configured"},
		"check, TheHive away":  {more: away, args: []string{"check"}, code: exitIncomplete, says: "WRONG"},
		"nobody is there":      {args: []string{"--listen", "127.0.0.1:1", "healthy"}, code: exitIncomplete, says: "does not answer"},
		"no data yet":          {args: []string{"posts"}, code: exitWrong, says: "start `feeder run`"},
		"wrong configuration":  {more: "nosuchkey: 1", args: []string{"check"}, code: exitWrong, says: "nosuchkey"},
		"no such command":      {args: []string{"dance"}, code: exitWrong, says: "unknown command"},
		"too much said":        {args: []string{"once", "more"}, code: exitWrong, says: "more"},
		"the port is taken":    {args: []string{"--listen", taken.Addr().String(), "run"}, code: exitWrong, says: "another address with --listen"},
		"open to everybody":    {args: []string{"--listen", "0.0.0.0:0", "run"}, code: exitWrong, says: "set WAGGLE_PAGE_TOKEN"},
		"a post without a ref": {args: []string{"explain"}, code: exitWrong, says: "accepts 1 arg"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, log := newDesk(t, c.more).feeder(t, c.args...)
			assert.Equal(t, c.code, code, "%s\n%s", out, log)
			assert.Contains(t, out+log, c.says)
			assert.NotContains(t, out+log, "very-secret-key")
		})
	}
}

func TestExplainOfAnUnknownPost(t *testing.T) {
	d := newDesk(t, "")
	code, _, log := d.feeder(t, "once")
	require.Equal(t, exitWell, code, log)
	code, _, log = d.feeder(t, "explain", "0000000000000000")
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, log, "`feeder posts` lists the posts")
}

func TestASourceThatFailsIsNamed(t *testing.T) {
	d := newDesk(t, "")
	text, err := os.ReadFile(d.config())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(d.config(), append(text, []byte("  - {name: broken, url: 'http://127.0.0.1:1/feed?key=feed-secret'}\n")...), 0o600))

	code, out, log := d.feeder(t, "once")

	assert.Equal(t, exitIncomplete, code)
	assert.Regexp(t, `broken .*network`, out)
	assert.NotContains(t, out+log, "feed-secret")
}

func TestPlainHidesTerminalCodes(t *testing.T) {
	assert.Equal(t, "a [31mred b c", plain("a \x1b[31mred\n\tb\u202ec "))
}

func TestClock(t *testing.T) {
	assert.Equal(t, "–", clock(time.Time{}))
}
