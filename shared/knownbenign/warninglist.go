package knownbenign

import (
	"errors"
	"fmt"

	"github.com/tidwall/gjson"
)

// Match is how a list's entries are compared with a value.
type Match string

// The ways of matching, as list.json names them.
const (
	Exact     Match = "string"    // the entry is the value
	Hostname  Match = "hostname"  // the entry is the value's host, or a domain above it
	CIDR      Match = "cidr"      // the entry is a range, or an address, that holds the value
	Substring Match = "substring" // the entry is somewhere in the value
	Regex     Match = "regex"     // the entry is a pattern with its delimiters: /^abuse@/i
)

// known is the category of lists whose entries are known identifiers: what they
// hold is identified by them, not cleared.
// https://github.com/MISP/MISP/blob/2.5/app/Model/Warninglist.php
const known = "known"

// Warninglist is one list of the MISP project or of a MISP server.
type Warninglist struct {
	Name       string
	Version    int64
	Match      Match
	Attributes []string // MISP's attribute types that it is meant for; none: all
	Entries    []string
	Category   string // MISP's: "known" or "" and "false_positive"
	Benign     bool   // its owner vouches for what is on it, of whatever kind
}

// Parse reads a list.json. Where it differs from
// https://github.com/MISP/misp-warninglists/blob/main/schema.json it is read
// as MISP reads it: without type its entries are strings, and the list may be
// an object whose keys are the entries, with a comment for each.
func Parse(data []byte) (Warninglist, error) {
	if !gjson.ValidBytes(data) {
		return Warninglist{}, errors.New("it is not JSON")
	}
	r := gjson.ParseBytes(data)
	w := Warninglist{
		Name: r.Get("name").String(), Version: r.Get("version").Int(), Match: Exact,
		Attributes: entries(r.Get("matching_attributes")), Category: r.Get("category").String(),
	}
	switch t := r.Get("type"); {
	case t.IsArray():
		w.Match = Match(t.Get("0").String())
	case t.Exists():
		w.Match = Match(t.String())
	}
	switch list := r.Get("list"); {
	case list.IsArray():
		w.Entries = entries(list)
	case list.IsObject():
		list.ForEach(func(entry, _ gjson.Result) bool {
			w.Entries = append(w.Entries, entry.String())
			return true
		})
	default:
		return w, errors.New("it has no list of entries")
	}
	return w, w.check()
}

func (w Warninglist) check() error {
	if w.Name == "" || len(w.Name) > maxName {
		return fmt.Errorf("its name is %d bytes long; 1 to %d are allowed", len(w.Name), maxName)
	}
	switch w.Match {
	case Exact, Hostname, CIDR, Substring, Regex:
		return nil
	}
	return fmt.Errorf("its type is %.32q; string, hostname, cidr, substring and regex are known", w.Match)
}

func entries(array gjson.Result) []string {
	var out []string
	array.ForEach(func(_, one gjson.Result) bool {
		out = append(out, one.String())
		return true
	})
	return out
}
