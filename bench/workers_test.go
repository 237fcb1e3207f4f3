package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// cases writes a worker's cases, files by name, and gives their folder.
func cases(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

const exchanged = `[{"request":{"url":"https://api.example.com/v1/a?key=1"},"response":{"status":200,"body":"found"}}]`

func TestPrompt(t *testing.T) {
	testdata := cases(t, map[string]string{
		"long/output.json":     `{"success":true,"full":{"a":"a long report"}}`,
		"long/http.json":       exchanged,
		"short/output.json":    `{"success":true}`,
		"refused/output.json":  `{"success":false,"errorMessage":"this is longer than any report of success"}`,
		"limited/output.json":  `{"success":true,"full":{"a":"a longer report, after a wait"}}`,
		"limited/http.json":    strings.Replace(exchanged, "200", "429", 1),
		"fails/output.json":    `{"success":false}`,
		"fails/http.json":      strings.Replace(exchanged, "200", "503", 1),
		"cut/output.json":      `{"success":false}`,
		"cut/http.json":        `[{"request":{"url":"https://api.example.com/"},"response":{"error":"timeout"}}]`,
		"nodns/output.json":    `{"success":false}`,
		"nodns/dns.json":       `[{"name":"example.com.","type":"A","rcode":"SERVFAIL"}]`,
		"unfinished/http.json": exchanged,
	})
	got, err := prompt(testdata)
	require.NoError(t, err)
	for i, dir := range got {
		got[i] = filepath.Base(dir)
	}
	assert.Equal(t, []string{"short", "long"}, got[len(got)-2:], "by the length of the report, those of success last")
	slices.Sort(got)
	assert.Equal(t, []string{"long", "refused", "short"}, got, "nothing has to be waited for")

	_, err = prompt(cases(t, map[string]string{"refused/output.json": `{"success":false}`}))
	require.ErrorContains(t, err, "no case of success")
}

func TestServices(t *testing.T) {
	exchanges, err := recorded.Exchanges(cases(t, map[string]string{"http.json": exchanged}))
	require.NoError(t, err)
	for name, c := range map[string]struct{ method, url, want string }{
		"as recorded":          {http.MethodGet, "https://api.example.com/v1/a?key=1", "found"},
		"with another query":   {http.MethodGet, "https://api.example.com/v1/a?apikey=1", "found"},
		"another path":         {http.MethodGet, "https://api.example.com/v2/a?key=1", ""},
		"another method":       {http.MethodPost, "https://api.example.com/v1/a?key=1", ""},
		"the path, of another": {http.MethodGet, "https://api.example.org/v1/a?key=1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), c.method, c.url, http.NoBody)
			require.NoError(t, err)
			for range 2 { // as often as asked
				answer, err := services(exchanges).RoundTrip(r)
				if c.want == "" {
					require.ErrorContains(t, err, "nothing is recorded")
					return
				}
				require.NoError(t, err)
				body, err := io.ReadAll(answer.Body)
				require.NoError(t, err)
				assert.Equal(t, c.want, string(body))
			}
		})
	}
}

func TestJobOfACase(t *testing.T) {
	dir := cases(t, map[string]string{
		"case/input.json": `{"dataType":"file","file":"sample.bin","config":{"key":"k","list":"{testdata}/list"}}`,
		"case/sample.bin": "content", "list": "",
	})
	j, err := newJob(filepath.Join(dir, "case"))
	require.NoError(t, err)
	defer j.close()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(j.folder, "input", name))
		require.NoError(t, err)
		return string(text)
	}
	in := gjson.Parse(read("input.json"))
	assert.Equal(t, "content", read("sample.bin"))
	assert.Equal(t, filepath.Join(dir, "list"), in.Get("config.list").String())
	assert.Equal(t, j.proxy.URL, in.Get("config.proxy_https").String())
	assert.Equal(t, []string{"k", "k"}, []string{in.Get("config.API_Key").String(), in.Get("config.api_key").String()}, "as Python analyzers call it")
	cmd := j.command(t.Context(), []string{"worker", "name"})
	assert.Equal(t, []string{"worker", "name", j.folder}, cmd.Args)
	assert.Contains(t, cmd.Env, "REQUESTS_CA_BUNDLE="+filepath.Join(j.folder, "input", "cacerts"))
	assert.Equal(t, string(j.proxy.PEM), read("cacerts"))

	require.Error(t, j.succeeded(), "there is no report")
	output := filepath.Join(j.folder, "output", "output.json")
	require.NoError(t, os.WriteFile(output, []byte(`{"success":false,"errorMessage":"no key"}`), 0o600))
	require.ErrorContains(t, j.succeeded(), "no key")
	require.NoError(t, os.WriteFile(output, []byte(`{"success":true}`), 0o600))
	require.NoError(t, j.succeeded())
	j.close()
	assert.NoDirExists(t, j.folder)
}

func TestRace(t *testing.T) {
	testdata := cases(t, map[string]string{
		"case/input.json": `{"dataType":"ip","data":"192.0.2.1","config":{}}`, "case/output.json": `{"success":true}`,
	})
	t.Setenv("BENCH_FAKE_PEER", "itself") // the bench measures memory by a process of its own
	program := filepath.Join(t.TempDir(), "worker")
	require.NoError(t, os.WriteFile(program, []byte("#!/bin/sh\nfor job; do :; done\necho '{\"success\":true}' > \"$job/output/output.json\"\n"), 0o755))
	b := &bench{ctx: context.Background(), analyzers: program}
	w := &raced{name: "worker", python: []string{program}}
	require.NoError(t, b.race(w, testdata))
	for _, s := range []spent{w.ours, w.theirs} {
		assert.Len(t, s.wall, workerRounds)
		assert.True(t, slices.IsSorted(s.wall) && slices.IsSorted(s.cpu))
		assert.Positive(t, s.memory)
	}
	b.analyzers = filepath.Join(t.TempDir(), "none")
	require.Error(t, b.race(&raced{name: "worker"}, testdata))
}

func TestRacedCells(t *testing.T) {
	took := func(wall, cpu time.Duration, memory int64) spent {
		return spent{wall: []time.Duration{wall, wall, wall}, cpu: []time.Duration{cpu, cpu, cpu}, memory: memory}
	}
	w := &raced{name: "worker", ours: took(10*time.Millisecond, 8*time.Millisecond, 15<<20)}
	alone := w.cells()
	assert.Equal(t, []string{"worker", "10.0 ms", "8.0 ms", "", "", "", ""}, alone[:7])
	assert.Empty(t, alone[8])
	w.python, w.theirs = []string{"python"}, took(300*time.Millisecond, 200*time.Millisecond, 30<<20)
	assert.Equal(t, []string{"300.0 ms", "200.0 ms", "30×", "25×"}, w.cells()[3:7])
}
