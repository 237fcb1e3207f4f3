// Package verdict makes one verdict of what several analyzers say: of each
// value of a story, and of the story. It asks nobody and keeps nothing; the same
// reports always give the same verdict, and every verdict says in words why.
//
// An analyzer speaks with the worst level of its taxonomies, and with its
// weight. Known-benign lists speak against it. What contradicts itself is not
// decided by the loudest: a value that a list of well-known ones names is never
// called malicious, since blocking it would hurt.
package verdict

import (
	"fmt"
	"strings"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/feeder/wording"
	"github.com/waggle-cti/waggle/shared/harmless"
)

// Known tells whether a value of a kind is well known to be benign, and which
// list says so; lists.Current's method is one.
type Known func(kind, value string) (list string, ok bool)

// Judge makes verdicts. It never changes, and is safe for concurrent use.
type Judge struct {
	settings Settings
	known    Known
}

// New makes a Judge; known may be nil where there are no lists.
func New(s Settings, known Known) *Judge {
	if known == nil {
		known = func(string, string) (string, bool) { return "", false }
	}
	return &Judge{settings: s, known: known}
}

// Judge gives the story with the verdicts of its values, its own, and the
// severity that follows. A value of which nothing is known has no verdict, nor
// has a story whose values have none.
func (j *Judge) Judge(s waggle.Story) waggle.Story {
	judged := make([]waggle.Indicator, len(s.Indicators))
	for n, i := range s.Indicators {
		i.Verdict = j.value(i)
		judged[n] = i
	}
	s.Indicators = judged
	s.Verdict = story(judged)
	s.Severity = j.settings.Severity.of(s)
	return s
}

// enough is the weight of those who say "malicious" from which it is so. Less
// is a hint.
const enough = 2

// listWeight is what a known-benign list weighs.
const listWeight = 4

// value gives the verdict of one value. Where nobody was asked and no list knows it,
// that is the one it had when analyses were there that are dropped by now, or nil.
func (j *Judge) value(i waggle.Indicator) *waggle.Verdict {
	h := j.hear(i)
	if h.silent() {
		return i.Verdict
	}
	v := h.verdict()
	v.Why = sentence(v.Why)
	return &v
}

// hearing is who said what of one value.
type hearing struct {
	said   map[waggle.Level][]voice
	list   string // the known-benign list that names the value
	asked  int    // analyses that are over
	failed int    // of these
}

// voice is an analyzer with what it says.
type voice struct {
	name   string
	weight int
	about  string // the taxonomy that decided: "Threat: malware_download"
}

func (h hearing) silent() bool { return h.asked == 0 && h.list == "" }

// hear collects what is said of a value.
func (j *Judge) hear(i waggle.Indicator) hearing {
	h := hearing{said: map[waggle.Level][]voice{}}
	if list, ok := j.known(string(i.Kind), i.Value); ok {
		h.list = list
	}
	for _, a := range i.Analyses {
		if !a.State.Over() || a.State == waggle.AnalysisSkipped {
			continue
		}
		h.asked++
		if a.State == waggle.AnalysisFailed {
			h.failed++
			continue
		}
		weight := j.settings.weight(a.Analyzer)
		if weight == 0 {
			continue
		}
		level, about := worst(a.Taxonomies)
		h.said[level] = append(h.said[level], voice{name(a), weight, about})
	}
	return h
}

// verdict weighs what was heard.
func (h hearing) verdict() waggle.Verdict {
	bad, mild, good := h.weight(waggle.Malicious), h.weight(waggle.Suspicious), h.weight(waggle.Safe)
	if h.list != "" {
		good += listWeight
	}
	against := h.against()
	switch {
	case bad+mild == 0 && good > 0:
		return waggle.Verdict{Level: waggle.Safe, Why: capital(against) + ", and nobody says otherwise"}
	case bad+mild == 0:
		return h.nothing()
	case h.list != "":
		return waggle.Verdict{Level: waggle.Info, Why: h.accusation() + ", but " + against + ": look at it before blocking it"}
	case bad >= enough && bad > good:
		return waggle.Verdict{Level: waggle.Malicious, Why: h.accusation() + but(against, ", which weighs less")}
	case bad > 0 && bad < enough && mild == 0 && good == 0:
		return waggle.Verdict{Level: waggle.Suspicious, Why: h.accusation() + ", and that alone is not enough to call it malicious"}
	case bad+mild > good:
		return waggle.Verdict{Level: waggle.Suspicious, Why: h.accusation() + but(against, "")}
	}
	return waggle.Verdict{Level: waggle.Info, Why: h.accusation() + but(against, ", which weighs as much or more: they contradict each other")}
}

// nothing is the verdict where nobody says anything good or bad.
func (h hearing) nothing() waggle.Verdict {
	answered := h.asked - h.failed
	if answered == 0 {
		return waggle.Verdict{Level: waggle.Unknown, Why: "no analyzer could say anything: " + wording.Number(h.failed, "analysis", "analyses") + " failed"}
	}
	why := wording.Number(answered, "analyzer knows", "analyzers know") + " nothing bad of it"
	if h.failed > 0 {
		why += "; " + wording.Number(h.failed, "other failed", "others failed")
	}
	return waggle.Verdict{Level: waggle.Info, Why: why}
}

func (h hearing) weight(l waggle.Level) (sum int) {
	for _, v := range h.said[l] {
		sum += v.weight
	}
	return sum
}

// accusation says who calls the value malicious or suspicious.
func (h hearing) accusation() string {
	var parts []string
	for _, l := range []waggle.Level{waggle.Malicious, waggle.Suspicious} {
		if v := h.said[l]; len(v) > 0 {
			parts = append(parts, says(v, l))
		}
	}
	return strings.Join(parts, ", ")
}

// against says who calls the value safe; "" if nobody does.
func (h hearing) against() string {
	var parts []string
	if h.list != "" {
		parts = append(parts, fmt.Sprintf("it stands on the list of well-known values %q", harmless.Line(h.list, 80)))
	}
	if v := h.said[waggle.Safe]; len(v) > 0 {
		parts = append(parts, says(v, waggle.Safe))
	}
	return strings.Join(parts, ", and ")
}

// mostNamed bounds how many analyzers a sentence names.
const mostNamed = 4

// says is "URLhaus (Threat: malware_download) and X say malicious".
func says(voices []voice, l waggle.Level) string {
	var names []string
	for _, v := range voices[:min(len(voices), mostNamed)] {
		text := v.name
		if v.about != "" {
			text += " (" + v.about + ")"
		}
		names = append(names, text)
	}
	if more := len(voices) - mostNamed; more > 0 {
		names = append(names, wording.Number(more, "other", "others"))
	}
	verb := "say"
	if len(names) == 1 {
		verb = "says"
	}
	return and(names) + " " + verb + " " + string(l)
}
