package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/alert"
	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// kills is how often the feeder is killed before it may finish.
const kills = 10

// TestKilledAnywhereNothingIsLostAndNothingTwice kills feeders at random
// moments, while TheHive fails, resets connections, takes alerts without saying
// so, and a proxy before it wants a login.
func TestKilledAnywhereNothingIsLostAndNothingTwice(t *testing.T) {
	program := build(t)
	t.Run("bundled", func(t *testing.T) { survive(t, program, bundled()) })
	t.Run("corpus", func(t *testing.T) { survive(t, program, corpus(t)) })
}

// build makes the feeder without the race detector, under which SQLite takes
// ten times as long.
func build(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "feeder")
	cmd := exec.Command("go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return program
}

func survive(t *testing.T, program string, feeds map[string][]document) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	hive := thehivetest.Start(t, thehivetest.Options{})
	hive.Fail(faults(rand.New(rand.NewPCG(seed, 1)), 25))
	place := newPlace(t, program, feeds, hive.URL)
	for range kills {
		place.kill(t, []string{"run", "once"}[random.IntN(2)], time.Duration(200+random.IntN(2000))*time.Millisecond)
		t.Logf("killed with %d alerts there", len(hive.Alerts()))
	}
	hive.Fail(faults(rand.New(rand.NewPCG(seed, 2)), 6))
	out := place.feeder(t, "once", "--wait", "1m", "--json")
	t.Logf("at last: %s", out)

	posts := decoded[[]line](t, place.feeder(t, "posts", "--json"))
	stories := decoded[[]waggle.Story](t, place.feeder(t, "stories", "--json"))
	everyPostHasItsFate(t, feeds, posts, stories)
	everyStoryIsOneAlert(t, stories, hive.Alerts())
}

// faults makes so many of a hundred requests to TheHive fail. Most of them are
// handled and not answered: that is where a second alert would come from, and
// after the others the client looks for the alert for two seconds, which the
// test has not got many of.
func faults(random *rand.Rand, percent int) func(*http.Request) thehivetest.Fault {
	return func(*http.Request) thehivetest.Fault {
		if random.IntN(100) >= percent {
			return thehivetest.Fault{}
		}
		kinds := []thehivetest.Fault{{Status: http.StatusInternalServerError}, {Page: true}, {Reset: true}, {Drop: true}, {Drop: true}, {Drop: true}, {Drop: true}}
		return kinds[random.IntN(len(kinds))]
	}
}

func everyPostHasItsFate(t *testing.T, feeds map[string][]document, posts []line, stories []waggle.Story) {
	t.Helper()
	members := map[string]string{} // ref → story
	for _, s := range stories {
		for _, p := range s.Posts {
			assert.NotContains(t, members, p.Ref, "a post is in one story")
			members[p.Ref] = s.ID
		}
	}
	found := map[string]line{}
	fates := map[waggle.Fate]int{}
	for _, p := range posts {
		key := p.Source + "\x00" + p.ID
		assert.NotContains(t, found, key, "a post is there once")
		found[key] = p
		fates[p.Fate]++
		assert.NotEmpty(t, p.Reason, "%s has a reason", p.Title)
		assert.Equal(t, p.Story, members[p.Ref], "%s is in its story", p.Title)
		switch p.Fate {
		case waggle.Told:
			assert.NotEmpty(t, p.Story)
		case waggle.Dropped, waggle.Quiet:
			assert.Empty(t, p.Story)
		default:
			assert.Fail(t, "a post without a proper fate", "%s: %s: %s", p.Title, p.Fate, p.Reason)
		}
	}
	t.Logf("fates: %v; %d stories", fates, len(stories))
	assert.NotZero(t, fates[waggle.Told])
	total := 0
	for source, documents := range feeds {
		for _, d := range documents {
			total++
			assert.Contains(t, found, source+"\x00"+d.ID)
		}
	}
	assert.Len(t, posts, total)
}

func everyStoryIsOneAlert(t *testing.T, stories []waggle.Story, alerts []thehive.Alert) {
	t.Helper()
	byRef := map[string]thehive.Alert{}
	for _, a := range alerts {
		assert.NotContains(t, byRef, a.SourceRef, "one alert a story")
		byRef[a.SourceRef] = a
	}
	assert.Len(t, alerts, len(stories))
	for _, s := range stories {
		a, ok := byRef[s.ID]
		if !assert.True(t, ok, "%s has an alert", s.Title) {
			continue
		}
		assert.Equal(t, []any{alert.Type, s.Source}, []any{a.Type, a.Source})
		assert.Equal(t, alert.Describe(s), a.Description, "the alert tells the story as it is now")
		held := map[string]int{}
		for _, o := range a.Observables {
			held[o.DataType+" "+o.Data]++
		}
		for value, n := range held {
			assert.Equal(t, 1, n, "%s is there once", value)
		}
		for _, i := range s.Indicators[:min(len(s.Indicators), alert.MaxObservables)] {
			assert.Contains(t, held, i.Kind.TheHive(i.Value)+" "+i.Value)
		}
	}
}

