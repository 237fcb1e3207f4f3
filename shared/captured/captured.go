// Package captured reads exchanges that were captured from running servers,
// for tests that compare our fakes of these servers with them. The captures
// are not part of the project: they lie beside it, and without them such a
// test skips.
package captured

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Exchange is one captured request and its answer.
type Exchange struct {
	Name   string
	Method string
	Path   string
	Header map[string]string // of the request, credentials replaced by "<key>"
	Body   any               // decoded JSON; nil = none; a string may be a body that is no JSON

	Status   int
	Answered map[string]string // headers of the answer, if they were kept
	Answer   any               // decoded JSON; a string for text
}

// Load reads an exchange of a server's folder ("thehive", "misp"). It skips
// the test when the captures are not there, and fails it when only this one is
// missing.
func Load(t testing.TB, server, name string) Exchange {
	t.Helper()
	folder := filepath.Join(root(t), "..", "shared", "contracts", server)
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("no captured exchanges of %s at %s: the fake is not compared with the real one", server, folder)
	}
	raw, err := os.ReadFile(filepath.Join(folder, name+".json"))
	require.NoError(t, err)
	var file struct {
		Request struct {
			Method, Path string
			Headers      map[string]string
			Body         any
		}
		Status   int
		Response any
	}
	require.NoError(t, json.Unmarshal(raw, &file), name)
	e := Exchange{Name: name, Method: file.Request.Method, Path: file.Request.Path, Header: file.Request.Headers, Body: file.Request.Body,
		Status: file.Status, Answer: file.Response}
	if e.Status == 0 { // the other form: status and body within response
		answer, ok := file.Response.(map[string]any)
		require.True(t, ok, name)
		status, ok := answer["status"].(float64)
		require.True(t, ok, name)
		e.Status, e.Answer = int(status), answer["body"]
		headers, _ := answer["headers"].(map[string]any)
		e.Answered = map[string]string{}
		for key, value := range headers {
			e.Answered[key] = fmt.Sprint(value)
		}
	}
	return e
}

// root is the folder of the module.
func root(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	require.NoError(t, err)
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		up := filepath.Dir(folder)
		require.NotEqual(t, folder, up, "no go.mod above the test")
		folder = up
	}
}

// Differences tells where the shapes of two JSON values differ: keys that only
// one has, and values of different types. Null fits every type, and so does an
// absent list an empty one. Lists are compared by what their elements have
// together, since their order and number are data. Paths in ignore, as
// "artifacts[].stats", are left out.
func Differences(want, got any, ignore ...string) []string {
	c := comparison{ignore: ignore}
	c.compare("", want, got)
	return c.found
}

type comparison struct {
	ignore []string
	found  []string
}

func (c *comparison) compare(path string, want, got any) {
	if slices.Contains(c.ignore, path) || want == nil || got == nil {
		return
	}
	switch want := want.(type) {
	case map[string]any:
		held, ok := got.(map[string]any)
		if !ok {
			c.add(path, "an object", got)
			return
		}
		c.objects(path, want, held)
	case []any:
		held, ok := got.([]any)
		if !ok {
			c.add(path, "a list", got)
			return
		}
		if len(want) > 0 && len(held) > 0 {
			c.compare(path+"[]", merged(want), merged(held))
		}
	default:
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
			c.add(path, fmt.Sprintf("%T", want), got)
		}
	}
}

func (c *comparison) add(path, want string, got any) {
	c.found = append(c.found, fmt.Sprintf("%s: want %s, got %T %v", path, want, got, got))
}

func (c *comparison) objects(path string, want, got map[string]any) {
	for _, key := range slices.Sorted(maps.Keys(want)) {
		inner := strings.TrimPrefix(path+"."+key, ".")
		if _, ok := got[key]; !ok && !slices.Contains(c.ignore, inner) {
			c.found = append(c.found, inner+": missing")
			continue
		}
		c.compare(inner, want[key], got[key])
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		inner := strings.TrimPrefix(path+"."+key, ".")
		if _, ok := want[key]; !ok && !slices.Contains(c.ignore, inner) {
			c.found = append(c.found, inner+": the real one has none")
		}
	}
}

// merged is one value with all keys that a list's objects have; of a list of
// others, the first.
func merged(list []any) any {
	all := map[string]any{}
	for _, one := range list {
		object, ok := one.(map[string]any)
		if !ok {
			return list[0]
		}
		for key, value := range object {
			if all[key] == nil {
				all[key] = value
			}
		}
	}
	return all
}
