package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/store/postgrestest"
	"github.com/waggle-cti/waggle/feeder/web"
)

// BenchmarkPage measures the page's answers with 100,000 posts stored, in both
// databases. "first" is the first question after a start. The processor's time
// holds on a machine that is busy, too; without PostgreSQL's own.
func BenchmarkPage(b *testing.B) {
	for name, database := range map[string]func(testing.TB) string{
		"SQLite":     func(testing.TB) string { return filepath.Join(b.TempDir(), "waggle.db") },
		"PostgreSQL": postgrestest.Start,
	} {
		b.Run(name, func(b *testing.B) {
			path := database(b)
			fill(b, path)
			measurePages(b, path)
		})
	}
}

func measurePages(b *testing.B, database string) {
	page := func() (http.Handler, *store.Store) {
		data, err := store.Open(b.Context(), database)
		require.NoError(b, err)
		return web.New(web.Options{Store: data, Listen: "127.0.0.1:0"}), data
	}
	handler, data := page()
	defer func() { data.Close() }()
	for _, c := range []struct{ name, path string }{
		{"stories", "/"}, {"newest stories", "/?sort=newest"}, {"stories of a source", "/?source=source-51"}, {"grave stories of a week", "/?severity=high&since=7d"},
		{"stories with a rare word", "/?q=product100"}, {"stories with a common word", "/?q=attackers"}, {"stories with an indicator", "/?indicator=d100-1.example"},
		{"a story", "/story/" + storyID(100)}, {"a long story", "/story/" + storyID(0)},
		{"threats", "/threats"}, {"threats of 30 days", "/threats?since=30d"}, {"threats as feed", "/feeds/threats.rss"},
		{"posts", "/posts"}, {"posts in the middle", "/posts?page=1000"}, {"last posts", "/posts?page=2000"}, {"dropped posts", "/posts?fate=dropped"},
		{"posts of a source", "/posts?source=source-51"}, {"failed posts of a source", "/posts?source=source-51&fate=failed"},
		{"posts with a rare word", "/posts?q=product100"}, {"posts with a common word", "/posts?q=attackers"}, {"posts with words all have", "/posts?q=plain+words"},
		{"posts of a source with a common word", "/posts?q=attackers&source=source-51"}, {"posts with a word of a script without spaces", "/posts?q=脆弱性"},
		{"posts with no such word", "/posts?q=nowhere"}, {"a post", "/post/" + refOf(86_000)}, {"sources", "/sources"}, {"stories as JSON", "/api/v1/stories"},
		{"lookup of a value of stories", "/api/v1/lookup?value=d100-1.example"}, {"lookup of a value nobody has", "/api/v1/lookup?value=nowhere.example"},
		{"lookup of a value whose words are common", "/api/v1/lookup?value=plain.words"},
	} {
		ask := func() {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://127.0.0.1"+c.path, nil))
			require.Equal(b, http.StatusOK, w.Code, w.Body)
		}
		b.Run(c.name, func(b *testing.B) {
			before := processorTime(b)
			for b.Loop() {
				ask()
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
		b.Run("first "+c.name, func(b *testing.B) {
			var worked time.Duration
			for b.Loop() {
				b.StopTimer()
				require.NoError(b, data.Close())
				handler, data = page()
				before := processorTime(b)
				b.StartTimer()
				ask()
				worked += processorTime(b) - before
			}
			b.ReportMetric(float64(worked.Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	var used unix.Rusage
	require.NoError(b, unix.Getrusage(unix.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// What is stored: posts of some 2 kB from 100 sources over 100 days. Every tenth tells a
// story, two posts a story, with five indicators each; every hundredth story is a long one.
const (
	crowdPosts   = 100_000
	crowdSources = 100
	toldEvery    = 10
	longStories  = 100
)

func refOf(post int) string    { return fmt.Sprintf("%016x", post) }
func storyID(story int) string { return fmt.Sprintf("%032x", story) }

// fill writes the posts and stories as the feeder's stages do in the end.
func fill(b *testing.B, database string) {
	data, err := store.Open(b.Context(), database)
	require.NoError(b, err)
	require.NoError(b, data.Close())
	driver := "sqlite"
	if strings.Contains(database, "://") {
		driver = "pgx"
	}
	db, err := sql.Open(driver, database)
	require.NoError(b, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	tx, err := db.BeginTx(b.Context(), nil)
	require.NoError(b, err)
	w := writer{b: b, tx: tx, random: rand.New(rand.NewPCG(1, 2)), now: time.Now()}
	for i := range crowdSources {
		w.add("sources (name, kind, url, every, position)", fmt.Sprintf("source-%d", i+1), "rss", fmt.Sprintf("https://source-%d.example/feed", i+1), 3600000, i)
	}
	for i := range crowdPosts {
		w.post(i)
	}
	w.flush()
	require.NoError(b, tx.Commit())
	if driver == "pgx" {
		_, err = db.ExecContext(b.Context(), "VACUUM ANALYZE") // the server does so by itself in time
		require.NoError(b, err)
	}
	// Counts and words are made when the feeder starts.
	data, err = store.Open(b.Context(), database)
	require.NoError(b, err)
	require.NoError(b, data.Close())
	if driver == "pgx" {
		_, err = db.ExecContext(b.Context(), "VACUUM ANALYZE")
		require.NoError(b, err)
	}
}

// writer inserts rows, many in a statement.
type writer struct {
	b      *testing.B
	tx     *sql.Tx
	random *rand.Rand
	now    time.Time
	order  []string
	rows   map[string][][]any
}

func (w *writer) add(into string, row ...any) {
	if w.rows == nil {
		w.rows = map[string][][]any{}
	}
	if _, known := w.rows[into]; !known {
		w.order = append(w.order, into)
	}
	if w.rows[into] = append(w.rows[into], row); len(w.rows[into]) == 500 {
		w.write(into)
	}
}

func (w *writer) flush() {
	for _, into := range w.order {
		w.write(into)
	}
}

func (w *writer) write(into string) {
	var values []string
	var args []any
	for _, row := range w.rows[into] {
		var places []string
		for _, a := range row {
			args = append(args, a)
			places = append(places, fmt.Sprintf("$%d", len(args)))
		}
		values = append(values, "("+strings.Join(places, ",")+")")
	}
	w.rows[into] = nil
	if len(values) > 0 {
		_, err := w.tx.ExecContext(context.Background(), "INSERT INTO "+into+" VALUES "+strings.Join(values, ","), args...)
		require.NoError(w.b, err)
	}
}

// post writes the i-th post, the oldest first, and its story when it tells one.
func (w *writer) post(i int) {
	ref, source, at := refOf(i), fmt.Sprintf("source-%d", i/toldEvery%crowdSources+1), w.now.Add(-time.Duration(crowdPosts-i)*86*time.Second).UnixMilli()
	title, text := fmt.Sprintf("Post %d of a vendor about product%d", i, i%977), w.text(i)
	fate, story := "dropped", ""
	switch {
	case i%toldEvery == 0:
		fate, story = "story", storyID(i/toldEvery/2)
	case i%5003 == 1:
		fate = "failed"
	}
	w.add("posts (ref, source, id, url, title, published, fetched, occurred, stage, fate, reason, score, severity, story)",
		ref, source, fmt.Sprint(i), fmt.Sprintf("https://source.example/%d", i), title, at, at, at, "", fate, "30 points, at least 25 are needed", i%100, i/7%4+1, story)
	w.add("contents (ref, post, text, judgement)", ref, fmt.Sprintf(`{"source":%q,"id":"%d","title":%q,"url":"https://source.example/%d","content":%q,"fetched":"2026-01-01T00:00:00Z"}`,
		source, i, title, i, text), text, "{}")
	if story != "" {
		w.told(i, i/toldEvery/2, i/toldEvery%2+1, ref, title, source, at)
	}
}

func (w *writer) told(i, story, revision int, ref, title, source string, at int64) {
	id := storyID(story)
	if revision == 1 {
		w.add("stories (id, title, summary, source, url, score, severity, tlp, pap, tags, reasons, first, last, revision, waiting)",
			id, title, text240, source, fmt.Sprintf("https://source.example/%d", i), i/3%100, i/7%4+1, 2, 2, `["waggle"]`,
			`[{"points":20,"text":"names a product, which you use","touches":"product"},{"points":15,"text":"lists indicators, most of them written defanged"},{"points":9,"text":"is new"}]`, at, at, 2, 0)
	}
	w.add("members (story, ref, revision, joined)", id, ref, revision, "both name the same domains")
	indicators := 5
	if story%longStories == 0 {
		indicators = 250
	}
	for n := range indicators {
		value := fmt.Sprintf("d%d-%d.example", story, n)
		w.add("indicators (story, kind, value, ref, revision, position, body)", id, "domain", value, ref, revision, n,
			fmt.Sprintf(`{"kind":"domain","value":%q,"raw":%q,"start":0,"end":0,"role":"indicator","confidence":90,"why":"written defanged"}`, value, value))
	}
}

const text240 = "Attackers use a flaw in gateways to run commands before anyone has logged in. The maker has a fix; gateways that were reachable " +
	"since early November should be searched for a web shell, and keys that lay on them are to be made anew, as far as anyone knows by now."

// text is 1.7 kB: words all posts have, a common one in every third, many of
// some frequency, few of none other.
func (w *writer) text(i int) string {
	var text strings.Builder
	text.WriteString("plain words ")
	if i%3 == 0 {
		text.WriteString("by attackers ")
	}
	if i%499 == 0 {
		text.WriteString("は脆弱性を悪用しています ")
	}
	fmt.Fprintf(&text, "only%d ", i)
	for text.Len() < 1700 {
		fmt.Fprintf(&text, "w%x ", int(float64(uint32(1)<<20)*w.random.Float64()*w.random.Float64()*w.random.Float64()*w.random.Float64()))
	}
	return text.String()
}