// place is where the killed feeders and the last one live.
type place struct{ program, folder string }

func newPlace(t *testing.T, program string, feeds map[string][]document, hive string) place {
	t.Helper()
	blogs := httptest.NewServer(serveFeeds(feeds))
	t.Cleanup(blogs.Close)
	folder := t.TempDir()
	var text strings.Builder
	fmt.Fprintf(&text, "sources_only: true\nallow_networks: [127.0.0.0/8]\nlisten: 127.0.0.1:0\nthehive: {url: %q, key: %q}\nsources:\n", hive, thehivetest.Key)
	for name := range feeds {
		fmt.Fprintf(&text, "  - {name: %s, url: %q, article: never}\n", name, blogs.URL+"/"+name)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "waggle.yaml"), []byte(text.String()), 0o600))
	return place{program, folder}
}

func (p place) command(t *testing.T, args ...string) (cmd *exec.Cmd, out, log *bytes.Buffer) {
	t.Helper()
	cmd = exec.Command(p.program, args...)
	cmd.Dir = p.folder
	out, log = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.Stdout, cmd.Stderr = out, log
	return cmd, out, log
}

// kill starts a feeder and ends it with SIGKILL after a while, unless it is
// through by then.
func (p place) kill(t *testing.T, command string, after time.Duration) {
	t.Helper()
	cmd, _, log := p.command(t, command)
	require.NoError(t, cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if err := cmd.Wait(); cmd.ProcessState.Exited() {
		require.NoError(t, err, log)
	}
}

// feeder runs a command to its good end, and gives what it printed.
func (p place) feeder(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd, out, log := p.command(t, args...)
	require.NoError(t, cmd.Run(), "%s\n%s", out, log)
	return out.Bytes()
}

func decoded[T any](t *testing.T, text []byte) (v T) {
	t.Helper()
	require.NoError(t, json.Unmarshal(text, &v))
	return v
}

// document is one text that is published.
type document struct {
	ID   string `json:"doc"`
	Text string `json:"text"`
}

// bundled are posts that always are there: reports which share values two by
// two, and ones that matter to nobody.
func bundled() map[string][]document {
	var reports, news []document
	for i := range 40 {
		reports = append(reports, document{fmt.Sprintf("report-%d", i), fmt.Sprintf(
			"Ransomware gang number %d exploits Microsoft Exchange\nThe loader comes from hxxp://cdn%d[.]kq7-updates-%d[.]top/load.bin and is sold as a service.\nIndicators of compromise:\n%064x\n%040x\n",
			i, i, i, 0xabcdef00+i/2, 0x1234500+i)})
		news = append(news, document{fmt.Sprintf("news-%d", i), fmt.Sprintf("Webinar %d\nJoin our webinar about our new partner programme.", i)})
	}
	return map[string][]document{"reports": reports, "news": news}
}

// corpus are the real posts and reports that lie beside the repository.
func corpus(t *testing.T) map[string][]document {
	t.Helper()
	folder := filepath.Join("..", "..", "shared", "corpus")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no corpus at %s: only the bundled posts are tested", folder)
	}
	feeds := map[string][]document{}
	for _, name := range []string{"a_unit42_short", "a_tweetfeed_synth", "b_unit42_long", "b_annoctr"} {
		file, err := os.Open(filepath.Join(folder, name+".docs.jsonl"))
		require.NoError(t, err)
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			feeds[name] = append(feeds[name], decoded[document](t, lines.Bytes()))
		}
		require.NoError(t, lines.Err())
		require.NoError(t, file.Close())
	}
	return feeds
}

// serveFeeds serves each list of documents as an RSS feed of its name.
func serveFeeds(feeds map[string][]document) http.Handler {
	type item struct {
		GUID    string `xml:"guid"`
		Title   string `xml:"title"`
		Link    string `xml:"link"`
		PubDate string `xml:"pubDate"`
		Content string `xml:"http://purl.org/rss/1.0/modules/content/ encoded"`
	}
	type rss struct {
		XMLName xml.Name `xml:"rss"`
		Version string   `xml:"version,attr"`
		Title   string   `xml:"channel>title"`
		Items   []item   `xml:"channel>item"`
	}
	start := time.Now()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/")
		feed := rss{Version: "2.0", Title: name}
		for i, d := range feeds[name] {
			title, _, _ := strings.Cut(d.Text, "\n")
			feed.Items = append(feed.Items, item{
				GUID: d.ID, Title: title, Link: "https://blog.example.com/" + name + "/" + fmt.Sprint(i),
				PubDate: start.Add(-time.Duration(i) * time.Minute).Format(time.RFC1123Z),
				Content: "<pre>" + html.EscapeString(d.Text) + "</pre>",
			})
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		_ = xml.NewEncoder(w).Encode(feed)
	})
}
