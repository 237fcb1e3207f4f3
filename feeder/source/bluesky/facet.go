package bluesky

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// facet gives a stretch of a text a meaning. Its bounds are offsets in the
// bytes of the text as UTF-8.
// https://docs.bsky.app/docs/advanced-guides/post-richtext
type facet struct {
	Index struct {
		Start int `json:"byteStart"`
		End   int `json:"byteEnd"`
	} `json:"index"`
	Features []struct {
		Type string `json:"$type"`
		URI  string `json:"uri"`
		Tag  string `json:"tag"`
	} `json:"features"`
}

// link is the address that the facet leads to; "" when it is no link.
func (f facet) link() string {
	for _, feature := range f.Features {
		if strings.HasSuffix(feature.Type, "#link") {
			return feature.URI
		}
	}
	return ""
}

// whole is the text with its links written out, since clients shorten what they
// show of them, and the links by themselves.
func (r record) whole() (text string, links []string) {
	facets := slices.Clone(r.Facets)
	slices.SortStableFunc(facets, func(a, b facet) int { return cmp.Compare(a.Index.Start, b.Index.Start) })
	var out strings.Builder
	at := 0
	for _, f := range facets {
		uri, start, end := f.link(), f.Index.Start, f.Index.End
		if uri == "" {
			continue
		}
		links = append(links, uri)
		if start < at || end < start || end > len(r.Text) || !between(r.Text, start) || !between(r.Text, end) {
			continue // bounds that a correct client cannot have set
		}
		out.WriteString(r.Text[at:start])
		out.WriteString(written(r.Text[start:end], uri))
		at = end
	}
	out.WriteString(r.Text[at:])
	return out.String(), links
}

// between tells whether an offset does not split a character.
func between(text string, at int) bool { return at == len(text) || utf8.RuneStart(text[at]) }

// written is how a link stands in the text: as it was shown where that is the
// whole address, else the address in place of what it shortens, or behind it.
func written(shown, uri string) string {
	bare := func(s string) string {
		s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
		return strings.TrimSuffix(strings.TrimPrefix(s, "www."), "/")
	}
	short := strings.TrimRight(bare(shown), ".…")
	switch {
	case bare(shown) == bare(uri):
		return shown
	case short != "" && strings.HasPrefix(bare(uri), short):
		return uri
	}
	return shown + " <" + uri + ">"
}

// tags are the hashtags that stand in the text.
func (r record) tags() []string {
	var out []string
	for _, f := range r.Facets {
		for _, feature := range f.Features {
			if strings.HasSuffix(feature.Type, "#tag") {
				out = append(out, feature.Tag)
			}
		}
	}
	return out
}
