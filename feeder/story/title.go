package story

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// digestTitle finds the titles of posts that gather many stories. They are
// stories of their own: joined by what they list, they would glue everything together.
var digestTitle = regexp.MustCompile(`(?i)\b(round-?\s?up|recap|digest|newsletter|week(ly)? (in review|summary|threat|cyber|security|metasploit|bulletin|intelligence|news|update|report)|this week|(in|of) the week|month(ly)? (in review|summary|threat|security|report|bulletin|review)|patch tuesday|security bulletin summary|link dump|stormcast|daily (brief|summary|update|ioc)|(bulletin|vulnerability) summary|year in review|top \d+|threat (report|landscape|brief) (q[1-4]|h[12]|20\d\d)|q[1-4] 20\d\d|cpu (january|april|july|october))\b`)

// number finds words that count or number something: years, CVE ids, AS14061.
var number = regexp.MustCompile(`^(as|no|v|cve)?\d+(st|nd|rd|th)?$`)

func isDigest(title string) bool { return digestTitle.MatchString(title) }

// tellingWords are the words of a title that say which threat it is: names of
// products, vendors, malware. Words that stand in every other headline are
// left out, and numbers.
func tellingWords(title string) []string {
	common := commonWords()
	var out []string
	seen := map[string]bool{}
	for _, w := range words(title) {
		if len(w) < 2 || common[w] || seen[w] || number.MatchString(w) {
			continue
		}
		seen[w] = true
		out = append(out, w)
	}
	return out
}

// words are the runs of letters and digits of a text in lower case.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// commonWords are those that headlines share whatever they are about.
var commonWords = sync.OnceValue(func() map[string]bool {
	common := map[string]bool{}
	for _, w := range strings.Fields(`
a about across active actively actor actors adds added admin advanced adversaries advisory affected affects after against agencies alert
alerts all allow allowing allows already also an analysis and another anatomy are as at attack attacked attacker attackers attacking attacks
authentication back backdoor based be been being between bug bugs business but bypass by campaign campaigns can catalog cert change cisa
cloud code command companies company compromise compromised could credential credentials crime criminals critical customer customers cve cyber
cyberattack cyberattacks cybercrime cybersecurity daily data day days deep deliver delivering delivers deploy deploys detect detected detection device
devices disclosed discovered distribute distributed distributes dive does dozens emergency enterprise exploit exploitation exploited exploiting exploits expose
exposed exposes fake family file files find finds first fix fixed fixes flaw flaws follow for from gang get gives global government group groups
guide hack hacked hacker hackers hacking hackers have high hit hits how hundreds if impact in incident indicators industry infect infected infection
infections information injection inside install internet into investigation ioc iocs is issue issued issues it its itself key keys
kit kits known large latest launch launches leads leak leaked leaks let lets like linked local lure lures major malicious malware many mass massive may
might million millions more most multiple national network networks new news no not note notes november december january february march april june july
august september october now of off on one online only open operation operators or organisations organizations other our out over overview own package
packages part patch patched patches patching payload payloads phishing platform poc post posts pre proof public published quick ransomware rat rce
related release released releases remote remotely report reported reporting reports research researcher researchers response reveal
revealed reveals review risk says scam security seen sends server servers service services severe severity should since site sites software some source spread
spreading spreads spyware state steal stealer stealers stealing steals still story target targeted targeting targets technical technique techniques than that the
their them these they this those thousands threat threats through to today tool tools top tracked trojan two unauthenticated under unknown unpatched
up update updated updates urge urges us use used user users uses using variant version via victims vulnerabilities vulnerability vulnerable warn warned
warning warns was wave we web week weekly what when where which while who why wild will with within without work world year yet you your zero
und der die das den dem des ein eine einer für mit von vor auf aus bei zu zum zur im am ist sind wird werden neue neuer neues über nach durch gegen kritische
kritischen schwachstelle schwachstellen sicherheitslücke sicherheitslücken lücke lücken angriff angriffe angreifer warnung warnt schadsoftware aktiv ausgenutzt
le la les un une des du de et en dans pour par sur avec aux au est sont nouvelle nouveau faille failles vulnérabilité vulnérabilités attaque attaques critique critiques
el los las una del por para con sobre que es nueva nuevo vulnerabilidad vulnerabilidades ataque ataques crítica grave il lo gli di da nel della per con sono
utc gmt cet monday tuesday wednesday thursday friday saturday sunday scam scams malspam c2 opendir host hosts ip ips domain domains url urls sample samples`) {
		common[w] = true
	}
	return common
})
