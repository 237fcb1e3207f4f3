package relevance

import (
	"strings"
	"unicode"

	"github.com/waggle-cti/waggle/feeder/threatdata"
)

// naming is one of the names of malware, a tool or an actor.
type naming struct {
	of   *threatdata.Name
	bare bool // one word that may be a word of the language, too
}

// namesOf makes names findable. Of names that several share, the first counts.
func namesOf(all []threatdata.Name) *lexicon[naming] {
	found := newLexicon[naming]()
	taken := map[string]bool{}
	for i := range all {
		n := &all[i]
		for _, written := range append([]string{n.Name}, n.Aliases...) {
			key := strings.ToLower(written)
			if taken[key] {
				continue
			}
			taken[key] = true
			found.add(written, naming{n, !n.Sure && ordinary(written)})
		}
	}
	return found
}

// ordinary tells a name that looks like any word: letters alone, no capital
// within. "Snake" and "Royal" do, "QakBot", "APT28" and "Cobalt Strike" do not.
func ordinary(name string) bool {
	for i, r := range name {
		if !unicode.IsLetter(r) || i > 0 && unicode.IsUpper(r) && name != strings.ToUpper(name) {
			return false
		}
	}
	return true
}

// beside are the words that make an ordinary one beside them a name.
var beside = map[string]bool{
	"ransomware": true, "malware": true, "stealer": true, "infostealer": true, "loader": true, "trojan": true, "backdoor": true, "botnet": true,
	"rat": true, "spyware": true, "worm": true, "wiper": true, "rootkit": true, "keylogger": true, "dropper": true, "downloader": true, "implant": true,
	"gang": true, "group": true, "apt": true, "hackers": true, "actor": true, "actors": true, "operators": true, "affiliates": true, "c2": true, "miner": true,
}

// means tells whether a place where a name stands speaks of what has it.
func means(h hit[naming]) bool {
	if h.entry.of.Sure {
		return true
	}
	if h.entry.bare {
		return beside[h.before] || beside[h.behind]
	}
	// "gold cabin" is a house; Gold Cabin is not.
	return strings.ToLower(h.text) != h.text
}

// judgeNames counts the malware, tools and actors that the text speaks of.
func (p *Profile) judgeNames(t *tally, threats *capped, d document) {
	said := map[*threatdata.Name]bool{}
	for _, m := range mentionsOf(p.names, d, means) {
		n := m.entry.of
		if said[n] || len(said) == maxNamed {
			continue
		}
		said[n] = true
		points := weigh(m, 14, 9, 4)
		if n.Kind == threatdata.Tool {
			points /= 2 // administrators use them as well
		}
		text := speaks(m) + n.Name
		if !strings.EqualFold(m.text, n.Name) {
			text += " as " + quote(m.text)
		}
		text += ", " + kindInWords(n.Kind)
		tags := []string{"waggle:" + string(n.Kind) + "=" + n.Name}
		if n.ID != "" {
			text += " (ATT&CK " + n.ID + ")"
			tags = append(tags, "waggle:attack="+n.ID)
		}
		if !m.prominent() {
			tags = nil // an article names many in passing
		}
		threats.addTagged(t, points, maxSubjects, text, tags)
	}
}

// maxNamed bounds the names that one post is told to speak of.
const maxNamed = 12

func kindInWords(k threatdata.NameKind) string {
	switch k {
	case threatdata.Actor:
		return "a known actor"
	case threatdata.Tool:
		return "a tool that attackers use"
	}
	return "known malware"
}
