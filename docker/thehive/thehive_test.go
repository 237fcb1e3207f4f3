package thehive_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/docker/setup/thehive"
	files "github.com/waggle-cti/waggle/docker/thehive"
)

// object is a JSON object.
type object = map[string]any

// contracts is the folder of what was captured from running servers.
func contracts(t *testing.T, path ...string) []byte {
	t.Helper()
	name := filepath.Join(append([]string{"..", "..", "..", "shared", "contracts"}, path...)...)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skipf("no captured answers at %s: the fields are not compared with a real TheHive's", name)
	}
	return data
}

// described gives the fields of each entity that a TheHive 4.1.24 told of
// itself, and the custom fields that our set-up makes in the place of its own.
func described(t *testing.T) map[string]map[string]string {
	t.Helper()
	var all map[string]struct {
		Attributes []struct{ Name, Type string }
	}
	require.NoError(t, json.Unmarshal(contracts(t, "thehive", "describe_v0_all.json"), &all))
	out := map[string]map[string]string{}
	for entity, e := range all {
		out[entity] = map[string]string{}
		for _, a := range e.Attributes {
			if !strings.HasPrefix(a.Name, "customFields.") {
				out[entity][a.Name] = a.Type
			}
		}
	}
	for _, entity := range []string{"alert", "case"} {
		for _, f := range thehive.CustomFields() {
			out[entity]["customFields."+f.Name] = f.Type
		}
	}
	// TheHive 4.1 describes these two, and finds nothing by them: it stores them under
	// other names (connector/cortex/models/Action.scala).
	delete(out["action"], "responderName")
	delete(out["action"], "responderId")
	return out
}

func dashboards(t *testing.T) []thehive.Dashboard {
	t.Helper()
	all, err := files.Read[thehive.Dashboard]("dashboards")
	require.NoError(t, err)
	require.Len(t, all, 3)
	return all
}

type definition struct {
	Period string
	Items  []struct {
		Type  string
		Items []widget
	}
}

type widget struct {
	Type, ID string
	Options  object
}

func defined(t *testing.T, d thehive.Dashboard) definition {
	t.Helper()
	require.Equal(t, byte('{'), d.Definition[0], "an object in the file")
	var out definition
	require.NoError(t, json.Unmarshal(d.Definition, &out))
	return out
}

// TestDashboardsAreOfTheFormThatThePageDraws follows what was seen in the page
// of a TheHive 4.1.24: containers only, up to four widgets in each.
func TestDashboardsAreOfTheFormThatThePageDraws(t *testing.T) {
	ids := map[string]bool{}
	for _, d := range dashboards(t) {
		t.Run(d.Title, func(t *testing.T) {
			assert.Equal(t, "Shared", d.Status)
			made := defined(t, d)
			assert.Contains(t, []string{"all", "last3Months", "last30Days", "last7Days"}, made.Period)
			for _, c := range made.Items {
				assert.Equal(t, "container", c.Type)
				assert.LessOrEqual(t, len(c.Items), 4)
				assert.NotEmpty(t, c.Items)
				for _, w := range c.Items {
					assert.False(t, ids[w.ID], "%s is there twice", w.ID)
					ids[w.ID] = true
					assert.NotEmpty(t, w.Options["title"])
					assert.Contains(t, needed(), w.Type)
					for _, key := range needed()[w.Type] {
						assert.Contains(t, w.Options, key, w.ID)
					}
				}
			}
		})
	}
}

// needed are the options that the page's directives read, by type of widget.
func needed() map[string][]string {
	return map[string][]string{
		"counter": {"entity", "query", "filters", "series"}, "donut": {"entity", "field", "query", "names", "colors"},
		"bar": {"entity", "dateField", "field", "interval", "query"}, "line": {"entity", "field", "interval", "series", "query"},
		"multiline": {"interval", "series"},
	}
}

// TestEachFieldExists: a widget on a field that TheHive lacks hangs for ever.
func TestEachFieldExists(t *testing.T) {
	fields := described(t)
	for _, d := range dashboards(t) {
		for _, c := range defined(t, d).Items {
			for _, w := range c.Items {
				t.Run(d.Title+"/"+w.ID, func(t *testing.T) { checkWidget(t, fields, w) })
			}
		}
	}
}

