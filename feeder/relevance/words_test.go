package relevance

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLexicon(t *testing.T) {
	l := newLexicon[string]()
	for _, phrase := range []string{"zero day", "exploited", "not exploited", "C++", "Node.js", "café", "exploited in the wild"} {
		assert.True(t, l.add(phrase, phrase), phrase)
	}
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"any case and hyphens":     {"ZERO-DAY and Zero Day", []string{"zero day", "zero day"}},
		"word boundaries":          {"unexploited exploiteds", nil},
		"the longest wins":         {"It was not exploited, then exploited in the wild.", []string{"not exploited", "exploited in the wild"}},
		"a prefix of a longer one": {"exploited in the lab", []string{"exploited"}},
		"signs of languages":       {"C++ and Node.js and C", []string{"C++", "Node.js"}},
		"not only ASCII":           {"the CAFÉ case", []string{"café"}},
		"over lines":               {"zero\n day", []string{"zero day"}},
		"empty":                    {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, h := range l.find(c.text, tokens(c.text)) {
				got = append(got, h.entry)
			}
			assert.Equal(t, c.want, got)
		})
	}
	assert.False(t, l.add("?!", "x"), "nothing to find")
	assert.False(t, l.add(strings.Repeat("a ", maxPhrase+1), "x"), "too long")
}
