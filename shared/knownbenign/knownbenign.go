// Package knownbenign tells values that are known to be harmless, and by
// which list: hosts of well-known sites, of those who write about security,
// public DNS resolvers, hashes of nothing.
//
// A host is matched by suffix (the name itself and all below it), but where
// anybody gets a name below (Hosting) only itself; an address and a hash are
// matched exactly. The lists are facts written down for this package; they
// are data of the binary, so that a process that starts pays nothing for them.
//
// Lists adds those of a compiled file: MISP's warninglists, with MISP's ways of
// matching. README.md says what is compiled, and which lists make a value
// harmless and which only flag it.
package knownbenign

import (
	"sort"
	"strings"
)

// The lists' names, as Lookup gives them.
const (
	WellKnown = "well-known sites"
	Hosting   = "sites where anybody publishes"
	Social    = "social networks"
	Security  = "security vendors, researchers and CERTs"
	Sandboxes = "sandboxes and reputation services"
	News      = "news sites"
	Resolvers = "public DNS resolvers"
	Nothing   = "hashes of empty or trivial files"
)

// Lookup says whether the value is known to be harmless and names the list.
// Kind is the text of an ioc.Kind: domain, url, email, ip, md5, sha1, sha256 …;
// values are normalised as ioc gives them.
//
// A URL is matched only by sites whose own people publish there, not by
// Hosting: whoever wants to can put malware on a file sharing site. A mail
// address is never matched: mailboxes of well-known providers are anybody's.
func Lookup(kind, value string) (list string, ok bool) {
	switch kind {
	case "domain":
		if list, ok := host(value); ok {
			return list, true
		}
	case "url":
		if list, ok := host(urlHost(value)); ok && list != Hosting && list != WellKnown {
			return list, true
		}
	case "ip":
		return exact(resolvers[:], value, Resolvers)
	case "md5", "sha1", "sha256", "sha512":
		return exact(nothing[:], value, Nothing)
	}
	return "", false
}

func exact(sorted []string, value, name string) (string, bool) {
	i := sort.SearchStrings(sorted, value)
	if i < len(sorted) && sorted[i] == value {
		return name, true
	}
	return "", false
}

// host looks for the name and each of its parents.
func host(name string) (string, bool) {
	full := strings.TrimPrefix(name, "www.")
	for {
		i := sort.Search(len(hosts), func(i int) bool { return hosts[i].name >= name })
		if i < len(hosts) && hosts[i].name == name {
			return hosts[i].list, hosts[i].list != Hosting || len(name) == len(full)
		}
		_, parent, ok := strings.Cut(name, ".")
		if !ok {
			return "", false
		}
		name = parent
	}
}

// urlHost gives the host of a normalised URL.
func urlHost(u string) string {
	if _, rest, ok := strings.Cut(u, "://"); ok {
		u = rest
	}
	if i := strings.IndexAny(u, "/?#"); i >= 0 {
		u = u[:i]
	}
	u = u[strings.LastIndexByte(u, '@')+1:]
	if i := strings.IndexByte(u, ':'); i >= 0 {
		u = u[:i]
	}
	return u
}
