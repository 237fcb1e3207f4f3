package misp

import (
	"strings"

	"golang.org/x/net/idna"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// hostNames maps international names as a browser does (UTS 46), and takes
// underscores, as MISP does. Whether a public suffix ends them does not count:
// MISP takes any.
var hostNames = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// international gives a value in whose host name are letters beyond ASCII in
// punycode, and one whose host name is in punycode with its letters: MISP turns
// hosts and domains into punycode, and leaves URLs and mail addresses as they
// were sent. The value is a host, a URL or a mail address; all else, and what is
// spelled in one way only, gives nothing.
func international(value string) []string {
	before, host, after := aroundHost(ioc.Refang(strings.TrimSpace(value)))
	host = strings.TrimSuffix(host, ".")
	if !strings.Contains(host, ".") && !strings.Contains(host, "。") || strings.ContainsAny(host, " /\\:[]") {
		return nil
	}
	ascii, err := hostNames.ToASCII(host)
	if err != nil || !strings.Contains(ascii, "xn--") {
		return nil
	}
	letters, err := hostNames.ToUnicode(ascii)
	if err != nil {
		return nil
	}
	return []string{before + ascii + after, before + letters + after}
}

// aroundHost parts a URL or a mail address at its host; of all else the whole is
// the host.
func aroundHost(value string) (before, host, after string) {
	scheme, rest, isURL := strings.Cut(value, "://")
	if isURL {
		before = scheme + "://"
		if end := strings.IndexAny(rest, "/?#"); end >= 0 {
			rest, after = rest[:end], rest[end:]
		}
	} else {
		rest = value
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		before, rest = before+rest[:at+1], rest[at+1:]
	}
	if colon := strings.LastIndexByte(rest, ':'); isURL && colon >= 0 {
		rest, after = rest[:colon], rest[colon:]+after
	}
	return before, rest, after
}
