package relevance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/feeder/relevance"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

func judged(score int) waggle.Judgement {
	return waggle.Judgement{Score: score, Reasons: []waggle.Reason{{Points: score, Text: "news"}}}
}

func TestCorroborate(t *testing.T) {
	head := waggle.Story{Source: "a", Score: 40, Reasons: judged(40).Reasons}
	tell := func(source string, score int) {
		head.Score, head.Reasons = relevance.Corroborate(head, source, judged(score))
	}
	for _, step := range []struct {
		source      string
		score, want int
	}{
		{"a", 30, 40}, // the same source says it again
		{"b", 30, 44},
		{"b", 30, 44},
		{"c", 60, 68}, // the strongest post's score, and two further sources
		{"d", 10, 72},
		{"e", 10, 72}, // at most twelve points
		{"f", 95, 100},
	} {
		tell(step.source, step.score)
		assert.Equal(t, step.want, head.Score, step.source)
		sum := 0
		for _, r := range head.Reasons {
			sum += r.Points
		}
		assert.Equal(t, head.Score, sum, "the reasons add up to the score")
	}
	assert.Equal(t, "told by several sources: a; b; c; d; e; f", head.Reasons[len(head.Reasons)-1].Text)
}
