package relevance

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/threatdata"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// naming is one of the names of malware, a tool or an actor.
type naming struct {
	of   *threatdata.Name
	bare bool // one word that may be a word of the language, too
}

// neverNames are words that lists give as names, too, and that say nothing even
// beside "malware": languages, systems, makers, and the words for malware itself.
var neverNames = wordSet(`
	android python java linux windows macos systemd docker kubernetes powershell bash chrome firefox office outlook telegram discord signal
	google microsoft apple amazon facebook github russian chinese iranian korean turkish american first second unknown generic other others
	trojan backdoor payload ransomware malware virus worm agent loader stealer downloader dropper exploit rootkit botnet miner spyware
	hunter radar rock creepy cleanup server service update updater client security system network cloud mobile internet email mail
	attack attacker hacker group team gang actor key keys file files black white blue green red shadow dark light ghost`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// numbered are names that only count: "Group 13" is anybody's.
var numbered = regexp.MustCompile(`(?i)^(group|team|cluster|operation|key group)[ -]?\d*$`)

// namesOf makes names findable. Of names that several share, the first counts.
func namesOf(all []threatdata.Name) *lexicon[naming] {
	found := newLexicon[naming]()
	taken := map[string]bool{}
	for i := range all {
		n := &all[i]
		for _, written := range append([]string{n.Name}, n.Aliases...) {
			key := strings.ToLower(written)
			if taken[key] || neverNames[key] || numbered.MatchString(written) {
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

// capitals reports whether each word begins with a capital or a digit, or the
// name is one word with a capital anywhere (njRAT).
func capitals(text string) bool {
	words := tokens(text)
	if len(words) == 1 {
		return strings.ContainsFunc(text, unicode.IsUpper)
	}
	for _, w := range words {
		if first, _ := utf8.DecodeRuneInString(text[w.start:]); unicode.IsLower(first) {
			return false
		}
	}
	return true
}

// beside are the words that make an ordinary one beside them a name.
var beside = wordSet(`ransomware malware stealer infostealer loader trojan backdoor botnet rat spyware worm wiper rootkit keylogger dropper
	downloader implant gang group apt hackers actor actors operators affiliates c2 miner`)

// means tells whether a place where a name stands speaks of what has it.
func means(h hit[naming]) bool {
	if h.entry.of.Sure {
		return true
	}
	if !capitals(h.text) {
		return false // "gold cabin" is a house; Gold Cabin is not
	}
	// Also of EnCrypt, a text that says "Encrypt" means no malware.
	return !h.entry.bare && (!ordinary(h.text) || strings.ToUpper(h.text) == h.text) || beside[h.before] || beside[h.behind]
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
		threats.addReason(t, points, maxSubjects, waggle.Reason{Text: text, Tags: tags, Threat: threatOf(n.Kind)})
	}
}

// maxNamed bounds the names that one post is told to speak of.
const maxNamed = 12

// threatOf is the kind of threat that a story about malware or an actor tells;
// none of a tool, which any of them may use.
func threatOf(k threatdata.NameKind) waggle.ThreatKind {
	switch k {
	case threatdata.Actor:
		return waggle.Intrusion
	case threatdata.Tool:
		return ""
	}
	return waggle.Malware
}

func kindInWords(k threatdata.NameKind) string {
	switch k {
	case threatdata.Actor:
		return "a known actor"
	case threatdata.Tool:
		return "a tool that attackers use"
	}
	return "known malware"
}
