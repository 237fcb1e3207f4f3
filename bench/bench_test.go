package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/ioc"
)

func TestEveryPeerIsPinnedAndHasAnAdapter(t *testing.T) {
	e, err := newEnvironment(t.TempDir(), "python3", "requirements.txt")
	require.NoError(t, err)
	adapters, err := os.ReadFile("peers.py")
	require.NoError(t, err)
	for _, peer := range peers {
		assert.Contains(t, e.pinned, peer)
		assert.Contains(t, string(adapters), `    "`+peer+`": `)
		for _, p := range also[peer] {
			assert.Contains(t, e.pinned, p, "needed by %s", peer)
		}
	}
}

func TestPinsAreExact(t *testing.T) {
	file := filepath.Join(t.TempDir(), "requirements.txt")
	for name, c := range map[string]struct {
		text string
		want map[string]string
	}{
		"comments and blank lines": {"# a\n\nx==1.2 # why\n", map[string]string{"x": "1.2"}},
		"a range is none":          {"x>=1\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(file, []byte(c.text), 0o600))
			e, err := newEnvironment("", "", file)
			if c.want == nil {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, e.pinned)
		})
	}
}

func TestScorersAnswer(t *testing.T) {
	s, err := parseScore([]byte(`{"ip":{"F1":1},"ALL":{"gold":2,"tp":1,"wrong":3,"ref":4,"P":0.25,"PA":0.125,"R":0.5,"F1":null},"docs":7}`))
	require.NoError(t, err)
	assert.Equal(t, 3, s.Wrong)
	assert.Equal(t, 4, s.Ref)
	assert.Equal(t, ".250", ratio(s.P))
	assert.Equal(t, "–", ratio(s.F1))
	for name, answer := range map[string]string{"no JSON": "Traceback", "no sum": `{"ip":{}}`} {
		t.Run(name, func(t *testing.T) {
			_, err := parseScore([]byte(answer))
			require.Error(t, err)
		})
	}
}

// TestMain lets the test program play peers.py: asked by the environment, it
// answers every request with what that says, or never.
func TestMain(m *testing.M) {
	switch os.Getenv("BENCH_FAKE_PEER") {
	case "eats": // some memory
		memory := bytes.Repeat([]byte{1}, 32<<20)
		runtime.KeepAlive(memory)
		os.Exit(0)
	case "itself":
		main()
		os.Exit(0)
	case "":
		os.Exit(m.Run())
	case "silent":
		time.Sleep(time.Hour) // killed long before
	case "gone":
		os.Stderr.WriteString("Traceback\nImportError: no such module\n")
		os.Exit(1)
	case "talks":
		os.Stdout.WriteString("hello\n")
		time.Sleep(time.Hour)
	default:
		for in := json.NewDecoder(os.Stdin); ; {
			var r map[string]any
			if in.Decode(&r) != nil {
				os.Exit(0)
			}
			os.Stdout.WriteString(os.Getenv("BENCH_FAKE_PEER") + "\n")
		}
	}
}

