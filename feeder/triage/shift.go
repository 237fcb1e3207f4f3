package triage

import (
	"math"
	"strings"
)

// MaxShift is how many points what was learnt may give or take.
const MaxShift = 15

// full is how many lessons of each label it takes for the whole of MaxShift;
// fewer shift less.
const full = 10

// maxTold is how many words a reason names.
const maxTold = 5

// Shift is by how many points what was learnt moves a post's score, -MaxShift
// to MaxShift, and why in words. 0 where nothing was learnt yet, or the post is
// like any other.
func (m *Model) Shift(text string) (points int, reason string) {
	if m == nil || m.weights == nil {
		return 0, ""
	}
	p, words := m.look(text)
	lean := 2*m.balanced(p) - 1 // -1 to 1
	trust := min(1, float64(min(m.Wanted, m.Others))/full)
	points = int(math.Round(MaxShift * trust * lean))
	switch {
	case points > 0:
		reason = "looks like posts your team took up" + named(words, 1)
	case points < 0:
		reason = "looks like posts your team passed over" + named(words, -1)
	}
	return points, reason
}

// named lists the words that spoke most for one side (1) or the other (-1).
func named(all []told, side float64) string {
	var names []string
	seen := map[string]bool{}
	for i := range all {
		t := all[i]
		if side < 0 {
			t = all[len(all)-1-i]
		}
		if t.points*side <= 0 || len(names) == maxTold {
			break
		}
		if len([]rune(t.word)) > 1 && !seen[t.word] {
			seen[t.word] = true
			names = append(names, t.word)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ": words " + strings.Join(names, ", ")
}
