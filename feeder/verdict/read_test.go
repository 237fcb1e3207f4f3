package verdict_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/verdict"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func TestReadSettings(t *testing.T) {
	below, err := verdict.Read("base.yaml", []byte("verdicts: {weights: {\"A*\": 1, B: 3}, severity: {min: medium, max: high}}"), verdict.Settings{})
	require.NoError(t, err)
	got, err := verdict.Read("p.yaml", []byte("name: x\nproducts: []\nverdicts: {weights: {\"A*\": 5}, severity: {max: critical}}"), below)
	require.NoError(t, err)
	assert.Equal(t, verdict.Settings{Weights: map[string]int{"A*": 5, "B": 3}, Severity: verdict.Bounds{Min: waggle.Medium, Max: waggle.Critical}}, got)
	assert.Equal(t, 1, below.Weights["A*"], "what it builds on stays")
}

func TestWrongSettingsSayTheLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"unknown key":    {"verdicts:\n  wieghts: {}", `p.yaml:2: unknown key "wieghts"`},
		"too heavy":      {"verdicts:\n  weights:\n    A: 6", "p.yaml:3: a weight is between 0 (not heard) and 5, got 6"},
		"no number":      {"verdicts:\n  weights:\n    A: much", `p.yaml:3: expected a whole number, got "much"`},
		"no pattern":     {"verdicts:\n  weights:\n    \"[\": 1", `p.yaml:3: "[" is no pattern of analyzers' names: use * for any text, as in MISP*`},
		"no severity":    {"verdicts:\n  severity:\n    max: loud", `p.yaml:3: a severity is low, medium, high or critical, not "loud"`},
		"turned around":  {"verdicts:\n  severity: {min: high, max: low}", "p.yaml:2: min (high) is above max (low)"},
		"not even YAML":  {"verdicts: [", "p.yaml:1: did not find expected node content"},
		"a list instead": {"verdicts: [a]", "p.yaml:1: expected keys with values"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := verdict.Read("p.yaml", []byte(c.text), verdict.Settings{})
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// TestExampleOfTheReadmeIsRead reads the block of YAML with settings as a profile.
func TestExampleOfTheReadmeIsRead(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "README.md"))
	require.NoError(t, err)
	_, text, found := strings.Cut(string(readme), "```yaml\nverdicts:")
	require.True(t, found)
	text, _, _ = strings.Cut(text, "```")
	got, err := verdict.Read("README.md", []byte("verdicts:"+text), verdict.Settings{})
	require.NoError(t, err)
	assert.Len(t, got.Weights, 2)
	assert.Equal(t, verdict.Bounds{Min: waggle.Low, Max: waggle.High}, got.Severity)
}
