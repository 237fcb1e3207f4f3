package relevance

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/feeder/wording"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// What the signals are worth. Words alone must not carry a post to the top:
// press releases are full of them.
const (
	maxNeeds    = 40 // for all products, vendors, sectors and countries together
	maxSubjects = 38 // for all threats that the text speaks of
	maxNoise    = 40 // taken off at most for what is no threat
)

// subject is something that security news speaks of.
type subject struct {
	Name    string            `yaml:"name"`
	Threat  waggle.ThreatKind `yaml:"threat"` // the kind of threat that it is; empty where it is none
	Points  int               `yaml:"points"` // below 0: posts about it are no threat; 0: only keeps its phrases from being read as others
	Phrases []string          `yaml:"phrases"`
}

// wanted gives what the profile asks for and the document speaks of, and
// whether one of our products is what it is about.
func (p *Profile) wanted(d document) (wanted []mention[need], ours bool) {
	found := mentions(p.ours, d)
	said := map[string]bool{}
	for _, m := range found {
		n := m.entry
		if n.bare != "" && !(d.written(m.text, n.bare) && vendorNamed(found, n.vendor)) || said[n.name] {
			continue
		}
		said[n.name] = true
		wanted = append(wanted, m)
		ours = ours || n.kind == productNeed && m.prominent()
	}
	return wanted, ours
}

// judgeNeeds counts what the profile asks for. Where nothing in the post is a
// threat, a product's name is worth a third: most posts about Windows are not
// about its safety.
func judgeNeeds(t *tally, wanted []mention[need], threat bool) {
	var c capped
	add := func(touches waggle.Touch, points int, text string) {
		if !threat {
			points, text = points/3, text+", though of no threat"
		}
		c.addReason(t, points, maxNeeds, waggle.Reason{Text: text, Touches: touches})
	}
	for _, m := range wanted {
		switch n := m.entry; n.kind {
		case productNeed:
			add(waggle.TouchesProduct, weigh(m, 25, 15, 6), where(m)+n.name+", which you use")
		case vendorNeed:
			add(waggle.TouchesVendor, weigh(m, 8, 4, 2), where(m)+n.name+", whose products you use")
		case sectorNeed:
			add(waggle.TouchesTrade, weigh(m, 12, 8, 3), where(m)+n.name+", your sector")
		case countryNeed:
			add(waggle.TouchesTrade, weigh(m, 8, 5, 2), where(m)+n.name+", your country")
		case wordNeed:
			t.addReason(waggle.Reason{Points: n.points, Text: fmt.Sprintf("has %q, a word of your profile", m.text), Touches: waggle.TouchesWord})
		}
	}
}

func vendorNamed(found []mention[need], vendor string) bool {
	return slices.ContainsFunc(found, func(m mention[need]) bool {
		return m.entry.kind == vendorNeed && m.entry.name == vendor || m.entry.kind == productNeed && m.entry.bare == "" && strings.HasPrefix(m.entry.name, vendor+" ")
	})
}

// judgeSubjects counts what the text is about: threats for it, events and
// advertising against.
func (p *Profile) judgeSubjects(t *tally, d document) (threat bool) {
	var threats, noise capped
	for _, m := range mentions(p.common, d) {
		s := m.entry
		switch {
		case s.Points > 0:
			points := weigh(m, s.Points+s.Points/2, s.Points, s.Points/2)
			threats.addReason(t, points, maxSubjects, waggle.Reason{Text: speaks(m) + s.Name + " (" + quote(m.text) + ")", Threat: s.Threat})
		case s.Points < 0 && (m.title || m.early):
			noise.add(t, weigh(m, s.Points+s.Points/2, s.Points, 0), maxNoise, speaks(m)+s.Name+" ("+quote(m.text)+")")
		}
	}
	p.judgeNames(t, &threats, d)
	return threats.sum > 0
}

// judgeIndicators counts what can be searched for in logs, files and payments,
// each as far as it is sure to be an indicator.
func judgeIndicators(t *tally, f waggle.Finding) (threat bool) {
	sure, count := 0, 0
	for _, i := range f.OfRole(ioc.Attack) {
		if searchable(i.Kind) {
			sure += i.Confidence
			count++
		}
	}
	points := 0
	switch {
	case sure >= 3000:
		points = 30
	case sure >= 1000:
		points = 27
	case sure >= 250:
		points = 23
	case sure >= 100:
		points = 18
	case sure >= 40:
		points = 10
	}
	t.add(points, wording.Number(count, "indicator of compromise to search for", "indicators of compromise to search for"))
	return points > 0
}

// searchable tells the kinds of which each value is the attacker's own. Names of
// files, services or rules are not: others have the same.
func searchable(k ioc.Kind) bool {
	switch k {
	case ioc.IP, ioc.CIDR, ioc.Domain, ioc.URL, ioc.Email, ioc.Mutex, ioc.NamedPipe,
		ioc.SSDeep, ioc.TLSH, ioc.Imphash, ioc.Authentihash, ioc.PEHash, ioc.VHash:
		return true
	}
	return k.Hash() || k.Wallet()
}

// maxTechniques bounds the techniques that become tags.
const maxTechniques = 20

func judgeTechniques(t *tally, f waggle.Finding) {
	ids := values(f, ioc.Technique)
	r := waggle.Reason{Points: 4, Text: wording.Number(len(ids), "ATT&CK technique described", "ATT&CK techniques described")}
	if len(ids) >= 3 {
		r.Points = 8
	}
	for _, id := range ids[:min(len(ids), maxTechniques)] {
		r.Tags = append(r.Tags, "waggle:attack="+id)
	}
	if len(ids) > 0 {
		t.addReason(r)
	}
}

// judgeAge lets news come first and old posts sink.
func judgeAge(t *tally, post waggle.Post, now time.Time) {
	const day = 24 * time.Hour
	age := now.Sub(post.When())
	switch {
	case post.When().IsZero():
	case age > 180*day:
		t.add(-20, fmt.Sprintf("%d days old", age/day))
	case age > 30*day:
		t.add(-10, fmt.Sprintf("%d days old", age/day))
	case age <= 2*day:
		t.add(5, "new: at most two days old")
	case age <= 7*day:
		t.add(2, "of this week")
	}
}

// values gives the distinct values of a kind, references included: a post that
// links to the CVE's page is about the CVE.
func values(f waggle.Finding, kind ioc.Kind) []string {
	var out []string
	seen := map[string]bool{}
	for _, i := range f.Indicators {
		if i.Kind == kind && !seen[i.Value] {
			seen[i.Value] = true
			out = append(out, i.Value)
		}
	}
	return out
}

// capped adds points until they reach a limit together.
type capped struct{ sum int }

func (c *capped) add(t *tally, points, limit int, text string) {
	c.addReason(t, points, limit, waggle.Reason{Text: text})
}

func (c *capped) addReason(t *tally, points, limit int, r waggle.Reason) {
	if points < 0 {
		points = -min(-points, limit+c.sum)
	} else {
		points = min(points, limit-c.sum)
	}
	c.sum += points
	r.Points = points
	t.addReason(r)
}

func weigh[E comparable](m mention[E], title, prominent, passing int) int {
	switch {
	case m.title:
		return title
	case m.prominent():
		return prominent
	}
	return passing
}

func where[E comparable](m mention[E]) string {
	if m.title {
		return "the title names "
	}
	return "names "
}

func speaks[E comparable](m mention[E]) string {
	switch {
	case m.title:
		return "the title speaks of "
	case m.prominent():
		return "speaks of "
	}
	return "mentions "
}

func quote(s string) string {
	return "“" + harmless.Line(s, 40) + "”"
}
