package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAPIIsAsDescribed asks each address that the description names, and
// holds every field of the answer against it.
func TestAPIIsAsDescribed(t *testing.T) {
	store := filled()
	o := Options{Store: store}
	var document struct {
		Paths      map[string]struct{ Get map[string]any }
		Components struct{ Schemas map[string]any }
	}
	require.NoError(t, json.Unmarshal(ask(o, "/api/openapi.json").Body.Bytes(), &document))
	var served []string
	for _, c := range (&site{}).calls() {
		served = append(served, c.Path)
	}
	var described []string
	for path := range document.Paths {
		described = append(described, path)
	}
	assert.ElementsMatch(t, served, described)

	for path, about := range document.Paths {
		t.Run(path, func(t *testing.T) {
			address := strings.NewReplacer("{id}", store.stories[0].ID, "{ref}", store.posts[1].Ref).Replace(path)
			parameters := about.Get["parameters"].([]any)
			required := url.Values{}
			for _, p := range parameters {
				if p := p.(map[string]any); p["in"] == "query" && p["required"] == true {
					required.Set(p["name"].(string), p["example"].(string))
				}
			}
			address += "?" + required.Encode()
			w := ask(o, address)
			require.Equal(t, http.StatusOK, w.Code, w.Body)
			var got any
			require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
			ok := about.Get["responses"].(map[string]any)["200"].(map[string]any)["content"].(map[string]any)["application/json"].(map[string]any)["schema"]
			fits(t, document.Components.Schemas, ok.(map[string]any), got, "$")
			for _, p := range parameters {
				if p := p.(map[string]any); p["in"] == "query" && p["required"] != true {
					code := ask(o, address+"&"+p["name"].(string)+"=").Code
					assert.Equal(t, http.StatusOK, code, "the filter %s is known", p["name"])
				}
			}
		})
	}
}

// fits holds a value against a schema.
func fits(t *testing.T, schemas, schema map[string]any, value any, at string) {
	t.Helper()
	if ref, ok := schema["$ref"].(string); ok {
		schema, ok = schemas[strings.TrimPrefix(ref, "#/components/schemas/")].(map[string]any)
		require.True(t, ok, "%s: %s is not described", at, ref)
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, field := range v {
			described, ok := properties[name].(map[string]any)
			if assert.True(t, ok, "%s.%s is not described", at, name) {
				fits(t, schemas, described, field, at+"."+name)
			}
		}
		for _, name := range schema["required"].([]any) {
			assert.Contains(t, v, name, at)
		}
	case []any:
		assert.Equal(t, "array", schema["type"], at)
		for _, one := range v {
			fits(t, schemas, schema["items"].(map[string]any), one, at+"[]")
		}
	case string:
		assert.Equal(t, "string", schema["type"], at)
	case float64:
		assert.Contains(t, []any{"integer", "number"}, schema["type"], at)
	case bool:
		assert.Equal(t, "boolean", schema["type"], at)
	}
}
