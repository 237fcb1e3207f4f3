package strictyaml_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/strictyaml"
)

type form struct {
	Name  string        `yaml:"name"`
	Count int           `yaml:"count"`
	Every time.Duration `yaml:"every"`
	On    bool          `yaml:"on"`
	List  []inner       `yaml:"list"`
}

type inner struct {
	Key string `yaml:"key"`
}

func TestDecode(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"all well":           {"name: x\ncount: 3\nevery: 5m\non: true\nlist: [{key: a}]\n", ""},
		"empty":              {"", ""},
		"only comments":      {"# nothing\n", ""},
		"unknown key":        {"name: x\ncolour: y\n", `f.yaml:2: unknown key "colour"`},
		"misspelt key":       {"name: x\nnmae: y\n", `f.yaml:2: unknown key "nmae": is it "name" that is meant?`},
		"a key of elsewhere": {"key: y\n", `f.yaml:1: unknown key "key"`},
		"misspelt, long":     {"averry: 5m\n", `f.yaml:1: unknown key "averry": is it "every" that is meant?`},
		"two unknown keys":   {"a: 1\nb: 2\n", "f.yaml:1: unknown key \"a\"\nf.yaml:2: unknown key \"b\""},
		"unknown key below":  {"list:\n- {key: a}\n- {kye: b}\n", `f.yaml:3: unknown key "kye": is it "key" that is meant?`},
		"number":             {"count: many\n", `f.yaml:1: expected a whole number, got "many"`},
		"duration":           {"\nevery: 5 minutes\n", `f.yaml:2: expected a duration such as 30m or 72h, got "5 minutes"`},
		"truth":              {"on: perhaps\n", `f.yaml:1: expected true or false, got "perhaps"`},
		"text":               {"name: {secret: x}\n", "f.yaml:1: expected a text"},
		"list":               {"list: s3cret\n", "f.yaml:1: expected a list"},
		"keys":               {"list: [s3cret]\n", "f.yaml:1: expected keys with values"},
		"empty item":         {"list:\n- {key: a}\n-\n", "f.yaml:3: an empty list item: write what belongs there, or remove the dash"},
		"the same key again": {"name: x\nname: y\n", `f.yaml:2: mapping key "name" already defined at line 1`},
		"two documents":      {"name: x\n---\nname: y\n", "f.yaml: more than one YAML document: keep the first and drop what follows its '---'"},
		"no YAML":            {"name: x\n\tcount: 1\n", "f.yaml:2: found a tab character that violates indentation"},
		"too long":           {"# " + strings.Repeat("x", 4<<20), "f.yaml: 4194306 bytes: a file may have 4194304"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := strictyaml.Decode("f.yaml", []byte(c.text), &form{})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			assert.EqualError(t, err, c.want)
		})
	}
}

func TestErrorf(t *testing.T) {
	doc, err := strictyaml.Decode("f.yaml", []byte("# comment\nname: x\nlist:\n- key: a\n- key: b\n"), &form{})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		path []any
		want string
	}{
		"the file":            {nil, "f.yaml:2: no"},
		"a value":             {[]any{"name"}, "f.yaml:2: no"},
		"a value in a list":   {[]any{"list", 1, "key"}, "f.yaml:5: no"},
		"a value that is not": {[]any{"list", 0, "other"}, "f.yaml:4: no"},
		"an item that is not": {[]any{"list", 7}, "f.yaml:4: no"},
		"a path through text": {[]any{"name", "x", 1}, "f.yaml:2: no"},
	} {
		t.Run(name, func(t *testing.T) { assert.EqualError(t, doc.Errorf(c.path, "no"), c.want) })
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("name: x\nlist: [{key: a}]\n"))
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := strictyaml.Decode("f.yaml", data, &form{}); err != nil && !strings.HasPrefix(err.Error(), "f.yaml:") {
			t.Fatalf("no file name: %v", err)
		}
	})
}
