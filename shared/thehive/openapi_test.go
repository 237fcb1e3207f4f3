package thehive_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/shared/thehive"
	"github.com/waggle-cti/waggle/shared/thehive/thehivetest"
)

// schema is as much of an OpenAPI schema as the tests look at.
type schema struct {
	Required   []string
	Properties map[string]schema
	MaxLength  int `yaml:"maxLength"`
}

// openAPI reads TheHive 5's published schemas, which lie beside the project; it
// skips the test where they do not.
func openAPI(t *testing.T) map[string]schema {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "contracts", "thehive5", "openapi.yaml")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("no OpenAPI of TheHive 5 at %s: requests are not compared with it", path)
	}
	var document struct {
		Components struct{ Schemas map[string]schema }
	}
	require.NoError(t, yaml.Unmarshal(raw, &document))
	return document.Components.Schemas
}

// TestAsTheHive5Wants: every field that is sent to TheHive 5 is one of its
// OpenAPI, no text is longer than it says, and the fake's answers have what it
// requires.
func TestAsTheHive5Wants(t *testing.T) {
	schemas := openAPI(t)
	server := thehivetest.Start(t, thehivetest.Options{Version: "5.7.3-1", Fields: map[string]string{"waggle-score": "integer"}})
	c := client(t, server.URL)
	a := story()
	a.Title, a.Description = strings.Repeat("ü", 9000), strings.Repeat("x", 2<<20)
	a.Source, a.SourceRef, a.Type, a.ExternalLink = strings.Repeat("s", 90), strings.Repeat("r", 900), strings.Repeat("t", 90), "https://"+strings.Repeat("l", 9000)
	a.Observables = append(a.Observables, many(250)...)
	created, err := c.CreateAlert(context.Background(), a)
	require.NoError(t, err)
	title, tlp := "T", 4
	require.NoError(t, c.UpdateAlert(context.Background(), created.ID, thehive.AlertPatch{Title: &title, TLP: &tlp, Tags: []string{"a"}, Fields: map[string]any{"waggle-score": 1}}))
	require.NoError(t, c.KeepAlertFile(context.Background(), created.ID, list("1")))

	in := server.AddCase(thehive.Case{Title: "T"}, nil)
	_, _, _, err = c.AddCaseObservables(context.Background(), in, many(2))
	require.NoError(t, err)
	require.NoError(t, c.UpdateCase(context.Background(), in, thehive.CasePatch{Tags: []string{"a"}, Fields: map[string]any{"waggle-score": 1}}))

	checked := 0
	for _, r := range server.Requests() {
		raw := r.Body
		if form, ok := bytes.CutPrefix(raw, []byte("--")); ok { // multipart/form-data, whose first part is "_json"
			begin, end := bytes.IndexByte(form, '{'), bytes.IndexByte(form, '}')
			raw = form[begin : end+1]
		}
		var body map[string]any
		if json.Unmarshal(raw, &body) != nil {
			continue
		}
		switch {
		case r.Method == "PATCH" && strings.HasPrefix(r.Path, "/api/v1/case/"):
			fits(t, schemas["InputUpdateCase"], body)
		case r.Method == "PATCH":
			fits(t, schemas["InputUpdateAlert"], body)
		case strings.HasSuffix(r.Path, "/observable"):
			fits(t, schemas["InputCreateObservable"], body)
		case r.Path == "/api/v1/alert":
			fits(t, schemas["InputCreateAlert"], body)
			observables, _ := body["observables"].([]any)
			require.Len(t, observables, 200)
			for _, o := range observables {
				one, _ := o.(map[string]any)
				fits(t, schemas["InputCreateObservable"], one)
			}
		default:
			continue
		}
		checked++
	}
	assert.Equal(t, 6, checked)
	requires(t, server, schemas["OutputAlert"], "/api/v1/query", `{"query":[{"_name":"listAlert"}]}`)
	requires(t, server, schemas["OutputObservable"], "/api/v1/query", fmt.Sprintf(`{"query":[{"_name":"getAlert","idOrName":%q},{"_name":"observables"}]}`, created.ID))
	requires(t, server, schemas["OutputObservableType"], "/api/v1/query", `{"query":[{"_name":"listObservableType"}]}`)
}

func fits(t *testing.T, s schema, body map[string]any) {
	t.Helper()
	require.NotEmpty(t, s.Properties)
	for _, name := range s.Required {
		assert.Contains(t, body, name)
	}
	for name, value := range body {
		property, ok := s.Properties[name]
		assert.True(t, ok, "no property %s", name)
		if text, is := value.(string); is && property.MaxLength > 0 {
			assert.LessOrEqual(t, utf8.RuneCountInString(text), property.MaxLength, name)
		}
	}
}

// requires looks whether the fake's answer to a query has what the schema
// requires, and nothing that it does not know.
func requires(t *testing.T, server *thehivetest.Server, s schema, path, query string) {
	t.Helper()
	var rows []map[string]any
	require.NoError(t, json.Unmarshal(post(t, server.URL+path, query), &rows))
	require.NotEmpty(t, rows)
	for _, name := range s.Required {
		assert.Contains(t, rows[0], name)
	}
	for name := range rows[0] {
		assert.Contains(t, s.Properties, name)
	}
}
