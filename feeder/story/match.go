package story

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// Candidate is a story that has a key in common with a post.
type Candidate struct {
	Story string
	Keys  []Key     // of all its posts
	Last  time.Time // of its newest post
	Title string
}

// What it takes to join.
const (
	hub        = 8    // a value that this many candidates share tells nothing
	alike      = 0.6  // of the text, where the titles agree as well
	identical  = 0.85 // of the text, whatever the titles say
	enoughWeak = 2    // domains or IP addresses in common
)

// Match finds the story that the post with these keys belongs to: the one with
// the best reason, and of equal ones the latest. why says the reason in words.
// ok is false when the post begins a story of its own.
func Match(p waggle.Post, keys []Key, candidates []Candidate, window time.Duration) (storyID, why string, ok bool) {
	mine := byKind(keys)
	mine.drop(hubs(mine, candidates))
	var found []bond
	for _, c := range candidates {
		if apart := p.When().Sub(c.Last); apart > window || apart < -window {
			continue
		}
		if b, ok := join(compare(mine, c)); ok {
			b.candidate = c
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return "", "", false
	}
	best := slices.MinFunc(found, func(a, b bond) int {
		return cmp.Or(
			cmp.Compare(a.rule, b.rule),
			cmp.Compare(b.strength, a.strength),
			b.candidate.Last.Compare(a.candidate.Last),
			strings.Compare(a.candidate.Story, b.candidate.Story),
		)
	})
	return best.candidate.Story, best.why, true
}

// bond is a reason to join a candidate. Lower rules are surer.
type bond struct {
	candidate Candidate
	rule      int
	strength  int
	why       string
}

// join tries the rules in order of how sure they are.
func join(o overlap) (bond, bool) {
	for n, rule := range []func(overlap) (int, string){samePage, sameText, sameIndicators, sameVulnerability, linked} {
		if strength, why := rule(o); why != "" {
			return bond{rule: n, strength: strength, why: why}, true
		}
	}
	return bond{}, false
}

// samePage joins posts that lead to one page, unless their titles have nothing
// in common: some feeds link every post to the same page.
func samePage(o overlap) (int, string) {
	same := o.common[kindOwn]
	if len(same) == 0 || o.disagree(kindWord) {
		return 0, ""
	}
	return len(same), "the same page, " + same[0]
}

// sameText joins near-identical texts, unless they are one form filled in
// twice: then they name different vulnerabilities or different indicators.
func sameText(o overlap) (int, string) {
	most := 0.0
	for a := range o.mine[kindSketch] {
		for _, b := range o.sketches {
			most = max(most, similarity(a, b))
		}
	}
	if most < alike || o.disagree(kindCVE) || o.disagree(kindStrong) || o.disagree(kindWeak) {
		return 0, ""
	}
	percent := int(most*100 + 0.5)
	if most >= identical || len(o.common[kindWord]) > 0 {
		return percent, fmt.Sprintf("about %d %% of the text is the same", percent)
	}
	return 0, ""
}

func sameIndicators(o overlap) (int, string) {
	strong, weak := o.common[kindStrong], o.common[kindWeak]
	if len(strong) == 0 && len(weak) < enoughWeak {
		return 0, ""
	}
	shared := append(slices.Clone(strong), weak...)
	_, value, _ := strings.Cut(shared[0], ":")
	if len(shared) == 1 {
		return 1, "an indicator in common, " + ioc.Defang(value)
	}
	return len(shared), fmt.Sprintf("%d indicators in common, one of them %s", len(shared), ioc.Defang(value))
}

// sameVulnerability joins on a CVE id only where the titles name the same
// thing: every second malware report mentions some old CVE.
func sameVulnerability(o overlap) (int, string) {
	ids, named := o.common[kindCVE], o.common[kindWord]
	if len(ids) == 0 || len(named) == 0 {
		return 0, ""
	}
	return len(ids) + len(named), fmt.Sprintf("%s in both, and both titles name %s", ids[0], strings.Join(named[:min(len(named), 3)], ", "))
}

func linked(o overlap) (int, string) {
	for _, page := range o.common[kindPage] {
		switch mine := o.mine[kindOwn][page]; {
		case mine == o.own[page]: // both are there, or only link there
		case mine:
			return 1, "the story links to it"
		default:
			return 1, "it links to " + page
		}
	}
	return 0, ""
}
