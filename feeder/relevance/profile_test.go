package relevance_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/feeder/profiles"
	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/waggle"
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
		"daily alerts":         {"name: ours\nmax_alerts: -1\n", "ours.yaml:2: max_alerts is a number"},
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

func TestExtends(t *testing.T) {
	base := filepath.Join(t.TempDir(), "base.yaml")
	require.NoError(t, os.WriteFile(base, []byte(`name: base
about: the base
minimum: 40
max_alerts: 5
languages: [en]
products: [{name: ExampleCMS}]
words: [{word: gizmo, points: 7}]
rules: {block: [{name: base says no, words: [football]}], keep: []}
`), 0o600))
	for name, c := range map[string]struct {
		own       string
		minimum   int
		says, not string
		block     string
	}{
		"all of the base":    {"", 40, "ExampleCMS, which you use", "languages", "base says no"},
		"a minimum":          {"minimum: 10\n", 10, "gizmo", "none", "base says no"},
		"more products":      {"products: [{name: ExampleWiki}]\n", 40, "ExampleWiki, which you use", "none", "base says no"},
		"other products":     {"replace: [products]\nproducts: [{name: ExampleWiki}]\n", 40, "ExampleWiki, which you use", "ExampleCMS", "base says no"},
		"its own rule first": {"rules: {block: [{name: we say no, words: [football]}]}\n", 40, "gizmo", "none", "we say no"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := relevance.Parse(filepath.Join(filepath.Dir(base), "ours.yaml"), []byte("name: ours\nextends: ./base.yaml\n"+c.own))
			require.NoError(t, err)
			assert.Equal(t, c.minimum, p.Minimum)
			assert.Equal(t, 5, p.MaxAlerts)
			assert.Equal(t, "ours", p.Name)
			assert.Equal(t, "the base", p.About)
			post, f := post("ExampleCMS and ExampleWiki under attack", "A gizmo is exploited.")
			said := texts(p.Judge(post, f, 0, now()))
			assert.Contains(t, said, c.says)
			assert.NotContains(t, said, c.not)
			blocked, f := postOf("Football news")
			assert.Contains(t, p.Judge(blocked, f, 0, now()).Why, c.block)
		})
	}
	_, err := relevance.Parse("ours.yaml", []byte("name: ours\nextends: small-business\nreplace: [everything]\n"))
	assert.ErrorContains(t, err, `ours.yaml:3: "everything" is no list that can be replaced`)
}

func postOf(title string) (waggle.Post, waggle.Finding) { return post(title, "") }

func TestShippedProfiles(t *testing.T) {
	for _, name := range profiles.Names() {
		t.Run(name, func(t *testing.T) {
			p, err := relevance.Load(name)
			require.NoError(t, err)
			assert.Equal(t, name, p.Name)
			post, f := post("Microsoft Exchange servers under attack by ransomware", "Patch now.")
			assert.True(t, p.Judge(post, f, 0, now()).Keep)
		})
	}
	for name, title := range map[string]string{"msp": "N-able N-central flaw exploited in the wild", "healthcare": "Ransomware hits hospitals, patient records stolen"} {
		p, err := relevance.Load(name)
		require.NoError(t, err)
		base, err := relevance.Load("small-business")
		require.NoError(t, err)
		post, f := postOf(title)
		assert.Greater(t, p.Judge(post, f, 0, now()).Score, base.Judge(post, f, 0, now()).Score, name)
	}
	p, err := relevance.Load("healthcare")
	require.NoError(t, err)
	pump, f := post("Example infusion pump", "Successful exploitation of this vulnerability could allow remote code execution. Critical Infrastructure Sectors: Healthcare and Public Health. CVE-2026-22222")
	plc, g := post("Example PLC", "Successful exploitation of this vulnerability could allow remote code execution. Critical Infrastructure Sectors: Energy. CVE-2026-22222")
	assert.True(t, p.Judge(pump, f, 10, now()).Keep)
	assert.False(t, p.Judge(plc, g, 10, now()).Keep)
}
