package verdict

import (
	"path"
	"slices"

	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Settings are how verdicts are made here: the part `verdicts` of a profile.
type Settings struct {
	// Weights are what analyzers' words weigh, 0 (not heard) to MaxWeight, by
	// name or by a pattern of names (MISP*). The longest that fits counts, a
	// setting before a default.
	Weights map[string]int
	// Severity bounds what a verdict may do to a story's severity.
	Severity Bounds
}

// MaxWeight is the highest weight. From 2 on an analyzer's "malicious" is
// enough by itself.
const MaxWeight = 5

// usual is the weight of an analyzer that nothing is said of.
const usual = 2

// builtin are the weights where the settings say nothing.
func builtin() map[string]int {
	return map[string]int{
		"Waggle_URLhaus*": 3, "Waggle_ThreatFox*": 3, "Waggle_MalwareBazaar*": 3, // what these list was looked at by people
		"Waggle_Warninglists*": listWeight,
		// MISP may know a value from the event that we wrote ourselves: a hint.
		"Waggle_MISP*": 1, "MISP_*": 1,
		// What anybody may write, what a host shows, or how young a name is: hints, too.
		"Waggle_OTX*": 1, "Waggle_InternetDB*": 1, "Waggle_Tor*": 1, "Waggle_RDAP*": 1,
		// That a flaw is exploited is counted in the score already, and blocks nothing.
		"Waggle_CVE*":  1,
		"Waggle_IOCs*": 0, "Waggle_Attack*": 0, // these find and explain, and judge nothing
		// It repeats our own verdicts and stories.
		"Waggle_FeedLookup*": 0,
	}
}

// weight gives what an analyzer's word weighs.
func (s Settings) weight(analyzer string) int {
	for _, weights := range []map[string]int{s.Weights, builtin()} {
		if w, ok := longest(weights, analyzer); ok {
			return w
		}
	}
	return usual
}

// longest gives the value of the longest pattern that fits the name.
func longest(weights map[string]int, name string) (int, bool) {
	var fits []string
	for pattern := range weights {
		// A bad pattern is refused when settings are read.
		if ok, err := path.Match(pattern, name); err == nil && ok {
			fits = append(fits, pattern)
		}
	}
	if len(fits) == 0 {
		return 0, false
	}
	slices.SortFunc(fits, func(a, b string) int { return len(b) - len(a) })
	return weights[fits[0]], true
}

// Bounds are the severities between which verdicts may move a story.
type Bounds struct {
	Min, Max waggle.Severity // 0 = Low, High
}

// of gives a story's severity: that of the judgement, one step up where the
// verdict is malicious, one down where it is safe. A bound holds back the
// verdict and never what was judged.
func (b Bounds) of(s waggle.Story) waggle.Severity {
	judged := s.Judged
	if s.Verdict == nil {
		return judged
	}
	lowest, highest := b.Min, b.Max
	if lowest == 0 {
		lowest = waggle.Low
	}
	if highest == 0 {
		highest = waggle.High
	}
	switch s.Verdict.Level {
	case waggle.Malicious:
		return max(judged, min(judged+1, highest))
	case waggle.Safe:
		return min(judged, max(judged-1, lowest))
	}
	return judged
}
