package ioc

import (
	"net/netip"
	"strings"
)

// Options are what a reader of a text knows beside the text.
type Options struct {
	// Own are the publisher's own hosts: a plain link to one of them, or to
	// a host below it, is a reference.
	Own []string
	// Known says whether a value is known to be benign, and by which list.
	// Nil means the built-in list.
	Known func(kind Kind, value string) (list string, ok bool)
}

// Find reads all values in the text, in text order, one Indicator for each
// (Kind, Value): its most telling occurrence.
func Find(text string, o Options) []Indicator {
	var out []Indicator
	at := 0
	for _, w := range strings.Fields(text) {
		at += strings.Index(text[at:], w)
		if i, ok := Parse(w); ok {
			i.Start, i.End = at, at+len(w)
			out = append(out, i)
		}
		at += len(w)
	}
	return out
}

// Parse reads s as one value, defanged or not.
func Parse(s string) (Indicator, bool) {
	v := Refang(s)
	i := Indicator{Value: v, Raw: s, End: len(s), Defanged: v != s, Role: Attack, Confidence: 50}
	switch {
	case strings.Contains(v, "://"):
		i.Kind = URL
	case strings.HasPrefix(strings.ToUpper(v), "CVE-"):
		i.Kind = CVE
	case isAddr(v):
		i.Kind = IP
	case len(v) == 64 && !strings.Contains(v, "."):
		i.Kind = SHA256
	case len(v) == 40 && !strings.Contains(v, "."):
		i.Kind = SHA1
	case len(v) == 32 && !strings.Contains(v, "."):
		i.Kind = MD5
	case strings.Contains(v, "@") && strings.Contains(v, "."):
		i.Kind = Email
	case strings.Contains(v, ".") && registrableSuffix(v):
		i.Kind = Domain
	default:
		return Indicator{}, false
	}
	return i, true
}

func isAddr(s string) bool { _, err := netip.ParseAddr(s); return err == nil }

func registrableSuffix(s string) bool { return s[len(s)-1] != '.' && s[0] != '.' }
