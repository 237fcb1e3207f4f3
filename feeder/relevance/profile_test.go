package relevance_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/profiles"
	"github.com/waggle-cti/waggle/feeder/relevance"
)

func TestEveryShippedProfileLoads(t *testing.T) {
	require.NotEmpty(t, profiles.Names())
	for _, name := range profiles.Names() {
		p, err := relevance.Load(name)
		require.NoError(t, err, name)
		assert.Equal(t, name, p.Name)
		assert.NotEmpty(t, p.About)
	}
}

func TestLoadOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ours.yaml")
	require.NoError(t, os.WriteFile(path, []byte("name: ours\nminimum: 7\n"), 0o600))
	p, err := relevance.Load(path)
	require.NoError(t, err)
	assert.Equal(t, 7, p.Minimum)
}

func TestLoadOfNothing(t *testing.T) {
	_, err := relevance.Load("no-such-profile")
	assert.ErrorContains(t, err, "small-business")
	_, err = relevance.Load("./no-such-profile.yaml")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestParseSaysTheLine(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"no name":              {"about: us\n", "ours.yaml:1: a profile needs a name"},
		"unknown key":          {"name: ours\nproduct: []\n", `ours.yaml:2: unknown key "product"`},
		"unknown key below":    {"name: ours\nproducts:\n- {nmae: x}\n", `ours.yaml:3: unknown key "nmae"`},
		"minimum":              {"name: ours\nminimum: 101\n", "ours.yaml:2: minimum is a score between 0 and 100"},
		"minimum no number":    {"name: ours\nminimum: low\n", `ours.yaml:2: expected a whole number, got "low"`},
		"severity out of line": {"name: ours\nseverity: {medium: 50, high: 40, critical: 80}\n", "ours.yaml:2: severity needs"},
		"empty product":        {"name: ours\nproducts:\n- {aliases: [x]}\n", "ours.yaml:3: an empty word"},
		"only signs":           {"name: ours\nsectors: [health, '!!']\n", `ours.yaml:2: "!!" holds no letter`},
		"long phrase":          {"name: ours\ncountries:\n- a b c d e f g h i j k l m n o p q r s t u v w x y\n", "ours.yaml:3: "},
		"points":               {"name: ours\nwords:\n- {word: x, points: 500}\n", "ours.yaml:3: points"},
		"no points":            {"name: ours\nwords:\n- {word: x}\n", "ours.yaml:3: points"},
		"nameless rule":        {"name: ours\nrules:\n  block:\n  - {words: [x]}\n", "ours.yaml:4: a rule needs a name"},
		"empty rule":           {"name: ours\nrules:\n  keep:\n  - {name: x}\n", `ours.yaml:4: rule "x" needs words or a pattern`},
		"null rule":            {"name: ours\nrules:\n  keep:\n  -\n", "ours.yaml:4: an empty list item"},
		"rule's field":         {"name: ours\nrules:\n  keep:\n  - name: x\n    on: [url]\n    words: [y]\n", "ours.yaml:5: a rule looks at"},
		"rule's pattern":       {"name: ours\nrules:\n  keep:\n  - name: x\n    pattern: '(?=y)'\n", `ours.yaml:5: rule "x": error parsing regexp`},
		"rule for everything":  {"name: ours\nrules:\n  block:\n  - name: x\n    pattern: 'y*'\n", "matches an empty text"},
		"two documents":        {"name: ours\n---\nname: theirs\n", "more than one YAML document"},
		"no YAML":              {"name: [ours\n", "ours.yaml:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := relevance.Parse("ours.yaml", []byte(c.text))
			require.ErrorContains(t, err, c.want)
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("name: ours\nrules:\n  block:\n  - {name: x, words: [y]}\n"))
	f.Add([]byte("name: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := relevance.Parse("ours.yaml", data)
		if err == nil && p.Name == "" {
			t.Fatal("a profile without name was taken")
		}
	})
}
