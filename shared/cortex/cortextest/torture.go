package cortextest

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// Torture gives a worker every bad input there is, and services that answer
// with anything, and fails the test unless each run leaves one report that
// Cortex takes, with a message that helps and without a secret. config sets
// configuration items; nil leaves what Cortex would send.
func Torture(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	require.NoError(t, w.Validate())
	for name, in := range badInputs(t, w, config) {
		t.Run("input/"+name, func(t *testing.T) {
			folder := NewFolder(t)
			in.prepare(t, folder)
			out, stderr := run(t, w, folder, refused{})
			message := AcceptFailure(t, out)
			assert.Contains(t, message, in.says)
			assert.NotContains(t, message, "panic")
			assert.Empty(t, stderr)
			withoutSecrets(t, string(out)+stderr, Secret)
		})
	}
	torturedByServices(t, w, config)
	torturedByFolder(t, w, config)
	t.Run("told to stop", func(t *testing.T) { stopped(t, w, config) })
}

// run runs a worker in a folder with a fake clock, and gives the report and
// what went to the standard error.
func run(t *testing.T, w *cortex.Worker, folder cortex.Folder, network http.RoundTripper) (out []byte, stderr string) {
	t.Helper()
	var log bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		assert.NoError(t, w.Run(t.Context(), folder, cortex.Surroundings{Stderr: &log, Getenv: noEnvironment, Transport: network}))
	})
	return Output(t, folder), log.String()
}

// stopped runs a worker that is told to stop before it begins.
func stopped(t *testing.T, w *cortex.Worker, config map[string]any) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	folder := goodFolder(t, w, config)
	require.NoError(t, w.Run(ctx, folder, cortex.Surroundings{Stderr: t.Output(), Getenv: noEnvironment, Transport: refused{}}))
	assert.Contains(t, AcceptFailure(t, Output(t, folder)), "told to stop")
}

// refused is a network on which nothing answers.
type refused struct{}

func (refused) RoundTrip(*http.Request) (*http.Response, error) { return nil, syscall.ECONNREFUSED }

// badInput is a job that can't be done.
type badInput struct {
	prepare func(t *testing.T, folder cortex.Folder)
	says    string // part of the message
}

func goodFolder(t *testing.T, w *cortex.Worker, config map[string]any) cortex.Folder {
	t.Helper()
	folder := NewFolder(t)
	WriteInput(t, folder, "input.json", encoded(t, job(w, config)))
	WriteInput(t, folder, attachment, []byte("Seen at hxxp://www.example[.]com and 198.51.100[.]7\n"))
	return folder
}

