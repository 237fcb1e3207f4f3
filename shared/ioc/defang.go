package ioc

import "strings"

// Defang makes one value harmless to click and to look up: hxxp for http and
// [.] for the dots of the host; [@] in a mail address; [:] for the colons of
// an IPv6 address. Paths and queries stay as they are. Values without a host
// (hashes, CVE numbers) come back unchanged. Refang undoes it.
func Defang(s string) string {
	i, ok := Parse(s)
	if !ok {
		return s
	}
	switch i.Kind {
	case URL:
		return defangURL(i.Value)
	case Domain, IP, CIDR, Email:
		return defangHost(i.Value)
	}
	return s
}

func defangURL(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return defangHost(s)
	}
	switch scheme {
	case "http":
		scheme = "hxxp"
	case "https":
		scheme = "hxxps"
	case "ftp":
		scheme = "fxp"
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, path := rest[:end], rest[end:]
	return scheme + "://" + strings.ReplaceAll(host, ".", "[.]") + path
}

func defangHost(s string) string {
	s = strings.ReplaceAll(s, ".", "[.]")
	s = strings.ReplaceAll(s, "@", "[@]")
	return strings.ReplaceAll(s, ":", "[:]")
}

// Refang undoes the spellings by which people make one value harmless.
func Refang(s string) string {
	return refanger().Replace(s)
}

func refanger() *strings.Replacer {
	return strings.NewReplacer("hxxp", "http", "hXXp", "http", "fxp:", "ftp:",
		"[.]", ".", "(.)", ".", "{.}", ".", "[dot]", ".", "(dot)", ".",
		"[:]", ":", "[://]", "://", "[@]", "@", "[at]", "@", "(at)", "@")
}
