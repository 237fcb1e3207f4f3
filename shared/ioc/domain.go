package ioc

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// registrable reports whether the name is what a registrar sells: one label
// before a public suffix.
func registrable(name string) bool {
	r, err := publicsuffix.EffectiveTLDPlusOne(name)
	return err == nil && r == name
}

// topLevel reports whether the label is a top-level domain: one of IANA's by
// the Public Suffix List (https://publicsuffix.org), or .onion, RFC 7686.
func topLevel(label string) bool {
	if len(label) < 2 || digit(label[0]) || label[0] == '-' {
		return false
	}
	suffix, icann := publicsuffix.PublicSuffix("x." + label)
	return icann && (suffix == label || suffix == "x."+label) || label == "onion"
}

// otherRoot reports whether the label is a top-level domain of a root beside
// IANA's that malware is known to use; nobody writes such a name in passing.
func otherRoot(label string) bool {
	switch label {
	case "bit", "bazar", "lib", "emc", "coin", "i2p", "geek", "libre", "fur":
		return true
	}
	return false
}

// hostName makes the chain a host name: trims what is no part of it and
// checks it. It reports whether one is left.
func hostName(c *chain) bool {
	if c.over || c.count < 2 || c.digits() {
		return false
	}
	trimRight(c)
	if !validLabel(c.label(c.count-1), true) {
		return false
	}
	if validLabel(c.label(c.count-2), true) {
		first := c.count - 2
		for first > 0 && validLabel(c.label(first-1), false) {
			first--
		}
		c.cutLeft(first)
	} else if !cutLabel(c) {
		return false
	}
	if c.n > 253 || string(c.label(c.count-1)) == "xxx" && string(c.label(c.count-2)) == "xxx" { // "xxx.xxx.xxx.xxx" stands for an address
		return false
	}
	if !c.ascii() {
		return toASCII(c)
	}
	if c.top() {
		return string(c.label(c.count-1)) != "onion" || onionService(c.label(c.count-2))
	}
	return c.fanged && otherRoot(string(c.label(c.count-1))) || i2pService(c)
}

// bareSuffix reports whether the name is a public suffix itself ("co.uk"),
// which is nobody's host unless something says so.
func bareSuffix(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	return icann && len(suffix) == len(name)
}

// trimRight drops hyphens and underscores behind the name.
func trimRight(c *chain) {
	for c.n > int(c.at[c.count-1]) && (c.text[c.n-1] == '-' || c.text[c.n-1] == '_') && c.end > c.start {
		c.n--
		c.end--
	}
}

// maxLabelBytes is the longest label that DNS carries, RFC 1035 §2.3.4.
const maxLabelBytes = 63

// validLabel checks one label: 1–63 letters, digits and hyphens, none at the
// ends, RFC 1123 §2.1. Left of the registrable name an underscore may stand.
func validLabel(b []byte, strict bool) bool {
	if len(b) == 0 || len(b) > maxLabelBytes || b[0] == '-' || b[len(b)-1] == '-' {
		return false
	}
	for _, c := range b {
		if c == '_' && strict {
			return false
		}
	}
	return true
}

// cutLabel keeps of the label before the last, glued to something else with an
// underscore or a hyphen ("stix_example.com"), what can be a label.
func cutLabel(c *chain) bool {
	i := c.count - 2
	b := c.label(i)
	if len(b) == 0 || len(b) > maxLabelBytes || c.seen&isHigh != 0 {
		return false
	}
	k := len(b)
	for k > 0 && b[k-1] != '_' {
		k--
	}
	for k < len(b) && b[k] == '-' {
		k++
	}
	if k == 0 || k == len(b) || b[len(b)-1] == '-' {
		return false
	}
	c.cutLeft(i)
	c.n = copy(c.text[:], c.text[k:c.n])
	c.at[1] -= int16(k)
	c.start += k
	c.stand[0] += int32(k)
	return true
}

// toASCII turns the name into punycode, UTS #46.
func toASCII(c *chain) bool {
	if c.idn.name != string(c.name()) {
		c.idn.name = string(c.name())
		c.idn.ascii = asciiName(c.idn.name)
	}
	if c.idn.ascii == "" {
		return false
	}
	c.n = copy(c.text[:], c.idn.ascii)
	c.plain = false
	return true
}

// asciiName gives the name in punycode, "" if no host can have it.
func asciiName(name string) string {
	a, err := idna.Lookup.ToASCII(name)
	if err != nil || len(a) > 253 {
		return ""
	}
	top := a[strings.LastIndexByte(a, '.')+1:]
	if len(top) == len(a) || !topLevel(top) {
		return ""
	}
	for label := range strings.SplitSeq(a, ".") { // punycode is longer than what it stands for
		if len(label) > maxLabelBytes {
			return ""
		}
	}
	return a
}

// fileTop reports whether the top-level domain is better known as the ending
// of a file or the end of a line of code.
func fileTop(label string) bool {
	switch label {
	case "ac", "ai", "am", "app", "as", "bar", "cab", "cat", "cc", "cfd", "do", "dot", "foo", "gdn", "hm", "id", "in", "inc",
		"int", "is", "it", "la", "link", "lua", "map", "md", "mk", "ml", "mm", "mo", "mov", "ms", "name", "new",
		"next", "no", "one", "ph", "pl", "pm", "prof", "ps", "pub", "py", "read", "rs", "run", "sc", "sh", "so",
		"st", "style", "sy", "target", "tf", "to", "ts", "vi", "zip":
		return true
	}
	return false
}

// fileOnly reports whether the top-level domain is a file's ending first, even
// with several dots before it.
func fileOnly(label string) bool {
	switch label {
	case "zip", "mov", "md", "py", "rs", "sh", "pl", "one", "cab", "java", "target":
		return true
	}
	return false
}
