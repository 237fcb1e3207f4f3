// Package ioc reads indicators of compromise (IoCs) in text: it finds them,
// refangs what people wrote to make them harmless, normalises them, and says
// which of them are indicators and which are only mentioned.
//
// Reading is one pass over the text, linear in its length on any input. The
// scanner (find.go) goes from word to word by a table of byte classes
// (alphabet.go), past those in which nothing begins (skip.go). What joins words
// decides what is read: a dot in any spelling (fang.go) makes a chain (host.go),
// which is a domain, an address, a file's name or code (dotted.go); "://" makes
// a URL (url.go), "@" a mail address (mail.go). A word alone may be a hash or
// another identifier (single.go), also one that was broken over lines
// (broken.go). Signs of the text's form, a pair that emphasises or what ends a
// table's cell, are no part of a value (markup.go, table.go). Signs begin paths
// in file systems (windowspath.go, unixpath.go); labels and headings tell what
// has no shape, such as a mutex (label.go, listed.go), and what looks like a
// hash and is another fingerprint (fingerprint.go); Base64 that PowerShell reads
// is read as well (powershell.go). What stands beside a value is said with it
// (composite.go). Each value is noted once (values.go) with the places it stands
// in (mark.go). What a kind is called, and is to TheHive and MISP, stands in one
// table (kinds.go).
//
// Then each is judged (role.go) by what it is, by the author's manner (who
// disarms what is malicious cites the rest), by the section it stands in
// (section.go), by its line (place.go) and its neighbours (around.go), and by
// what the text is about (threat.go); the words that say so are in lexica
// (lexicon.go). A text that is nothing but a list says so by that. Streams are
// read window by window (reader.go). Values that are no indicators keep their
// place in the results, with their role and the reason.
package ioc

// Role is the part a value plays in the text it was read in.
type Role string

// The roles.
const (
	Attack    Role = "indicator" // the text presents it as malicious, or nothing says otherwise
	Reference Role = "reference" // cited: a source, the publisher's own site, a link to read on
	Benign    Role = "benign"    // known-good, private, reserved or documentation value
)

// Indicator is one value read in a text.
type Indicator struct {
	Kind  Kind   `json:"type"`
	Value string `json:"value"`         // normalised and refanged
	Raw   string `json:"raw,omitempty"` // as it stood in the text
	Start int    `json:"start"`         // byte offsets of Raw in the text
	End   int    `json:"end"`

	Defanged   bool   `json:"defanged,omitempty"`
	Role       Role   `json:"role"`
	Confidence int    `json:"confidence"`    // 0–100: how sure the role is
	Why        string `json:"why,omitempty"` // what decided the role, in words

	Port uint16 `json:"port,omitempty"` // written behind an address or a host
	// With is what the value's row has beside it: the name of a hash's file, the
	// address of a host. It is not known of a name that came very often before.
	With string `json:"with,omitempty"`
}
