package triage

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed roots.txt
var rootsText string

// anywhere is the length from which a root is found within a word, and tail is
// how much longer than a shorter root the word that it begins may be.
const (
	anywhere = 5
	tail     = 3
)

// root is the beginning of words that talk of security uses, and its theme.
type root struct{ text, theme string }

// allRoots reads the built-in roots.
var allRoots = sync.OnceValue(func() []root {
	var out []root
	for line := range strings.Lines(rootsText) {
		theme, words, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(words) {
			out = append(out, root{w, theme})
		}
	}
	return out
})

// rootsOf gives the roots that a word has, and their themes.
func rootsOf(word string) []string {
	var out []string
	for _, r := range allRoots() {
		if strings.HasPrefix(word, r.text) && len(word) <= len(r.text)+tail || len(r.text) >= anywhere && strings.Contains(word, r.text) {
			out = append(out, r.text, "theme "+r.theme)
		}
	}
	return out
}
