package ioc

import "strings"

// Defang makes one value harmless to click and to look up: hxxp for http, [.]
// for the dots of a host, [@] in a mail address, [:] in an IPv6 address. Paths
// and queries stay as they are, and so do values that lead nowhere (hashes,
// CVE numbers) and text that is no value. Refang undoes it.
func Defang(s string) string {
	i, ok := Parse(s)
	if !ok {
		return s
	}
	switch i.Kind {
	case URL:
		return defangURL(i.Value)
	case Domain, IP, CIDR:
		return defangHost(i.Value)
	case Email:
		at := strings.LastIndexByte(i.Value, '@')
		return i.Value[:at] + "[@]" + defangHost(i.Value[at+1:])
	}
	return i.Value
}

func defangURL(s string) string {
	scheme, rest, _ := strings.Cut(s, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	at := strings.LastIndexByte(rest[:end], '@') + 1
	return defangScheme(scheme) + "://" + rest[:at] + strings.ReplaceAll(rest[at:end], ".", "[.]") + rest[end:]
}

func defangScheme(s string) string {
	switch s {
	case "http":
		return "hxxp"
	case "https":
		return "hxxps"
	case "ftp":
		return "fxp"
	}
	return s
}

func defangHost(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, ".", "[.]"), ":", "[:]")
}

// Refang undoes the spellings that make one value harmless, and normalises the
// value. In text that is no value it restores the dots, colons and slashes.
func Refang(s string) string {
	if i, ok := Parse(s); ok {
		return i.Value
	}
	var b builder
	b.reset(s, 0)
	rewrite(s, 0, len(s), &b)
	return b.string()
}