func TestWorker(t *testing.T) {
	for name, c := range map[string]struct {
		peer  string
		limit time.Duration
		want  cost
		err   string
	}{
		"answers": {`{"seconds":1.5,"cpu":1,"values":3,"failed":2,"error":"E"}`, time.Minute,
			cost{wall: 1500 * time.Millisecond, cpu: time.Second, failed: 2, cause: "E"}, ""},
		"does not start":        {"gone", time.Minute, cost{}, "ImportError: no such module"},
		"prints something else": {"talks", time.Minute, cost{}, `answered "hello"`},
		"too slow":              {"silent", time.Millisecond, cost{}, errSlow.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BENCH_FAKE_PEER", c.peer)
			w, err := start(context.Background(), "peer", os.Args[0])
			require.NoError(t, err)
			defer w.close()
			got, err := w.pass(c.limit)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

// fixed is a tool that takes a fixed time.
type fixed struct {
	called string
	cost   cost
	err    error
}

func (f fixed) name() string                     { return f.called }
func (f fixed) read(string) error                { return nil }
func (f fixed) write(string) (cost, error)       { return f.cost, f.err }
func (f fixed) pass(time.Duration) (cost, error) { return f.cost, f.err }
func (f fixed) close()                           {}

func TestSpeedTable(t *testing.T) {
	takes := func(d time.Duration) cost { return cost{wall: d, cpu: d} }
	racers := []racer{
		{tool: fixed{called: "Waggle", cost: takes(10 * time.Millisecond)}, bytes: 1e6},
		{tool: fixed{called: "quick", cost: takes(time.Second)}, bytes: 1e6},
		{tool: fixed{called: "slow", cost: takes(10 * time.Second)}, bytes: 1e6, few: true},
		{tool: fixed{called: "broken", err: errSlow}, bytes: 1e6},
	}
	for i := range racers {
		racers[i].turn()
	}
	got := speedTable(racers)
	assert.Equal(t, [][]string{
		{"Waggle", "100", "100", ""},
		{"quick", "1.0", "1.0", "100×"},
		{"slow *", "0.1", "0.1", "1000×"},
		{"broken", "failed", "", ""},
	}, got.rows)
	assert.Contains(t, got.notes, "Waggle reads 100 times as fast as the fastest peer, quick.")
}

func TestHostileRowStopsAtTheFirstThatTakesTooLong(t *testing.T) {
	assert.Equal(t, []string{"> 20 s", "–", "> 20 s"}, hostileRow(fixed{err: errSlow}, []string{"a", "b"}))
	assert.Equal(t, []string{"1.0", "1.0", "1.0"}, hostileRow(fixed{cost: cost{wall: time.Second, cpu: time.Second}}, []string{"a", "b"}))
}

func TestGeneratedReportsHoldIndicators(t *testing.T) {
	docs := reports(2)
	require.Len(t, docs, 2)
	assert.NotEqual(t, docs[0].Text, docs[1].Text)
	assert.Equal(t, docs, reports(2), "the same in every run")
	kinds := map[ioc.Kind]int{}
	for _, i := range ioc.Find(docs[0].Text, ioc.Options{}) {
		if i.Role == ioc.Attack {
			kinds[i.Kind]++
		}
	}
	for _, k := range []ioc.Kind{ioc.Domain, ioc.URL, ioc.IP, ioc.MD5, ioc.SHA256} {
		assert.GreaterOrEqual(t, kinds[k], 10, k)
	}
}

func TestHostileTextsAreAllOfOneLength(t *testing.T) {
	for _, u := range units {
		text := hostile(u, 1000)
		assert.Len(t, text, 1000)
		assert.True(t, strings.HasPrefix(text, u))
	}
}

func TestNoCorpusIsSaidAndNoError(t *testing.T) {
	b := &bench{corpus: filepath.Join(t.TempDir(), "none")}
	got, err := b.accuracy()
	require.NoError(t, err)
	assert.Empty(t, got.rows)
	assert.Contains(t, got.notes[0], "Not measured")
}

func TestPredictionsOfTheSameDocumentsStand(t *testing.T) {
	t.Chdir("..") // where bench runs
	b := &bench{dir: t.TempDir()}
	docs := filepath.Join(b.dir, "docs.jsonl")
	require.NoError(t, os.MkdirAll(filepath.Join(b.dir, "peers", "peer"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(b.dir, "peers", "peer", installed), []byte("peer==1"), 0o600))
	test, err := os.Executable()
	require.NoError(t, err)

	predict := func(t *testing.T, says, text string) cost {
		t.Setenv("BENCH_FAKE_PEER", says)
		require.NoError(t, writeDocuments(docs, []document{{"a", text}}))
		w, err := start(context.Background(), "peer", test)
		require.NoError(t, err)
		defer w.close()
		c, err := b.predict(w, docs)
		require.NoError(t, err)
		return c
	}
	first, second := `{"failed":1,"error":"first"}`, `{"failed":2,"error":"second"}`
	assert.Equal(t, "first", predict(t, first, "text").cause)
	assert.Equal(t, cost{failed: 1, cause: "first"}, predict(t, second, "text"), "asked once")
	assert.Equal(t, "second", predict(t, second, "other text").cause)
}

func TestPeakIsThatOfTheCommandAlone(t *testing.T) {
	big := bytes.Repeat([]byte{1}, 128<<20) // of the parent
	t.Setenv("BENCH_FAKE_PEER", "itself")
	u, err := peak(context.Background(), os.DevNull, "env", "BENCH_FAKE_PEER=eats", os.Args[0])
	require.NoError(t, err)
	assert.Greater(t, u.memory, int64(32<<20))
	assert.Less(t, u.memory, int64(len(big)))
	assert.Positive(t, u.cpu)
	runtime.KeepAlive(big)

	_, err = peak(context.Background(), os.DevNull, "false")
	require.Error(t, err)
}
