package respond

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// section gives the section "Verdicts and rules" of the feeder's README.
func section(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(text), "\n## Verdicts and rules\n")
	require.True(t, found)
	rest, _, _ = strings.Cut(rest, "\n## ")
	return rest
}

// TestEveryConditionAndActionIsDocumented wants each in the section's tables.
func TestEveryConditionAndActionIsDocumented(t *testing.T) {
	text := section(t)
	for field := range reflect.TypeFor[when]().Fields() {
		assert.Regexp(t, "(?m)^\\|.*`"+field.Tag.Get("yaml")+"`", text)
	}
	for _, name := range actions() {
		assert.Contains(t, text, "\n| `"+string(name)+"` |")
	}
}

// TestExampleOfTheReadmeIsRead reads the block of YAML with rules as a profile.
func TestExampleOfTheReadmeIsRead(t *testing.T) {
	_, text, found := strings.Cut(section(t), "```yaml\nrules:")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "```")
	r, err := Read("README.md", []byte("rules:"+text), Rules{})
	require.NoError(t, err)
	assert.Len(t, r.rules, 1)
}