// badInputs are the ways a job can be wrong, by name.
func badInputs(t *testing.T, w *cortex.Worker, config map[string]any) map[string]badInput {
	t.Helper()
	raw := func(content string, says string) badInput {
		return badInput{says: says, prepare: func(t *testing.T, folder cortex.Folder) {
			WriteInput(t, folder, "input.json", []byte(content))
			WriteInput(t, folder, attachment, []byte("a report")) // what is wrong must be the job
		}}
	}
	with := func(says string, changes map[string]any) badInput {
		in := job(w, config)
		maps.Copy(in, changes)
		return raw(string(encoded(t, in)), says)
	}
	withConfig := func(says string, changes map[string]any) badInput {
		c := configuration(w, config)
		maps.Copy(c, changes)
		return with(says, map[string]any{"config": c})
	}
	bad := map[string]badInput{
		"no input.json":       {says: "no such file", prepare: func(*testing.T, cortex.Folder) {}},
		"a folder for a file": {says: "is a directory", prepare: mkdir("input.json")},
		"empty file":          raw("", "empty"),
		"blank file":          raw(" \n", "empty"),
		"no JSON":             raw("dataType: ip", "not valid JSON"),
		"half of JSON":        raw(string(encoded(t, job(w, config))[:40]), "not valid JSON"),
		"two documents":       raw("{}{}", "not valid JSON"),
		"a list":              raw("[]", "must be an object"),
		"null":                raw("null", "must be an object"),
		"a text":              raw(`"ip"`, "must be an object"),
		"no UTF-8":            raw("{\"data\":\"\xff\xfe\"}", "UTF-8"),
		"deep nesting":        raw(strings.Repeat("[", 20000)+strings.Repeat("]", 20000), "not valid JSON"),
		"too large":           raw(`{"data":"`+strings.Repeat("a", 30<<20)+`"}`, "larger than"),
		"no data type":        with("dataType", map[string]any{"dataType": nil}),
		"data type a number":  with("none of those", map[string]any{"dataType": 5}),
		"data type a list":    with("dataType must be", map[string]any{"dataType": []any{"ip"}}),
		"other data type":     with("none of those", map[string]any{"dataType": "no-such-type"}),
		"tlp too high":        with("tlp", map[string]any{"tlp": 5}),
		"tlp negative":        with("tlp", map[string]any{"tlp": -1}),
		"tlp a word":          with("tlp", map[string]any{"tlp": "amber"}),
		"tlp a list":          with("tlp", map[string]any{"tlp": []any{2}}),
		"pap too high":        with("pap", map[string]any{"pap": 4}),
		"pap a fraction":      with("pap", map[string]any{"pap": 1.5}),
		"message an object":   with("message", map[string]any{"message": map[string]any{}}),
		"parameters a list":   with("parameters", map[string]any{"parameters": []any{1}}),
		"config a list":       with("config", map[string]any{"config": []any{1}}),
		"config a text":       with("config", map[string]any{"config": "key=" + Secret}),
		"data empty":          with("data", map[string]any{"data": "", "file": nil}),
		"data blank":          with("data", map[string]any{"data": " \t\n", "file": nil}),
		"data null":           with("data", map[string]any{"data": nil, "file": nil}),
		"data a list":         with("data", map[string]any{"data": []any{"a"}, "file": nil}),
		"above max_tlp":       aboveTLP(w, config),
		"max_tlp a word":      withConfig("max_tlp", map[string]any{"max_tlp": "amber"}),
		"max_tlp too high":    withConfig("max_tlp", map[string]any{"max_tlp": 9}),
		"check_pap a number":  withConfig("check_pap", map[string]any{"check_pap": 7}),
		"jobTimeout a text":   withConfig("jobTimeout", map[string]any{"jobTimeout": "soon"}),
		"proxy a text":        withConfig("proxy", map[string]any{"proxy": "http://user:" + "pass@proxy.example.com"}),
	}
	for _, i := range w.Items() {
		bad["item "+i.Name+" an object"] = withConfig(i.Name, map[string]any{i.Name: map[string]any{"a": "b"}})
		if i.Required {
			bad["item "+i.Name+" missing"] = withConfig(i.Name, map[string]any{i.Name: nil})
			bad["item "+i.Name+" blank"] = withConfig(i.Name, map[string]any{i.Name: " "})
		}
	}
	if w.Kind == cortex.Analyzer && w.Accepts("file") {
		maps.Copy(bad, badFiles(w, config))
	}
	return bad
}

// aboveTLP is a job above what the admin allows.
func aboveTLP(w *cortex.Worker, config map[string]any) badInput {
	return badInput{says: "TLP:RED (4)", prepare: func(t *testing.T, folder cortex.Folder) {
		in := job(w, config)
		in["tlp"] = 4
		in["config"].(map[string]any)["max_tlp"] = 2
		WriteInput(t, folder, "input.json", encoded(t, in))
	}}
}

func mkdir(name string) func(*testing.T, cortex.Folder) {
	return func(t *testing.T, folder cortex.Folder) {
		t.Helper()
		require.NoError(t, os.Mkdir(filepath.Join(string(folder), "input", name), 0o755))
	}
}
