package ioc

import (
	"strconv"
	"strings"
)

// MISP gives the attribute type and the category for the kind, as a
// destination seen in an attack. A type that needs a value of another shape
// (asn without its prefix) is left to the caller, who has the value.
//
// https://www.misp-project.org/datamodels/#types
func (k Kind) MISP(value string) (typ, category string) {
	t := k.trait()
	switch {
	case t.kind == "":
		return mispText, unsorted
	case k == Domain && !registrable(value):
		return "hostname", t.category
	case k == FilePath && hasFold(value, len(value)-4, ".pdb"):
		return "pdb", t.category
	}
	return t.misp, t.category
}

// MISP gives the attribute for the indicator, of a composite type where
// something belongs to it: "ip-dst|port", "hostname|port", "domain|ip",
// "filename|sha256". Else it is as Kind.MISP says.
//
// https://www.misp-project.org/datamodels/#types
func (i Indicator) MISP() (typ, category, value string) {
	typ, category = i.Kind.MISP(i.Value)
	switch {
	case i.Kind == IP && i.Port > 0:
		return typ + "|port", category, i.Value + "|" + strconv.Itoa(int(i.Port))
	case i.Kind == Domain && i.Port > 0:
		return "hostname|port", category, i.Value + "|" + strconv.Itoa(int(i.Port))
	case i.Kind == Domain && i.With != "":
		return "domain|ip", category, i.Value + "|" + i.With
	case i.With != "":
		return "filename|" + typ, category, strings.ReplaceAll(i.With, "|", "_") + "|" + i.Value
	}
	return typ, category, i.Value
}
