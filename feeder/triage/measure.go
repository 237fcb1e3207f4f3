package triage

// Measure counts how often answers were right.
type Measure struct {
	Hits       int `json:"hits"`       // wanted, and called so
	Rejections int `json:"rejections"` // not wanted, and called so
	Alarms     int `json:"alarms"`     // called wanted, and not so
	Misses     int `json:"misses"`     // wanted, and not called so
}

// Count takes one answer.
func (m *Measure) Count(called, wanted bool) {
	switch {
	case called && wanted:
		m.Hits++
	case called:
		m.Alarms++
	case wanted:
		m.Misses++
	default:
		m.Rejections++
	}
}

// Test measures the model on examples.
func (m *Model) Test(examples []Example) Measure {
	var out Measure
	for _, e := range examples {
		out.Count(m.Probability(e.Text) >= m.Threshold, e.Wanted)
	}
	return out
}

// Accuracy is the share of answers that were right.
func (m Measure) Accuracy() float64 {
	return share(m.Hits+m.Rejections, m.Hits+m.Rejections+m.Alarms+m.Misses)
}

// Precision is the share of those called wanted that were.
func (m Measure) Precision() float64 { return share(m.Hits, m.Hits+m.Alarms) }

// Recall is the share of the wanted that were called so.
func (m Measure) Recall() float64 { return share(m.Hits, m.Hits+m.Misses) }

// F1 is the harmonic mean of precision and recall.
func (m Measure) F1() float64 { return share(2*m.Hits, 2*m.Hits+m.Alarms+m.Misses) }

// share is a part of a whole; 0 of nothing.
func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func (m Measure) plus(o Measure) Measure {
	return Measure{m.Hits + o.Hits, m.Rejections + o.Rejections, m.Alarms + o.Alarms, m.Misses + o.Misses}
}
