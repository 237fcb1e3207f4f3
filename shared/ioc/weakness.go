package ioc

import "strings"

// cwe reads the number of a class of weaknesses, "CWE-79"
// (https://cwe.mitre.org/about/faq.html).
func cwe(w string) (string, bool) {
	if len(w) < 5 || len(w) > 8 || !hasFold(w, 0, "cwe-") || !decimal(w[4:]) || w[4] == '0' {
		return "", false
	}
	return "CWE-" + w[4:], true
}

// ghsaSigns are the letters and digits of GitHub's advisory numbers
// (https://github.com/github/advisory-database#ghsa-ids).
const ghsaSigns = "23456789cfghjmpqrvwx"

// ghsa reads the number of a GitHub security advisory, GHSA-xxxx-xxxx-xxxx.
func ghsa(w string) (string, bool) {
	if len(w) != 19 || !hasFold(w, 0, "ghsa-") || w[9] != '-' || w[14] != '-' {
		return "", false
	}
	id := strings.ToLower(w[5:])
	for k := range len(id) {
		if k != 4 && k != 9 && !has(ghsaSigns, id[k]) {
			return "", false
		}
	}
	return "GHSA-" + id, true
}

// euvd reads the number of an entry of ENISA's European vulnerability database,
// EUVD-2024-1234 (https://euvd.enisa.europa.eu/faq).
func euvd(w string) (string, bool) {
	if len(w) < 11 || len(w) > 17 || !hasFold(w, 0, "euvd-") || !decimal(w[5:9]) || w[9] != '-' || !decimal(w[10:]) || w[5] != '2' && w[5] != '1' {
		return "", false
	}
	return "EUVD-" + w[5:], true
}
