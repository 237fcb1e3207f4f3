package triage

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/waggle-cti/waggle/feeder/wording"
)

// Limits of what is read of a text. A model learns what a post is about, and
// that is said at its beginning.
const (
	maxText  = 4000 // bytes
	maxWords = 400
	maxRunes = 24 // of one word
)

// size is how many places features are hashed to (the "hashing trick",
// Weinberger et al. 2009, https://arxiv.org/abs/0902.2206). A few thousand
// posts have some 100,000 features; that two share a place does little harm.
const size = 1 << 18

// What a feature of each kind weighs against a word, found by cross-validation.
const (
	heftWord = 1.0
	heftRoot = 1.5
	heftSign = 1.5
	heftPart = 0.2
)

// The lengths of the parts of words, in characters.
const (
	shortPart = 3
	longPart  = 5
)

// feature is one property of a text: its place, its value, and the word of the
// text that gave it (-1 = the text as a whole).
type feature struct {
	place uint32
	value float32
	word  int
}

// features are a text's properties, each place once, of length 1 as a vector
// so that long posts do not weigh more than short ones. words are what
// feature.word counts.
func (r Reader) features(text string) (found []feature, words []string) {
	text = beginning(text)
	words = split(text)
	c := collection{at: map[uint32]int{}}
	c.add(-1, 1, "bias")
	roots := 0
	for n, w := range words {
		c.add(n, heftWord, "word ", w)
		for _, root := range rootsOf(w) {
			c.add(n, heftRoot, "root ", root)
			roots++
		}
		c.parts(n, w)
	}
	for n := range min(roots, 3) {
		c.add(-1, heftRoot, "roots ", string(rune('1'+n)))
	}
	if r.Signs != nil {
		signs := r.Signs(text)
		for _, s := range signs {
			c.add(-1, heftSign, "sign ", s)
		}
		if len(signs) > 0 {
			c.add(-1, heftSign, "signs")
		}
	}
	c.normalise()
	return c.all, words
}

// beginning is as much of a text as is read of it.
func beginning(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxText)], "")
}

// collection gathers features.
type collection struct {
	all []feature
	at  map[uint32]int
}

func (c *collection) add(word int, heft float32, name ...string) {
	place := place(name...)
	if _, known := c.at[place]; known {
		return
	}
	c.at[place] = len(c.all)
	c.all = append(c.all, feature{place: place, value: heft, word: word})
}

// parts adds the runs of characters of a word: they make forms of one word and
// hashtags that run words together look alike.
func (c *collection) parts(n int, word string) {
	runes := []rune("<" + word + ">")
	for length := shortPart; length <= longPart; length++ {
		for i := 0; i+length <= len(runes); i++ {
			c.add(n, heftPart, "part ", string(runes[i:i+length]))
		}
	}
}

func (c *collection) normalise() {
	sum := 0.0
	for _, f := range c.all {
		sum += float64(f.value) * float64(f.value)
	}
	length := float32(math.Sqrt(sum))
	for i := range c.all {
		c.all[i].value /= length
	}
	// In one order whatever the hash gave, so that sums round alike.
	slices.SortFunc(c.all, func(a, b feature) int { return cmp.Compare(a.place, b.place) })
}

// place hashes a feature's name (FNV-1a, its high bits folded in).
func place(name ...string) uint32 {
	h := uint32(2166136261)
	for _, part := range name {
		for i := range len(part) {
			h = (h ^ uint32(part[i])) * 16777619
		}
	}
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	return h % size
}

// split gives the words of a text in lower case: runs of letters and digits,
// and of scripts that put no space between words each two neighbours.
func split(text string) []string {
	var out []string
	for _, run := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		runes := []rune(run)
		if !slices.ContainsFunc(runes, wording.Spaceless) {
			out = append(out, string(runes[:min(len(runes), maxRunes)]))
		}
		for i := 0; i+1 < len(runes); i++ {
			if wording.Spaceless(runes[i]) || wording.Spaceless(runes[i+1]) {
				out = append(out, string(runes[i:i+2]))
			}
		}
		if len(out) >= maxWords {
			return out[:maxWords]
		}
	}
	return out
}
