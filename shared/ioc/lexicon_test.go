package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLexicon(t *testing.T) {
	l := newLexicon(map[uint8]string{1: "c2 c&c apple", 2: "pear"})
	for word, want := range map[string]uint8{
		"c2": 1, "C&C": 1, "Apple": 1, "PEAR": 2, "apples": 0, "appla": 0, "c3": 0, "peer": 0, "2c": 0, "&": 0,
		"a word that is longer than any in it": 0,
	} {
		assert.Equal(t, want, l.find(word, 0, len(word)), word)
	}
	assert.Equal(t, uint8(2), l.find("a pear tree", 2, 6), "within a text")
}

func TestThreat(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"none", "the weather is fine", false},
		{"one strong word in a short text", "a botnet", true},
		{"the same word twice counts once", "threat threats, threat", false},
		{"four weak words", "threat payload victim campaign", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := scanner{text: c.text}
			s.scan()
			assert.Equal(t, c.want, s.threat.any(len(c.text)))
			assert.Equal(t, c.name == "four weak words", s.threat.any(longText+1), "a long text wants more")
		})
	}
}
