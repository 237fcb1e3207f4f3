package envfile

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const text = `# A comment with NAME=value in it.
PROFILE=small
# With large:
# HEAP=1g
# MEMORY=2g
# With large,filter (or huge,filter):
# FILTER=on

SECRET=
QUOTED="two words"
# FOLDER=/var/lib
TWICE=1
export TWICE = 2
`

func TestGet(t *testing.T) {
	f := Parse(text)
	for name, want := range map[string]string{
		"PROFILE": "small", "SECRET": "", "QUOTED": "two words", "FOLDER": "", "HEAP": "", "NAME": "", "ABSENT": "", "TWICE": "2",
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, want, f.Get(name)) })
	}
	assert.Equal(t, text, f.String(), "what is only read stays as it is")
}

func TestSet(t *testing.T) {
	for name, c := range map[string]struct{ name, value, line string }{
		"in its line":                  {"PROFILE", "large", "\nPROFILE=large\n# With"},
		"where it was empty":           {"SECRET", "s", "\nSECRET=s\nQUOTED"},
		"where a comment suggests it":  {"FOLDER", "/srv", "\nFOLDER=/srv\nTWICE"},
		"at the end":                   {"NEW", "1", "TWICE = 2\nNEW=1\n"},
		"the line that counts":         {"TWICE", "3", "TWICE=1\nTWICE=3\n"},
		"with quotes around a space":   {"PROFILE", "a b", "PROFILE=\"a b\"\n"},
		"a mail address, as it stands": {"PROFILE", "it@example.com", "PROFILE=it@example.com\n"},
	} {
		t.Run(name, func(t *testing.T) {
			f := Parse(text)
			require.NoError(t, f.Set(c.name, c.value))
			assert.Contains(t, f.String(), c.line)
			assert.Equal(t, c.value, Parse(f.String()).Get(c.name))
		})
	}
}

func TestSetRefusesWhatComposesReadDifferently(t *testing.T) {
	for _, value := range []string{"a\nROOT=1", "$HOME", `"`, "'", "#", `\`, "`id`", "ä", ""} {
		t.Run(value, func(t *testing.T) {
			f := Parse(text)
			require.Error(t, f.Set("PROFILE", value))
			assert.Equal(t, text, f.String())
		})
	}
}

func TestFill(t *testing.T) {
	f := Parse(text)
	done, err := f.Fill("PROFILE", "large")
	require.NoError(t, err)
	assert.False(t, done)
	assert.Equal(t, "small", f.Get("PROFILE"))
	done, err = f.Fill("SECRET", "s")
	require.NoError(t, err)
	assert.True(t, done)
}

func TestSuggestions(t *testing.T) {
	assert.Equal(t, map[string]string{"HEAP": "1g", "MEMORY": "2g"}, Parse(text).Suggestions("# With large"))
	assert.Equal(t, map[string]string{"FILTER": "on"}, Parse(text).Suggestions("# With large,filter"))
	assert.Empty(t, Parse(text).Suggestions("# With huge"))
	assert.Empty(t, Parse(text).Suggestions("# With lar"), "a heading is a whole one")
}

func TestAll(t *testing.T) {
	f := Parse("# A=0\nA=1\nexport B='two'\nA=3\nC=\nno setting\n")
	assert.Equal(t, map[string]string{"A": "3", "B": "two", "C": ""}, f.All())
}
