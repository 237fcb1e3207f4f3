package knownbenign

import (
	"encoding/json"
	"strings"
)

// Kinds is a set of the kinds of value that lists hold. Its text is "ip
// domain url email hash", as far as they are in it.
type Kinds uint8

// The kinds. A range of addresses is asked for as IP is, a host name of any
// depth as Domain.
const (
	IP Kinds = 1 << iota
	Domain
	URL
	Email
	Hash

	all = IP | Domain | URL | Email | Hash
)

var kindNames = [...]string{"ip", "domain", "url", "email", "hash"}

// Names gives the kinds of the set one by one.
func (k Kinds) Names() []string {
	names := []string{}
	for i, name := range kindNames {
		if k&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String gives the names with spaces between.
func (k Kinds) String() string { return strings.Join(k.Names(), " ") }

// MarshalJSON writes the names.
func (k Kinds) MarshalJSON() ([]byte, error) { return json.Marshal(k.Names()) }

// UnmarshalJSON reads names; others than those known count as none.
func (k *Kinds) UnmarshalJSON(data []byte) error {
	var names []string
	if err := json.Unmarshal(data, &names); err != nil {
		return err
	}
	*k = 0
	for _, name := range names {
		for i, known := range kindNames {
			if name == known {
				*k |= 1 << i
			}
		}
	}
	return nil
}

// kindOf reads the text of an ioc.Kind.
func kindOf(kind string) Kinds {
	switch kind {
	case "ip", "cidr":
		return IP
	case "domain":
		return Domain
	case "url":
		return URL
	case "email":
		return Email
	case "md5", "sha1", "sha224", "sha256", "sha384", "sha512":
		return Hash
	}
	return 0
}

// matching reads a list's matching_attributes, MISP's attribute types. None at
// all means every type, as in MISP. A composite type (domain|ip) counts for
// both its halves.
// https://www.misp-project.org/datamodels/#types
func matching(attributes []string) Kinds {
	if len(attributes) == 0 {
		return all
	}
	var k Kinds
	for _, attribute := range attributes {
		for half := range strings.SplitSeq(attribute, "|") {
			k |= attributeKind(half)
		}
	}
	return k
}

func attributeKind(attribute string) Kinds {
	switch attribute {
	case "ALL":
		return all
	case "ip", "ip-src", "ip-dst":
		return IP
	case "domain", "hostname":
		return Domain
	case "url", "uri", "link":
		return URL
	case "email", "email-src", "email-dst", "email-reply-to", "target-email", "whois-registrant-email", "dns-soa-email":
		return Email
	case "md5", "sha1", "sha224", "sha256", "sha384", "sha512",
		"x509-fingerprint-md5", "x509-fingerprint-sha1", "x509-fingerprint-sha256", "malware-sample":
		return Hash
	}
	return 0
}
