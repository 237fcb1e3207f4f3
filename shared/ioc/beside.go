package ioc

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The tags that say what a value is and what belongs to it, where a system keeps
// values alone: TheHive knows no type for an import hash, an address with its
// port, or a digest with the name of its file. An analyst may write them as well.
const (
	kindTag = "waggle:type=" // a Kind
	portTag = "waggle:port=" // of an address or a host
	withTag = "waggle:with=" // the name of a digest's file, the address of a host

	maxBesideTag = 128 // characters of a tag that TheHive keeps
)

// KindTag is the tag that says a value's kind.
func KindTag(k Kind) string { return kindTag + string(k) }

// Tagged reads a value of one of TheHive's data types as the kind that its tags
// say. It is false where they say none, or one that does not fit.
func Tagged(tags []string, dataType, value string) (Indicator, bool) {
	for _, tag := range tags {
		name, tells := strings.CutPrefix(tag, kindTag)
		t := Kind(name).trait()
		if !tells || t.kind == "" || dataType != hiveOther && !slices.Contains(t.kind.TheHiveTypes(value), dataType) {
			continue
		}
		if i, ok := Parse(value); ok && i.Kind == t.kind {
			return i, true
		}
		if value = strings.TrimSpace(value); value != "" && t.label != "" { // a kind that shape doesn't tell
			return Indicator{Kind: t.kind, Value: value}, true
		}
	}
	return Indicator{}, false
}

// BesideTags are the tags that say what belongs to the indicator: its Port and
// what it stands With. A text too long for a tag of TheHive is left out.
func (i Indicator) BesideTags() []string {
	var tags []string
	if i.Port > 0 {
		tags = append(tags, PortTag(strconv.Itoa(int(i.Port))))
	}
	if tag := withTag + i.With; i.With != "" && utf8.RuneCountInString(tag) <= maxBesideTag {
		tags = append(tags, tag)
	}
	return tags
}

// PortTag is the tag that says a value's port.
func PortTag(port string) string { return portTag + port }

// Beside gives the indicator what its tags say belongs to it. A port is for
// addresses and hosts, an address for hosts, and a name for digests; what does
// not fit is left out.
func (i Indicator) Beside(tags []string) Indicator {
	typ, _ := i.Kind.MISP(i.Value)
	isHash := strings.HasPrefix(typ, "sha") || typ == "md5"
	for _, tag := range tags {
		if text, ok := strings.CutPrefix(tag, portTag); ok && (i.Kind == IP || i.Kind == Domain) {
			if port, err := strconv.ParseUint(text, 10, 16); err == nil {
				i.Port = uint16(port)
			}
		}
		with, ok := strings.CutPrefix(tag, withTag)
		if !ok {
			continue
		}
		other, parsed := Parse(with)
		if isHash && with != "" || i.Kind == Domain && parsed && other.Kind == IP && other.Port == 0 {
			i.With = with
		}
	}
	return i
}
