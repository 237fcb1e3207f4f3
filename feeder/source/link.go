package source

import (
	"net/url"
	"slices"
	"strings"
)

// Absolute resolves a link and keeps only web addresses.
func Absolute(base, raw string) string {
	raw = strings.TrimSpace(Clean(raw))
	if raw == "" {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	if from, err := url.Parse(base); err == nil {
		from.RawQuery, from.User = "", nil // may hold a token, which "#x" would take along
		u = from.ResolveReference(u)
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return ""
	}
	return u.String()
}

// Links gathers the web addresses among some, each once and at most MaxLinks;
// relative ones start from base, and those in without are left out.
func Links(base string, raw []string, without ...string) []string {
	var out []string
	for _, r := range raw {
		if l := Absolute(base, r); l != "" && len(out) < MaxLinks && !slices.Contains(out, l) && !slices.Contains(without, l) {
			out = append(out, l)
		}
	}
	return out
}
