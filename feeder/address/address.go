// Package address brings web addresses to one form, so that the same page is
// the same text wherever it was linked from.
package address

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// Canonical gives the form under which an address is compared: lower-case
// scheme and host in punycode, https for http, no default port, no fragment, no "www.",
// no trailing slash, no parameter that only says where the reader came from,
// the others in order. It is for comparing only; it need not be fetchable.
// "" means that the text is no absolute http(s) address.
func Canonical(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Hostname() == "" {
		return ""
	}
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return ""
	}
	host := strings.TrimLeft(Host(raw), ".")
	for strings.HasPrefix(host, "www.") {
		host = strings.TrimPrefix(host, "www.")
	}
	if host == "" {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	out := "https://" + host + path
	if query := telling(u.Query()); query != "" {
		out += "?" + query
	}
	return out
}

// Fragment is the address' fragment with its '#'; "" when there is none. Some
// sites keep many posts on one page, and only the fragment tells which.
func Fragment(raw string) string {
	_, fragment, _ := strings.Cut(strings.TrimSpace(raw), "#")
	if fragment == "" {
		return ""
	}
	return "#" + fragment
}

// Host is the address' host in lower case and punycode, without port and
// brackets; "" when there is none or it cannot be a host.
func Host(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return ""
	}
	host := strings.ToLower(strings.TrimRight(u.Hostname(), "."))
	if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		return ascii
	}
	// Not a name by IDNA's rules: an address, or one with an underscore.
	if strings.IndexFunc(host, unlike) >= 0 {
		return ""
	}
	return host
}

func unlike(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(".-_:", r)
}

// telling drops the parameters that only count readers and sorts the others.
func telling(query url.Values) string {
	for name := range query {
		if counts(strings.ToLower(name)) {
			query.Del(name)
		}
	}
	return query.Encode()
}

// counts reports whether a parameter only tells the site where its reader came
// from: the analytics parameters of Google (utm_*, gclid), Facebook, Microsoft,
// Mailchimp, HubSpot, Matomo and X. Names that some sites give to what they
// show (ref, source, id) are not among them.
func counts(name string) bool {
	if strings.HasPrefix(name, "utm_") || strings.HasPrefix(name, "mtm_") || strings.HasPrefix(name, "pk_") || strings.HasPrefix(name, "hsa_") {
		return true
	}
	return slices.Contains([]string{
		"fbclid", "gclid", "dclid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid",
		"_hsenc", "_hsmi", "__hssc", "__hstc", "ref_src", "ref_url",
	}, name)
}