func checkWidget(t *testing.T, fields map[string]map[string]string, w widget) {
	entity, _ := w.Options["entity"].(string)
	check := fieldChecker(t, fields)
	check(entity, w.Options)
	series, _ := w.Options["series"].([]any)
	for _, one := range series {
		s, ok := one.(object)
		require.True(t, ok)
		of := entity
		if own, ok := s["entity"].(string); ok {
			of = own
		}
		assert.Contains(t, []string{"count", "sum", "avg", "min", "max"}, s["agg"])
		if s["agg"] != "count" {
			name, _ := s["field"].(string)
			assert.Contains(t, []string{"number", "integer", "float"}, fields[of][name], "only numbers can be summed")
		}
		check(of, s)
	}
}

// fieldChecker checks every field that options name, in the query and in the
// filters as well, and that the two name the same.
func fieldChecker(t *testing.T, fields map[string]map[string]string) func(entity string, options object) {
	return func(entity string, options object) {
		named := fieldsOf(options["query"])
		var filtered []string
		filters, _ := options["filters"].([]any)
		for _, f := range filters {
			one, _ := f.(object)
			name, _ := one["field"].(string)
			filtered = append(filtered, name)
		}
		slices.Sort(named)
		slices.Sort(filtered)
		named, filtered = slices.Compact(named), slices.Compact(filtered)
		assert.Equal(t, named, filtered, "what runs, and what the editor shows")
		for _, key := range []string{"field", "dateField"} {
			if name, ok := options[key].(string); ok {
				named = append(named, name)
			}
			if name, ok := options[key].(string); ok && key == "dateField" {
				assert.Equal(t, "date", fields[entity][name])
			}
		}
		if len(named) == 0 {
			return
		}
		require.Contains(t, fields, entity)
		for _, name := range named {
			assert.Contains(t, fields[entity], name)
		}
	}
}

// fieldsOf are the fields that a query names.
func fieldsOf(query any) []string {
	var out []string
	switch q := query.(type) {
	case object:
		if name, ok := q["_field"].(string); ok {
			out = append(out, name)
		}
		for _, inner := range q {
			out = append(out, fieldsOf(inner)...)
		}
	case []any:
		for _, inner := range q {
			out = append(out, fieldsOf(inner)...)
		}
	}
	return out
}

// TestDashboardOfTheHive5 compares what none of us has run with a dashboard of
// TheHive 5.7: only options and kinds of widgets that are there are used.
func TestDashboardOfTheHive5(t *testing.T) {
	var sample, ours struct {
		Definition definition
		Status     string
	}
	data, err := os.ReadFile("dashboards-thehive5/threats.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &ours))
	require.NoError(t, json.Unmarshal(contracts(t, "thehive5", "dashboard_sample.json"), &sample))
	kinds, options, fields := map[string]bool{}, map[string]bool{}, map[string]bool{}
	gather := func(d definition, see func(kind, option, field string)) {
		for _, c := range d.Items {
			for _, w := range c.Items {
				see(w.Type, "", "")
				walk(w.Options, func(key string, value any) {
					name, _ := value.(string)
					if key != "field" {
						name = ""
					}
					see("", key, name)
				})
			}
		}
	}
	gather(sample.Definition, func(k, o, f string) { kinds[k], options[o], fields[f] = true, true, true })
	gather(ours.Definition, func(k, o, f string) {
		assert.True(t, kinds[k], "type %s", k)
		assert.True(t, options[o] || o == "interval", "option %s", o)
		assert.True(t, fields[f], "field %s", f)
	})
}

// walk visits all keys of a JSON value.
func walk(v any, visit func(key string, value any)) {
	switch v := v.(type) {
	case object:
		for key, inner := range v {
			visit(key, inner)
			walk(inner, visit)
		}
	case []any:
		for _, inner := range v {
			walk(inner, visit)
		}
	}
}

func TestCaseTemplates(t *testing.T) {
	all, err := files.Read[thehive.CaseTemplate]("case-templates")
	require.NoError(t, err)
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
		assert.NotEmpty(t, c.Tasks)
		assert.True(t, c.Severity >= 1 && c.Severity <= 4, c.Name)
		for _, task := range c.Tasks {
			assert.NotEmpty(t, task.Title)
			assert.NotEmpty(t, task.Description)
		}
	}
	assert.Equal(t, []string{"Phishing", "Ransomware", "Vulnerability"}, names)
}
