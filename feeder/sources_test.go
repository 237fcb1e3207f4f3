package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/config"
	"github.com/waggle-cti/waggle/feeder/source/discover"
)

func TestSourcesAreTried(t *testing.T) {
	d := newDesk(t, "")
	code, out, log := d.feeder(t, "sources", "test")
	assert.Equal(t, exitWell, code, log)
	assert.Regexp(t, `reports +rss +4 +2\d\d\d-`, out)
	assert.Contains(t, out, "total of 2")

	text, err := os.ReadFile(d.config())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(d.config(), append(text, "  - {name: broken, url: 'http://127.0.0.1:1/feed?key=feed-secret'}\n"...), 0o600))
	code, out, log = d.feeder(t, "sources", "test", "--json")
	assert.Equal(t, exitIncomplete, code, log)
	assert.NotContains(t, out+log, "feed-secret")
	var trials []trial
	require.NoError(t, json.Unmarshal([]byte(out), &trials))
	require.Len(t, trials, 3)
	assert.Equal(t, "broken", trials[2].Name)
	assert.Contains(t, trials[2].Error, "check that it is running")

	code, out, log = d.feeder(t, "sources", "test", "NEWS")
	assert.Equal(t, exitWell, code, log)
	assert.Contains(t, out, "total of 1")
	code, _, log = d.feeder(t, "sources", "test", "pigeon")
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, log, `no source is called "pigeon"`)
}

// TestWhatIsDiscoveredCanBePasted: the printed lines are a configuration.
func TestWhatIsDiscoveredCanBePasted(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><link rel=alternate type="application/rss+xml" href="/news.xml">`)
	})
	mux.HandleFunc("/empty", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<!doctype html>`) })
	mux.HandleFunc("/news.xml", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>Moth "{x}"</title></item></channel></rss>`)
	})
	site := httptest.NewServer(mux)
	t.Cleanup(site.Close)
	d := newDesk(t, "")

	code, out, log := d.feeder(t, "sources", "discover", site.URL+"/")
	require.Equal(t, exitWell, code, log)
	path := strings.TrimSuffix(d.config(), "waggle.yaml") + "pasted.yaml"
	require.NoError(t, os.WriteFile(path, []byte("sources_only: true\nsources:\n"+out), 0o600))
	c, err := config.Load(path)
	require.NoError(t, err)
	require.Len(t, c.Sources, 1)
	assert.Equal(t, site.URL+"/news.xml", c.Sources[0].URL)

	code, out, _ = d.feeder(t, "sources", "discover", "--json", site.URL+"/")
	require.Equal(t, exitWell, code)
	var found []discover.Found
	require.NoError(t, json.Unmarshal([]byte(out), &found))
	assert.Len(t, found, 1)

	code, _, log = d.feeder(t, "sources", "discover", "http://127.0.0.1:1/")
	assert.Equal(t, exitWrong, code)
	assert.Contains(t, log, "check that it is running")
}

// TestWhatWasReadSurvivesARestart: a source that charges for each post is not
// asked for one twice, whichever process asks.
func TestWhatWasReadSurvivesARestart(t *testing.T) {
	newest := uint64(time.Now().Add(-time.Hour).UnixMilli()-1288834974657) << 22
	var asked []string
	x := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		since := r.URL.Query().Get("since_id")
		asked = append(asked, since)
		if since != "" {
			fmt.Fprint(w, `{"meta":{"result_count":0}}`)
			return
		}
		fmt.Fprintf(w, `{"data":[{"id":"%d","text":"Stealer C2 at moth-panel[.]top #malware"}],"meta":{"result_count":1}}`, newest)
	}))
	t.Cleanup(x.Close)
	d := desk{t.TempDir()}
	text := fmt.Sprintf("sources_only: true\nallow_networks: [127.0.0.0/8]\nlisten: 127.0.0.1:0\ndatabase: waggle.db\nsources:\n  - {name: X, kind: x, url: %q, accounts: [examplelab], token: feed-secret, budget: 9}\n", x.URL)
	require.NoError(t, os.WriteFile(d.config(), []byte(text), 0o600))
	for range 2 {
		code, out, log := d.feeder(t, "once")
		require.Equal(t, exitWell, code, "%s\n%s", out, log)
		assert.NotContains(t, out+log, "feed-secret")
	}
	assert.Equal(t, []string{"", fmt.Sprint(newest)}, asked)
	code, out, log := d.feeder(t, "sources")
	require.Equal(t, exitWell, code, log)
	assert.Contains(t, out, "1 of the 9 posts for "+time.Now().UTC().Format("2006-01")+" are used")
	data, err := os.ReadFile(d.folder + "/waggle.db")
	require.NoError(t, err)
	assert.NotContains(t, string(data), "feed-secret")
}
