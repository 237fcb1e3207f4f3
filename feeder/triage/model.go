// Package triage learns from what analysts did with earlier alerts which posts
// their team takes up, and says so of new ones.
//
// The classifier is a linear one over words, parts of words and signs of what
// a post is about, trained for one organisation with its own lessons alone. A
// thousand lessons take it a fraction of a second, so it is trained anew
// whenever something was learnt, and only lessons are kept.
package triage

import (
	"cmp"
	"math"
	"slices"
)

// Example is a text and whether it was wanted.
type Example struct {
	Text   string
	Wanted bool
}

// Reader makes texts comparable; the zero value will do.
type Reader struct {
	// Signs names what a text speaks of, for knowledge that no small number of
	// lessons holds. nil = none.
	Signs func(text string) []string
}

// Model tells wanted posts from others. It is made by Train, does not change,
// and is safe for concurrent use.
type Model struct {
	reader  Reader
	weights []float32
	curve   curve
	// Threshold is the probability from which the model calls a text wanted:
	// the one that promised the best F1 on the examples.
	Threshold float64
	// Wanted and Others count the examples by label.
	Wanted, Others int
}

// folds is how many parts the examples are split in to see how the model does
// on examples it was not trained with.
const folds = 5

// Train makes a model of examples. The same examples in the same order give
// the same model. Without an example of each label it knows nothing, and gives
// one half for every text.
func Train(r Reader, examples []Example) *Model {
	m := &Model{reader: r, Threshold: 0.5}
	rows := make([]row, len(examples))
	for i, e := range examples {
		rows[i].features, _ = r.features(e.Text)
		if rows[i].wanted = e.Wanted; e.Wanted {
			m.Wanted++
		}
	}
	m.Others = len(examples) - m.Wanted
	if m.Wanted == 0 || m.Others == 0 {
		return m
	}
	margins := unseen(rows)
	m.weights = fit(rows)
	m.curve = fitCurve(margins, rows)
	m.Threshold = m.curve.threshold(margins)
	return m
}

// unseen gives each row's margin by a model that was trained without it.
func unseen(rows []row) []float64 {
	margins := make([]float64, len(rows))
	for fold := range folds {
		var rest []row
		for i := range rows {
			if foldOf(i) != fold {
				rest = append(rest, rows[i])
			}
		}
		weights := fit(rest)
		for i := range rows {
			if foldOf(i) == fold {
				margins[i] = margin(weights, rows[i].features)
			}
		}
	}
	return margins
}

// foldOf spreads the rows over the folds without regard to their order, which
// may be by date or by label.
func foldOf(i int) int { return int(scatter(uint64(i)) % folds) }

// Probability is how likely it is that the text is wanted, 0 to 1.
func (m *Model) Probability(text string) float64 {
	p, _ := m.look(text)
	return p
}

// look gives the probability and what each word added to the margin.
func (m *Model) look(text string) (probability float64, told []told) {
	if m.weights == nil {
		return 0.5, nil
	}
	found, words := m.reader.features(text)
	points := make([]float64, len(words))
	sum := 0.0
	for _, f := range found {
		part := float64(m.weights[f.place]) * float64(f.value)
		sum += part
		if f.word >= 0 {
			points[f.word] += part
		}
	}
	return m.curve.at(sum), tell(words, points)
}

// told is a word and what it added to the margin.
type told struct {
	word   string
	points float64
}

// tell orders the words of a text by how much they added, largest first.
func tell(words []string, points []float64) []told {
	out := make([]told, len(words))
	for i, w := range words {
		out[i] = told{w, points[i]}
	}
	slices.SortStableFunc(out, func(a, b told) int { return cmp.Compare(b.points, a.points) })
	return out
}

// balanced is the probability as it would be had as many examples been wanted
// as not: how a text differs from the team's average, and not what that is.
func (m *Model) balanced(p float64) float64 {
	odds := p / (1 - p) * float64(m.Others+1) / float64(m.Wanted+1)
	return odds / (1 + odds)
}

// curve turns a margin into a probability (Platt 1999).
type curve struct{ slope, offset float64 }

func (c curve) at(margin float64) float64 {
	// Never quite sure: a few lessons are no proof.
	return min(max(1/(1+math.Exp(-c.slope*margin-c.offset)), 0.001), 0.999)
}
