// Package knownbenign tells values that are known to be harmless: well-known
// hosts, public resolvers, hashes of empty files.
package knownbenign

// Lookup says whether the value is known to be harmless and by which list.
// Kind is the text of an ioc.Kind ("domain", "ip", "url", "sha256", …).
func Lookup(kind, value string) (list string, ok bool) { return "", false }
