package cortextest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/cortex/recorded"
)

// Loose runs a worker over the cases of a testdata folder whose services answer
// with JSON, once for each field of an answer and each way in which a service may
// be loose about it: left out, null, "", a list, an object, a text or a number in
// its place. Each run must leave a report that Cortex takes. A field that is null
// must count as one that is not there, and a number written as text as a number.
// Fields that several cases have are tried once.
func Loose(t *testing.T, w *cortex.Worker, testdata string) {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(testdata, "*", "http.json"))
	require.NoError(t, err)
	tried := map[string]bool{}
	for _, path := range cases {
		dir := filepath.Dir(path)
		l := looseCase{worker: w, dir: dir, exchanges: exchanges(t, dir), folder: NewFolder(t)}
		if !l.succeeds(t) {
			continue
		}
		copyInput(t, dir, l.folder)
		for i, e := range l.exchanges {
			if body := decoded(e.Response.Body); body != nil && e.Response.Error == "" {
				l.tryFields(t, i, body, tried)
			}
		}
	}
}

// looseCase is a case whose answers are changed.
type looseCase struct {
	worker    *cortex.Worker
	dir       string
	exchanges []recorded.Exchange
	folder    cortex.Folder // with the case's input, of all runs
}

// succeeds tells whether the case is one of success that asks nothing by DNS:
// the fields of a refusal are another matter.
func (l looseCase) succeeds(t *testing.T) bool {
	t.Helper()
	golden, err := os.ReadFile(filepath.Join(l.dir, "output.json"))
	require.NoError(t, err)
	_, err = os.Stat(filepath.Join(l.dir, "dns.json"))
	return errors.Is(err, fs.ErrNotExist) && gjson.GetBytes(golden, "success").Bool()
}

// tryFields changes each field of an exchange's answer in turn.
func (l looseCase) tryFields(t *testing.T, exchange int, body any, tried map[string]bool) {
	t.Helper()
	asked := l.exchanges[exchange].Request
	whole := l.run(t, filepath.Base(l.dir), exchange, body)
	for _, f := range fieldsOf(body, "", func(any, bool) {}) {
		name := filepath.Base(l.dir) + strings.TrimSuffix(f.path, "/")
		key := asked.Method + hostOf(asked.URL) + f.path
		if tried[key] {
			continue
		}
		tried[key] = true
		reports := map[string]string{}
		for how, value := range f.instead() {
			f.set(value, how == "left out")
			reports[how] = l.run(t, name+" "+how, exchange, body)
		}
		f.set(f.value, false)
		assert.Equal(t, reports["left out"], reports["null"], "%s: null is not the same as left out", name)
		if text, ok := reports["number as text"]; ok {
			assert.Equal(t, whole, text, "%s: a number written as text is read as something else", name)
		}
	}
}

// hostOf is a URL up to its path.
func hostOf(url string) string {
	parts := strings.SplitAfterN(url, "/", 4)
	return strings.Join(parts[:min(3, len(parts))], "")
}

// run gives the report of a run in which an exchange has another answer. What
// the worker asks beside what was recorded is not found.
func (l looseCase) run(t *testing.T, name string, exchange int, body any) string {
	t.Helper()
	replay := newReplay(t, slices.Clone(l.exchanges))
	replay.exchanges[exchange].Response.Body = encoded(t, body)
	network := transport(func(r *http.Request) (*http.Response, error) {
		var sent []byte
		if r.Body != nil {
			sent, _ = io.ReadAll(r.Body) // a text in memory
		}
		if e, ok := replay.take(r, sent); ok {
			return e.Answer(r)
		}
		return recorded.Response{Status: http.StatusNotFound}.With(r, strings.NewReader("")), nil
	})
	var stderr bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		assert.NoError(t, l.worker.Run(t.Context(), l.folder, cortex.Surroundings{Stderr: &stderr, Getenv: noEnvironment, Transport: network}))
	})
	out := Output(t, l.folder)
	assert.Empty(t, Faults(out), "%s: Cortex or TheHive would not take the report:\n%s", name, abridge(out))
	assert.NotContains(t, gjson.GetBytes(out, "errorMessage").String(), "panic", name)
	assert.Empty(t, stderr.String(), name)
	for _, a := range gjson.GetBytes(out, "artifacts").Array() {
		assert.False(t, a.Get("data").String() == oddText && slices.Contains(strictTypes(), a.Get("dataType").String()),
			"%s: an artifact that is none: %s", name, a)
	}
	return string(out)
}

// oddText is no address, name, hash or URL.
const oddText = "x<b>&\u202e"

// strictTypes are the data types whose values have a form.
func strictTypes() []string {
	return []string{"ip", "domain", "fqdn", "url", "hash"}
}

// field is a place in an answer.
type field struct {
	path  string // members from the outside in; a list's elements are all called *
	value any
	set   func(value any, remove bool)
}

// fieldsOf gives the places in a value, of lists those in their first element.
func fieldsOf(value any, path string, set func(any, bool)) []field {
	fields := []field{{path, value, set}}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			fields = append(fields, fieldsOf(value[name], path+"/"+name, func(v any, remove bool) {
				if value[name] = v; remove {
					delete(value, name)
				}
			})...)
		}
	case []any:
		if len(value) > 0 {
			fields = append(fields, fieldsOf(value[0], path+"/*", func(v any, _ bool) { value[0] = v })...)
		}
	}
	return slices.DeleteFunc(fields, func(f field) bool { return f.path == "" })
}

// instead are the values to try in a field's place.
func (f field) instead() map[string]any {
	values := map[string]any{
		"left out": nil, "null": nil, "empty text": "", "text": oddText, "number": json.Number("-1e300"),
		"list": []any{nil, 1, oddText, []any{}, map[string]any{}}, "object": map[string]any{"a": "b"},
	}
	if number, ok := f.value.(json.Number); ok {
		values["number as text"] = number.String()
	}
	return values
}

// decoded reads an answer of JSON, nil for any other.
func decoded(body json.RawMessage) any {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) != nil {
		return nil
	}
	if _, text := value.(string); text {
		return nil
	}
	return value
}
