package cortex

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// fits tells whether the artifact's value is what its data type says, for the
// types whose values have a form. Services hand on what strangers told them, and
// what is no address, name, hash or URL would only be in the analyst's way as one.
func (a Artifact) fits() bool {
	switch a.DataType {
	case "ip":
		return isAddress(a.Data)
	case "domain", "fqdn":
		name, err := ascii(strings.TrimSuffix(a.Data, "."), idna.StrictDomainName(false))
		return err == nil && !strings.ContainsFunc(name, notOfHost) && !isAddress(a.Data)
	case "hash":
		_, err := hex.DecodeString(a.Data)
		return err == nil && len(a.Data) >= int(MD5)
	case "url":
		scheme, rest, _ := strings.Cut(a.Data, "://")
		return scheme != "" && strings.Trim(rest, "/?#") != "" && !strings.ContainsFunc(a.Data, notOfURL)
	}
	return true
}

// isAddress tells an IP address or a network of them.
func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	if err != nil {
		_, err = netip.ParsePrefix(text)
	}
	return err == nil
}

// notOfURL tells what no program would send as part of a URL. What is merely
// against RFC 3986 stays: malware's URLs often are.
func notOfURL(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`<>"`, r)
}
