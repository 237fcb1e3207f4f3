package triage

import (
	"math"
	"slices"
)

// row is an example as the classifier sees it.
type row struct {
	features []feature
	wanted   bool
}

func (r row) sign() float64 {
	if r.wanted {
		return 1
	}
	return -1
}

const (
	cost   = 0.35 // of an example on the wrong side, against the weights' length
	passes = 20

	// A row so far on its right side that it moves nothing is left alone for
	// some passes.
	far  = 0.1
	rest = 5
)

// fit trains a linear support vector machine with squared loss by dual
// coordinate descent (Hsieh et al. 2008, algorithm 1,
// https://www.csie.ntu.edu.tw/~cjlin/papers/cddual.pdf). It visits the rows in
// one order each pass, so the same rows always give the same weights.
func fit(rows []row) []float32 {
	weights := make([]float32, size)
	alpha := make([]float64, len(rows))
	until := make([]int, len(rows)) // the pass in which a row is looked at again
	const slack = 1 / (2 * cost)
	for pass := range passes {
		largest := 0.0
		for _, i := range order(len(rows), pass) {
			if pass < until[i] {
				continue
			}
			r := rows[i]
			gradient := r.sign()*margin(weights, r.features) - 1 + slack*alpha[i]
			if alpha[i] == 0 && gradient > far {
				until[i] = pass + rest
				continue
			}
			next := max(0, alpha[i]-gradient/(1+slack)) // rows have length 1
			step := (next - alpha[i]) * r.sign()
			alpha[i] = next
			if step == 0 {
				continue
			}
			largest = max(largest, math.Abs(step))
			for _, f := range r.features {
				weights[f.place] += float32(step) * f.value
			}
		}
		if largest < 2e-2 {
			break
		}
	}
	return weights
}

func margin(weights []float32, features []feature) float64 {
	sum := float32(0)
	for _, f := range features {
		sum += weights[f.place] * f.value
	}
	return float64(sum)
}

// order is an order of n rows that looks like chance and is the same each time.
func order(n, pass int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	for i := n - 1; i > 0; i-- { // Fisher and Yates
		j := int(scatter(uint64(pass)<<32|uint64(i)) % uint64(i+1))
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// scatter is SplitMix64 (Steele, Lea, Flood 2014).
func scatter(x uint64) uint64 {
	x = (x + 1) * 0x9E3779B97F4A7C15
	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9
	x = (x ^ (x >> 27)) * 0x94D049BB133111EB
	return x ^ (x >> 31)
}

// fitCurve finds the curve under which the labels are most likely, by Newton's
// method on targets that are a little off 0 and 1 (Lin, Lin, Weng 2007,
// https://www.csie.ntu.edu.tw/~cjlin/papers/plattprob.pdf).
func fitCurve(margins []float64, rows []row) curve {
	wanted := 0.0
	for _, r := range rows {
		if r.wanted {
			wanted++
		}
	}
	others := float64(len(rows)) - wanted
	high, low := (wanted+1)/(wanted+2), 1/(others+2)
	c := curve{slope: 1, offset: math.Log((wanted + 1) / (others + 1))}
	for range 100 {
		var slope, offset float64 // the gradient
		a, b, d := 1e-9, 0.0, 1e-9
		for i, m := range margins {
			target := low
			if rows[i].wanted {
				target = high
			}
			p := 1 / (1 + math.Exp(-c.slope*m-c.offset))
			slope += (p - target) * m
			offset += p - target
			a += p * (1 - p) * m * m
			b += p * (1 - p) * m
			d += p * (1 - p)
		}
		det := a*d - b*b
		ds, do := (d*slope-b*offset)/det, (a*offset-b*slope)/det
		if math.IsNaN(ds) || math.IsNaN(do) || math.Abs(ds)+math.Abs(do) > 50 {
			break // too few examples to tell: what was found so far stands
		}
		c.slope, c.offset = c.slope-ds, c.offset-do
		if math.Abs(ds)+math.Abs(do) < 1e-9 {
			break
		}
	}
	c.slope = max(c.slope, 0)
	return c
}

// threshold is the probability from which to say yes for the highest F1 that
// can be expected of texts with such margins.
func (c curve) threshold(margins []float64) float64 {
	all := make([]float64, len(margins))
	total := 0.0
	for i, m := range margins {
		all[i] = c.at(m)
		total += all[i]
	}
	slices.Sort(all)
	slices.Reverse(all)
	hits, best, at := 0.0, 0.0, 0.5
	for i, p := range all {
		hits += p
		if f1 := 2 * hits / (float64(i+1) + total); f1 > best {
			best, at = f1, (p+all[min(i+1, len(all)-1)])/2 // half way to the next
		}
	}
	return at
}
