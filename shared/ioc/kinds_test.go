package ioc_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/cortex/cortextest"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// TestEveryKind holds that no kind lacks a row, and that what the row says is so.
func TestEveryKind(t *testing.T) {
	assert.ElementsMatch(t, constants(t), ioc.Kinds(), "the constants of kind.go have a row each in kinds.go")
	for _, k := range ioc.Kinds() {
		t.Run(string(k), func(t *testing.T) {
			example, label := k.Example()
			var read []string
			text := label + example + "\nlogsource:\n" // without which a title is no Sigma rule's
			for _, i := range ioc.Find(text, ioc.Options{}) {
				read = append(read, string(i.Kind)+" "+i.Value)
			}
			assert.Contains(t, read, string(k)+" "+example)
			if label == "" {
				p, ok := ioc.Parse(example)
				require.True(t, ok, "the example is no value by itself, and has no label")
				assert.Equal(t, k, p.Kind)
				assert.Equal(t, example, p.Value)
			}
			one, many := k.Names()
			assert.NotEmpty(t, one)
			assert.NotEmpty(t, many)
			assert.NotEmpty(t, k.TheHive(example))
			typ, category := k.MISP(example)
			assert.NotEmpty(t, typ)
			assert.NotEmpty(t, category)
		})
	}
}

// constants reads the kinds that kind.go declares.
func constants(t *testing.T) (kinds []ioc.Kind) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "kind.go", nil, 0)
	require.NoError(t, err)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); !ok || typ.Name != "Kind" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		require.NoError(t, err)
		kinds = append(kinds, ioc.Kind(text))
		return true
	})
	return kinds
}

// Where the table of kinds stands in README.md.
const (
	kindsBegin = "<!-- kinds: made by make catalog -->\n"
	kindsEnd   = "<!-- end of kinds -->\n"
)

// TestCatalog holds the table in README.md up to date; -update writes it.
func TestCatalog(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, rest, begun := strings.Cut(string(readme), kindsBegin)
	_, after, ended := strings.Cut(rest, kindsEnd)
	require.True(t, begun && ended, "README.md lacks the lines %q and %q", kindsBegin, kindsEnd)
	table := "| kind | what it is | example | TheHive | MISP |\n|---|---|---|---|---|\n"
	for _, k := range ioc.Kinds() {
		one, _ := k.Names()
		example, label := k.Example()
		typ, category := k.MISP(example)
		table += fmt.Sprintf("| `%s` | %s | %s`%s` | `%s` | `%s`, %s |\n", k, one, shown(label), shortened(example), k.TheHive(example), typ, category)
	}
	cortextest.Made(t, "README.md", []byte(before+kindsBegin+table+kindsEnd+after))
}

// shown sets a label in italics.
func shown(label string) string {
	if label == "" {
		return ""
	}
	return "*" + strings.TrimSpace(label) + "* "
}

// shortened keeps a value's begin and end where it is long.
func shortened(value string) string {
	if len(value) <= 44 {
		return value
	}
	return value[:20] + "…" + value[len(value)-8:]
}
