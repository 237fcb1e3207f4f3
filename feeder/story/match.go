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

// DefaultWindow is how far apart in time posts of one story may be.
const DefaultWindow = 14 * 24 * time.Hour

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
	hubs := hubsOf(candidates)
	var found []bond
	for _, c := range candidates {
		if apart := p.When().Sub(c.Last); apart > window || apart < -window {
			continue
		}
		if b, ok := join(kept(keys, hubs), c); ok {
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
func join(keys []Key, c Candidate) (bond, bool) {
	mine, theirs := byKind(keys), byKind(c.Keys)
	for n, rule := range []func(mine, theirs kinds) (int, string){
		samePage, sameText, sameIndicators, sameVulnerability, linked,
	} {
		if strength, why := rule(mine, theirs); why != "" {
			return bond{candidate: c, rule: n, strength: strength, why: why}, true
		}
	}
	return bond{}, false
}

func samePage(mine, theirs kinds) (int, string) {
	if same := mine.common(theirs, kindOwn); len(same) > 0 {
		return len(same), "the same page, " + same[0]
	}
	return 0, ""
}

// sameText joins near-identical texts, unless they are one form filled in
// twice: then they name different vulnerabilities or different indicators.
func sameText(mine, theirs kinds) (int, string) {
	most := 0.0
	for a := range mine[kindSketch] {
		for b := range theirs[kindSketch] {
			most = max(most, similarity(a, b))
		}
	}
	if most < alike || mine.disagrees(theirs, kindCVE) || mine.disagrees(theirs, kindStrong) || mine.disagrees(theirs, kindWeak) {
		return 0, ""
	}
	percent := int(most*100 + 0.5)
	if most >= identical || len(mine.common(theirs, kindWord)) > 0 {
		return percent, fmt.Sprintf("about %d %% of the text is the same", percent)
	}
	return 0, ""
}

func sameIndicators(mine, theirs kinds) (int, string) {
	strong := mine.common(theirs, kindStrong)
	weak := mine.common(theirs, kindWeak)
	if len(strong) == 0 && len(weak) < enoughWeak {
		return 0, ""
	}
	shared := append(strong, weak...)
	_, value, _ := strings.Cut(shared[0], ":")
	if len(shared) == 1 {
		return 1, "an indicator in common, " + ioc.Defang(value)
	}
	return len(shared), fmt.Sprintf("%d indicators in common, one of them %s", len(shared), ioc.Defang(value))
}

// sameVulnerability joins on a CVE id only where the titles name the same
// thing: every second malware report mentions some old CVE.
func sameVulnerability(mine, theirs kinds) (int, string) {
	ids, named := mine.common(theirs, kindCVE), mine.common(theirs, kindWord)
	if len(ids) == 0 || len(named) == 0 {
		return 0, ""
	}
	return len(ids) + len(named), fmt.Sprintf("%s in both, and both titles name %s", ids[0], strings.Join(named[:min(len(named), 3)], ", "))
}

func linked(mine, theirs kinds) (int, string) {
	for page := range mine[kindPage] {
		if theirs[kindOwn][page] {
			return 1, "it links to " + page
		}
	}
	for page := range mine[kindOwn] {
		if theirs[kindPage][page] {
			return 1, "the story links to it"
		}
	}
	return 0, ""
}

// kinds are keys by kind and value.
type kinds map[string]map[string]bool

func byKind(keys []Key) kinds {
	out := kinds{}
	for _, k := range keys {
		if out[k.Kind] == nil {
			out[k.Kind] = map[string]bool{}
		}
		out[k.Kind][k.Value] = true
	}
	return out
}

// common gives the values of a kind that both have, in order.
func (k kinds) common(other kinds, kind string) []string {
	var out []string
	for v := range k[kind] {
		if other[kind][v] {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// disagrees reports whether both have values of the kind and none in common.
func (k kinds) disagrees(other kinds, kind string) bool {
	return len(k[kind]) > 0 && len(other[kind]) > 0 && len(k.common(other, kind)) == 0
}

// hubsOf gives the keys that too many of the candidates have.
func hubsOf(candidates []Candidate) map[Key]bool {
	holders := map[Key]int{}
	for _, c := range candidates {
		for k := range uniq(c.Keys) {
			holders[k]++
		}
	}
	hubs := map[Key]bool{}
	for k, n := range holders {
		if n >= hub && k.Kind != kindOwn && k.Kind != kindWord {
			hubs[k] = true
		}
	}
	return hubs
}

func uniq(keys []Key) map[Key]bool {
	out := make(map[Key]bool, len(keys))
	for _, k := range keys {
		out[k] = true
	}
	return out
}

func kept(keys []Key, hubs map[Key]bool) []Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k Key) bool { return hubs[k] })
}
