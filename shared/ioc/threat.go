package ioc

// threat is how much a text speaks of attacks.
type threat struct {
	strong int // different words that hardly stand in other texts
	weak   int // different words of security talk
	long   bool
}

// any reports whether the text tells of an attack.
func (t threat) any() bool {
	return t.strong > 1 || t.strong == 1 && !t.long || t.strong+t.weak > 3
}

// longText is the length from which one strong word may be chance.
const longText = 1500

// threatOf counts the words of attack in a text, until there are enough.
func threatOf(s string) (t threat) {
	t.long = len(s) > longText
	var seen uint64
	for i := 0; i < len(s) && !t.any(); {
		if !letter(s[i]) {
			i++
			continue
		}
		end := i
		for end < len(s) && alnum(s[end]) {
			end++
		}
		if bit, strong := threatWord(s[i:end]); bit > 0 && seen>>bit&1 == 0 {
			seen |= 1 << bit
			if strong {
				t.strong++
			} else {
				t.weak++
			}
		}
		i = end
	}
	return t
}

// threatWord gives the number of a word of attack, 0 for others; words that
// mean the same have the same.
func threatWord(w string) (bit int, strong bool) {
	if len(w) < 2 || len(w) > 15 {
		return 0, false
	}
	var b [15]byte
	for i := range len(w) {
		b[i] = lower(w[i])
	}
	switch string(b[:len(w)]) {
	case "malware", "malicious":
		return 1, true
	case "ransomware":
		return 2, true
	case "phishing", "phish", "smishing":
		return 3, true
	case "trojan", "trojans", "rat":
		return 4, true
	case "botnet", "botnets":
		return 5, true
	case "backdoor", "backdoors":
		return 6, true
	case "c2", "cnc":
		return 7, true
	case "ioc", "iocs":
		return 8, true
	case "stealer", "infostealer", "keylogger":
		return 9, true
	case "malspam":
		return 10, true
	case "opendir", "scam":
		return 11, true
	case "apt", "espionage":
		return 12, true
	case "cryptominer", "coinminer", "dropper", "downloader":
		return 13, true
	case "threat", "threats":
		return 20, false
	case "attacker", "attackers", "adversary":
		return 21, false
	case "exploit", "exploited", "exploits", "exploitation", "exploiting":
		return 22, false
	case "vulnerability", "vulnerabilities":
		return 23, false
	case "payload", "payloads":
		return 24, false
	case "compromise", "compromised":
		return 25, false
	case "victim", "victims":
		return 26, false
	case "infection", "infected":
		return 27, false
	case "campaign", "campaigns":
		return 28, false
	}
	return 0, false
}
