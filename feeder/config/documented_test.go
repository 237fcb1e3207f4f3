package config

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"github.com/kelseyhightower/envconfig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("waggle.example.yaml")
	require.NoError(t, err)
	return string(text)
}

// TestEveryVariableIsInTheExample wants each variable of the environment named
// there; that a secret may also come from a file is said once for all.
func TestEveryVariableIsInTheExample(t *testing.T) {
	text := example(t)
	var names strings.Builder
	list := template.Must(template.New("names").Funcs(template.FuncMap{"key": func(v any) string {
		return reflect.ValueOf(v).FieldByName("Key").String()
	}}).Parse("{{range .}}{{key .}}\n{{end}}"))
	require.NoError(t, envconfig.Usaget(prefix, &environment{}, &names, list))
	require.NotEmpty(t, strings.Fields(names.String()))
	for _, name := range strings.Fields(names.String()) {
		assert.Regexp(t, `\b`+strings.TrimSuffix(name, "_FILE")+`\b`, text)
	}
}

// TestEveryKeyIsInTheExample wants each key of the file there, as a value or
// behind a '#'. The keys of sources have a test beside their kinds.
func TestEveryKeyIsInTheExample(t *testing.T) {
	text := example(t)
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for field := range of.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			if name != "" {
				assert.Regexp(t, `(?m)(^|[ #;])`+name+`:`, text)
			}
			if field.Type.Kind() == reflect.Struct {
				walk(field.Type)
			}
		}
	}
	walk(reflect.TypeFor[file]())
}
