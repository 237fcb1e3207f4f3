package misp

import (
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// unkept is what the comment of an attribute says whose value MISP cannot hold.
const unkept = "MISP cannot hold all characters of this value: each ? may stand for one."

// wide tells the characters that the three-byte UTF-8 of MISP's database cannot
// hold.
func wide(r rune) bool { return r > 0xFFFF }

// narrow puts a question mark in the place of what MISP's database cannot hold,
// as the database does.
func narrow(value string) string {
	return strings.Map(func(r rune) rune {
		if wide(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(value, "?"))
}

// escaped is a value of a type, in which what MISP cannot hold is written in
// ASCII if the type has a way to.
func escaped(typ, value string) string {
	switch typ {
	case "url", "uri", "link":
		return escapedURL(value)
	}
	return value
}

// escapedURL writes in ASCII what MISP cannot hold of a URL: a host in punycode,
// the rest percent-encoded.
func escapedURL(address string) string {
	if !strings.ContainsFunc(address, wide) {
		return address
	}
	before, host, after := aroundHost(address)
	if ascii, err := idna.Punycode.ToASCII(host); err == nil && before != "" {
		host = ascii
	}
	return percent(before + host + after)
}

// percent percent-encodes the characters that MISP cannot hold.
func percent(text string) string {
	var out strings.Builder
	for _, r := range text {
		if wide(r) {
			out.WriteString(url.PathEscape(string(r)))
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// marked is the attribute with what it must say where MISP cannot hold all of
// its value: then it is of no use for detection.
func (a Attribute) marked() Attribute {
	if a.kept() {
		return a
	}
	a.ToIDS, a.Comment = false, lines(a.Comment, unkept)
	return a
}

// kept tells whether MISP can hold all of an attribute's value.
func (a Attribute) kept() bool {
	value := escaped(a.Type, a.Value)
	return narrow(value) == value
}
