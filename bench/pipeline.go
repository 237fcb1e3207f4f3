package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The pipeline is measured on this many posts, of such lengths in bytes: long
// enough for a feeder not to look for an article behind them, and as short as
// posts are.
const (
	piped      = 200
	pipedShort = 1000
	pipedLong  = 6000
)

// patientLimit bounds what the peer takes over all of them.
const patientLimit = 10 * time.Minute

// rival is the peer that has a pipeline of its own: sources, extraction, a
// database.
const rival = "threatingestor"

// pipeline measures the feeder beside ThreatIngestor: reading alone, and all
// the way from a feed to what is stored, on one core.
func (b *bench) pipeline() (*table, error) {
	docs, err := b.pipedDocuments()
	if err != nil {
		return nil, err
	}
	t := &table{
		title: fmt.Sprintf("From a feed of %d posts to what is stored, on one core", len(docs)),
		head:  []string{"", "posts/s", "posts/s by processor time", "Waggle by processor time"},
	}
	if err := b.readingRows(t, docs); err != nil {
		return nil, err
	}
	if err := b.wholeRows(t, docs); err != nil {
		return nil, err
	}
	results, err := b.goBench("./feeder/pipeline", "^BenchmarkPosts$", "1x")
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		t.row("10,000 stored posts: read, judge, join, local story", perSecond(r.metrics["posts/s"]), perSecond(r.metrics["posts/cpu-s"]))
		t.note("The database grows by %.1f kB a post of 2 kB with five indicators.", r.metrics["bytes/post"]/1000)
	}
	t.note("The posts have %.1f kB on average. Whole: the process from start to end; less its start: without what it takes on an empty feed.", mega(size(docs))*1000/float64(len(docs)))
	t.note("ThreatIngestor fetches the feed, extracts, and writes SQLite; the feeder also judges, joins to stories and keeps the posts.")
	return t, nil
}

// pipedDocuments are the texts of the posts.
func (b *bench) pipedDocuments() ([]document, error) {
	docs, err := corpusDocuments(b.corpus, slices.Concat(sets["posts"], sets["reports"]))
	if err != nil {
		return nil, err
	}
	docs = slices.DeleteFunc(docs, func(d document) bool { return len(d.Text) < pipedShort || len(d.Text) > pipedLong })
	if len(docs) < piped {
		docs = reports(piped)
	}
	return docs[:piped], nil
}

// readingRows compares the reading of indicators in the posts.
func (b *bench) readingRows(t *table, docs []document) error {
	file := filepath.Join(b.dir, "posts.jsonl")
	if err := writeDocuments(file, docs); err != nil {
		return err
	}
	var ours float64
	for _, tool := range b.tools {
		name := tool.name()
		if name != "Waggle" && name != rival {
			continue
		}
		r := racer{tool: tool, bytes: len(docs)} // its rates are of posts then
		err := tool.read(file)
		for i := 0; i < turns && err == nil && (i == 0 || name == "Waggle"); i++ { // the peer's one turn is long enough
			var c cost
			c, err = tool.pass(patientLimit)
			r.costs = append(r.costs, c)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		wall, cpu := r.rate()
		if ours == 0 {
			ours = cpu
			t.row("reading: Waggle", perSecond(wall), perSecond(cpu))
			continue
		}
		t.row("reading: ThreatIngestor", perSecond(wall), perSecond(cpu), fmt.Sprintf("%.0f×", ours/cpu))
	}
	return nil
}

// wholeRows compares the programs as they are started by hand.
func (b *bench) wholeRows(t *table, docs []document) error {
	full, empty := serveFeed(docs), serveFeed(nil)
	defer full.Close()
	defer empty.Close()
	var ours, oursNet cost
	for _, program := range []struct {
		name string
		run  func(feed string, posts int) (cost, error)
	}{{"the feeder (feeder once)", b.feederOnce}, {"ThreatIngestor", b.ingestorOnce}} {
		if program.name != "the feeder (feeder once)" && b.pythons[rival] == "" {
			t.note("%s is not measured: it is not installed.", program.name)
			continue
		}
		start, err := program.run(empty.URL, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", program.name, err)
		}
		whole, err := program.run(full.URL, len(docs))
		if err != nil {
			return fmt.Errorf("%s: %w", program.name, err)
		}
		net := cost{wall: max(whole.wall-start.wall, time.Microsecond), cpu: max(whole.cpu-start.cpu, time.Microsecond)}
		times := []string{"", ""}
		if ours.cpu == 0 {
			ours, oursNet = whole, net
		} else {
			times = []string{fmt.Sprintf("%.0f×", whole.cpu.Seconds()/ours.cpu.Seconds()), fmt.Sprintf("%.0f×", net.cpu.Seconds()/oursNet.cpu.Seconds())}
		}
		n := float64(len(docs))
		t.row("whole: "+program.name, perSecond(n/whole.wall.Seconds()), perSecond(n/whole.cpu.Seconds()), times[0])
		t.row("whole, less its start: "+program.name, perSecond(n/net.wall.Seconds()), perSecond(n/net.cpu.Seconds()), times[1])
	}
	return nil
}

// serveFeed serves the documents as an RSS feed that carries their whole text,
// the newest first, as feeds do: the peer passes over what is older than the one before.
func serveFeed(docs []document) *httptest.Server {
	var feed strings.Builder
	feed.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>posts</title><link>https://blog.example.com/</link>`)
	now := time.Now()
	for i, d := range docs {
		fmt.Fprintf(&feed, "<item><title>Report %d</title><link>https://blog.example.com/%d</link><guid>%d</guid><pubDate>%s</pubDate><content:encoded>%s</content:encoded></item>\n",
			i, i, i, now.Add(-time.Duration(i)*time.Minute).Format(time.RFC1123Z), escapedTwice.Replace(d.Text))
	}
	feed.WriteString("</channel></rss>")
	body := feed.String()
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = io.WriteString(w, body)
	}))
}

