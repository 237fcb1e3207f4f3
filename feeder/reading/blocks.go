package reading

import (
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markName is the attribute by which a block is known again in what
// readability returns: it copies the tree, and keeps data attributes.
const markName = "data-waggle-block"

// maxBlocks bounds the blocks that are kept beside an article.
const maxBlocks = 500

// mark numbers the page's tables, listings and lists that may hold indicators,
// outermost only, and returns them with the heading before each. Comparing numbers later keeps
// the whole linear, which comparing texts would not.
func mark(document *html.Node) []block {
	var blocks []block
	var walk func(n *html.Node, heading *html.Node) *html.Node
	walk = func(n *html.Node, heading *html.Node) *html.Node {
		if n.Type == html.ElementNode {
			n.Attr = without(n.Attr, markName)
			switch {
			case furniture(n):
				return heading
			case isHeading(n):
				return n
			case holdsValues(n) && len(blocks) < maxBlocks:
				n.Attr = append(n.Attr, html.Attribute{Key: markName, Val: strconv.Itoa(len(blocks))})
				blocks = append(blocks, block{node: n, heading: heading})
				return heading
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			heading = walk(c, heading)
		}
		return heading
	}
	walk(document, nil)
	return blocks
}

type block struct{ node, heading *html.Node }

// missing gives the nodes to put back: the blocks that the article lacks, each
// after its heading, which tells what its values are.
func missing(blocks []block, article *html.Node) []*html.Node {
	kept := map[string]bool{}
	for n := range article.Descendants() {
		if v, ok := attribute(n, markName); ok {
			kept[v] = true
		}
	}
	var out []*html.Node
	said := map[*html.Node]bool{}
	for i, b := range blocks {
		if kept[strconv.Itoa(i)] {
			continue
		}
		if b.heading != nil && !said[b.heading] {
			said[b.heading] = true
			out = append(out, b.heading)
		}
		out = append(out, b.node)
	}
	return out
}

// furniture is what surrounds articles: nothing in it is the author's.
func furniture(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Form, atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Svg, atom.Head:
		// An article's own header holds its title and perhaps a listing.
		return n.DataAtom != atom.Header || !inside(n, atom.Article)
	}
	role, _ := attribute(n, "role")
	return role == "navigation" || role == "complementary" || role == "contentinfo" || role == "banner"
}

func inside(n *html.Node, a atom.Atom) bool {
	for p := range n.Ancestors() {
		if p.DataAtom == a {
			return true
		}
	}
	return false
}

func isHeading(n *html.Node) bool {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}

func holdsValues(n *html.Node) bool {
	return n.DataAtom == atom.Table || n.DataAtom == atom.Pre || n.DataAtom == atom.Code
}

func attribute(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func without(attrs []html.Attribute, key string) []html.Attribute {
	kept := attrs[:0]
	for _, a := range attrs {
		if a.Key != key {
			kept = append(kept, a)
		}
	}
	return kept
}
