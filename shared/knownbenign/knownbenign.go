// Package knownbenign tells values that are known to be harmless, and by
// which list: hosts of well-known sites, of those who write about security,
// public DNS resolvers, hashes of nothing.
//
// A host is matched by suffix (the name itself and all below it), but where
// anybody gets a name below (Hosting) only itself; an address and a hash are
// matched exactly. The lists are facts written down for this package, and part
// of the binary.
//
// Lists adds those of a compiled file: MISP's warninglists, with MISP's ways of
// matching. README.md says what is compiled, and which lists make a value
// harmless and which only flag it.
package knownbenign

import "sync"

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
		return host(value)
	case "url":
		if list, ok := host(urlHost(value)); ok && list != Hosting && list != WellKnown {
			return list, true
		}
	case "ip":
		return exact(resolverSet(), value, Resolvers)
	case "md5", "sha1", "sha256", "sha512":
		return exact(nothingSet(), value, Nothing)
	}
	return "", false
}

// The lists that are matched exactly, each made when first asked.
var (
	resolverSet = sync.OnceValue(func() map[string]bool { return setOf(resolvers[:]) })
	nothingSet  = sync.OnceValue(func() map[string]bool { return setOf(nothing[:]) })
)

func setOf(values []string) map[string]bool {
	set := make(map[string]bool, len(values))
	for _, v := range values {
		set[v] = true
	}
	return set
}

func exact(set map[string]bool, value, name string) (string, bool) {
	if set[value] {
		return name, true
	}
	return "", false
}