// escapedTwice makes text HTML, and that XML: lines stay lines.
var escapedTwice = strings.NewReplacer("&", "&amp;amp;", "<", "&amp;lt;", ">", "&amp;gt;", "\n", "&lt;br&gt;\n", "\x00", "")

// feederOnce runs the feeder on a feed until every post has met its fate.
func (b *bench) feederOnce(feed string, posts int) (cost, error) {
	folder, err := os.MkdirTemp(b.dir, "feeder-")
	if err != nil {
		return cost{}, err
	}
	defer os.RemoveAll(folder)
	config := filepath.Join(folder, "waggle.yaml")
	if err := os.WriteFile(config, []byte(feederConfig(feed)), 0o600); err != nil {
		return cost{}, err
	}
	cmd := exec.CommandContext(b.ctx, b.feeder, "once", "--json", "--config", config)
	out, took, err := oneCore(cmd)
	if err != nil {
		return cost{}, err
	}
	var summary struct {
		Sources []struct{ Story, Dropped int }
	}
	if err := json.Unmarshal(out, &summary); err != nil {
		return cost{}, err
	}
	done := 0
	for _, s := range summary.Sources {
		done += s.Story + s.Dropped
	}
	if done != posts {
		return cost{}, fmt.Errorf("%d of %d posts were judged: %s", done, posts, out)
	}
	return took, nil
}

// feederConfig follows feeds of this machine alone, with the data beside it.
func feederConfig(feeds ...string) string {
	var text strings.Builder
	text.WriteString("database: waggle.db\nlisten: 127.0.0.1:0\nallow_networks: [127.0.0.1]\nsources_only: true\nsources:\n")
	for i, feed := range feeds {
		fmt.Fprintf(&text, "  - {name: source-%d, kind: rss, url: %q}\n", i, feed)
	}
	return text.String()
}

// ingestorOnce runs ThreatIngestor on a feed, as its documentation configures
// one: https://inquest.readthedocs.io/projects/threatingestor/
func (b *bench) ingestorOnce(feed string, posts int) (cost, error) {
	folder, err := os.MkdirTemp(b.dir, "ingestor-")
	if err != nil {
		return cost{}, err
	}
	defer os.RemoveAll(folder)
	config := filepath.Join(folder, "config.yml")
	text := fmt.Sprintf(`general: {daemon: false, sleep: 10, state_path: %q}
sources:
  - {name: posts, module: rss, url: %q, feed_type: messy}
operators:
  - {name: database, module: sqlite, filename: %q}
`, filepath.Join(folder, "state.db"), feed, filepath.Join(folder, "artifacts.db"))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return cost{}, err
	}
	cmd := exec.CommandContext(b.ctx, filepath.Join(filepath.Dir(b.pythons[rival]), "threatingestor"), config)
	var said tail
	cmd.Stderr = &said
	_, took, err := oneCore(cmd)
	if err != nil {
		return cost{}, fmt.Errorf("%w: %s", err, lastLine(said.b))
	}
	if found := strings.Contains(string(said.b), "New artifacts: {'"); found != (posts > 0) {
		return cost{}, fmt.Errorf("of %d posts it says: %s", posts, lastLine(said.b))
	}
	return took, nil
}

// oneCore runs a command on one core, and gives its output and what it took.
func oneCore(cmd *exec.Cmd) ([]byte, cost, error) {
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1")
	begin := time.Now()
	out, err := cmd.Output()
	if err != nil && !errors.Is(err, context.Canceled) {
		return nil, cost{}, fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, stderrOf(err))
	}
	return out, cost{wall: time.Since(begin), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}, err
}

// perSecond writes a rate with as many digits as count.
func perSecond(n float64) string {
	switch {
	case n >= 100:
		return fmt.Sprintf("%.0f", n)
	case n >= 10:
		return fmt.Sprintf("%.1f", n)
	}
	return fmt.Sprintf("%.2g", n)
}
