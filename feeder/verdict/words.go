package verdict

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/taxonomy"
)

// worst gives the worst level of a report's taxonomies, and what says so. A
// report without any, or with levels that nobody knows, is info.
func worst(taxonomies []waggle.Taxonomy) (l waggle.Level, about string) {
	l = waggle.Info
	for _, t := range taxonomies {
		if about == "" && t.Level == l || taxonomy.Level(t.Level).Worse(taxonomy.Level(l)) {
			l, about = t.Level, Label(t)
		}
	}
	return l, about
}

// Label is a taxonomy in words, "Threat: malware_download". Its parts come from
// a service: they are cut and on one line, and not escaped.
func Label(t waggle.Taxonomy) string {
	predicate, value := harmless.Line(t.Predicate, 40), harmless.Line(t.Value, 60)
	if predicate == "" || value == "" {
		return predicate + value
	}
	return predicate + ": " + value
}

// Name is what to call the analyzer of an analysis: its name without what all
// of ours have in common and without its version.
func Name(analyzer string) string {
	return harmless.Line(version.ReplaceAllString(strings.TrimPrefix(analyzer, "Waggle_"), ""), 40)
}

// version is the end that Cortex gives an analyzer's id: "_1_0".
var version = regexp.MustCompile(`(_[0-9]+)+$`)

// name prefers what the analyzer calls itself in its taxonomies.
func name(a waggle.Analysis) string {
	for _, t := range a.Taxonomies {
		if t.Namespace != "" {
			return harmless.Line(t.Namespace, 40)
		}
	}
	return Name(a.Analyzer)
}

// and joins names: "a", "a and b", "a, b and c".
func and(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// but adds who says otherwise, if anybody does.
func but(against, more string) string {
	if against == "" {
		return ""
	}
	return ", but " + against + more
}

func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}

func sentence(text string) string { return capital(text) + "." }
