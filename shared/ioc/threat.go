package ioc

import (
	"math"
	"math/bits"
)

// threat is how much a text speaks of attacks: which words of threatWords it
// has, a bit each.
type threat uint64

// isStrong marks words that hardly stand in texts about anything else. Words
// that mean the same have the same number.
const isStrong = 32

// outright is what a text has that says by its form that it is about attacks.
const outright threat = 1<<isStrong | 1<<(isStrong+1)

// threatWords are the words of attack.
var threatWords = newLexicon(map[uint8]string{
	isStrong + 0:  "malware malicious malicious-activity",
	isStrong + 1:  "ransomware",
	isStrong + 2:  "phishing phish smishing",
	isStrong + 3:  "trojan trojans rat",
	isStrong + 4:  "botnet botnets",
	isStrong + 5:  "backdoor backdoors",
	isStrong + 6:  "c2 cnc",
	isStrong + 7:  "ioc iocs",
	isStrong + 8:  "stealer infostealer keylogger",
	isStrong + 9:  "malspam",
	isStrong + 10: "opendir scam",
	isStrong + 11: "apt espionage",
	isStrong + 12: "cryptominer coinminer dropper downloader",
	isStrong + 13: "rootkit rootkits spyware webshell webshells",
	isStrong + 14: "openioc stix to_ids",
	isStrong + 15: "qakbot qbot emotet trickbot icedid dridex ursnif zloader bazarloader lokibot agenttesla " +
		"formbook njrat asyncrat remcos darkgate pikabot gootloader socgholish lumma lockbit revil mimikatz",
	1: "threat threats",
	2: "attacker attackers adversary",
	3: "exploit exploited exploits exploitation exploiting",
	4: "vulnerability vulnerabilities",
	5: "payload payloads",
	6: "compromise compromised",
	7: "victim victims",
	8: "infection infected",
	9: "campaign campaigns",
})

// see takes in the word s[i:end] and reports whether there were enough of them.
func (t *threat) see(s string, i, end int) bool {
	if n := threatWords.find(s, i, end); n > 0 {
		*t |= 1 << n
	}
	return t.any(math.MaxInt)
}

// longText is the length from which one strong word may be chance.
const longText = 1500

// any reports whether a text of n bytes tells of an attack.
func (t threat) any(n int) bool {
	strong := bits.OnesCount64(uint64(t >> isStrong))
	return strong > 1 || strong == 1 && n <= longText || bits.OnesCount64(uint64(t)) > 3
}
