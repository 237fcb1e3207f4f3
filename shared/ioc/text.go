package ioc

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Text gives the plain text of an HTML document: blocks line by line, table
// rows as "| cell | cell |", list items as "- item", headings with as many #
// as their level, preformatted text as it is. Scripts, styles and other parts
// that are not shown are left out.
func Text(doc string) string { return read(doc).text.String() }

// link is where an HTML link points, and what of the text it is set on.
type link struct {
	target     string
	start, end int
}

// page is the text of an HTML document in the making.
type page struct {
	text    strings.Builder
	links   []link
	open    bool // a link is open: the last of links
	pre     int  // depth of preformatted elements
	row     bool // in a table's row
	line    bool // something stands on the current line
	fresh   bool // a cell was begun, and nothing stands in it
	space   bool // white space was read that isn't written yet
	skipped atom.Atom
}

func read(doc string) *page {
	p := &page{}
	p.text.Grow(len(doc) / 2)
	z := html.NewTokenizer(strings.NewReader(doc))
	for {
		switch z.Next() {
		case html.ErrorToken:
			p.closeLink()
			return p
		case html.TextToken:
			if p.skipped == 0 {
				p.write(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			p.start(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			p.end(atom.Lookup(name))
		}
	}
}

func (p *page) start(z *html.Tokenizer) {
	name, hasAttr := z.TagName()
	tag := atom.Lookup(name)
	if p.skipped != 0 {
		return
	}
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Object, atom.Select, atom.Textarea:
		p.skipped = tag
	case atom.Pre:
		p.newLine()
		p.pre++
	case atom.Td, atom.Th:
		p.cell()
	case atom.Tr:
		p.newLine()
		p.row = true
	case atom.Li:
		p.newLine()
		p.text.WriteString("- ")
		p.line = true
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.newLine()
		p.text.WriteString("######"[:name[1]-'0'] + " ")
		p.line = true
	case atom.A:
		p.closeLink()
		p.attributes(z, tag, hasAttr)
	case atom.Span:
		p.attributes(z, tag, hasAttr)
	case atom.Sup: // a note's number is no part of the word it stands behind
		p.space = p.line && !p.fresh
	default:
		if block(tag) {
			p.newLine()
		}
	}
}

func (p *page) end(tag atom.Atom) {
	if p.skipped != 0 {
		if tag == p.skipped {
			p.skipped = 0
		}
		return
	}
	switch tag {
	case atom.Pre:
		p.pre = max(0, p.pre-1)
		p.newLine()
	case atom.Tr:
		if p.row && p.line {
			p.text.WriteString(" |")
		}
		p.row = false
		p.newLine()
	case atom.A:
		p.closeLink()
	case atom.Li, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.newLine()
	default:
		if block(tag) {
			p.newLine()
		}
	}
}

// block reports whether the element stands on lines of its own.
func block(tag atom.Atom) bool {
	switch tag {
	case atom.P, atom.Div, atom.Br, atom.Hr, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd, atom.Table, atom.Thead, atom.Tbody,
		atom.Tfoot, atom.Caption, atom.Blockquote, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Aside, atom.Nav,
		atom.Main, atom.Figure, atom.Figcaption, atom.Address, atom.Details, atom.Summary, atom.Title, atom.Form, atom.Option,
		atom.Button, atom.Center, atom.Fieldset, atom.Legend, atom.Hgroup, atom.Menu:
		return true
	}
	return false
}

// cell begins a table's cell. Blocks inside it would tear the row apart, so
// that within a row they are white space; see newLine.
func (p *page) cell() {
	if p.line {
		p.text.WriteByte(' ')
	}
	p.text.WriteString("| ")
	p.line, p.fresh, p.space = true, true, false
}

// newLine ends the line, if there is one.
func (p *page) newLine() {
	if p.row && p.line {
		p.space = !p.fresh
		return
	}
	if p.line {
		p.text.WriteByte('\n')
	}
	p.line, p.space = false, false
}

// write adds text, white space folded unless it is preformatted.
func (p *page) write(t string) {
	if p.pre > 0 {
		p.text.WriteString(t)
		p.line = !strings.HasSuffix(t, "\n")
		return
	}
	for i := 0; i < len(t); {
		if blank(t[i]) {
			p.space = p.space || p.line && !p.fresh
			i++
			continue
		}
		end := i
		for end < len(t) && !blank(t[end]) {
			end++
		}
		if p.space {
			p.text.WriteByte(' ')
		}
		p.text.WriteString(t[i:end])
		p.space, p.line, p.fresh = false, true, false
		i = end
	}
}

func blank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// attributes opens the link that the element is, or writes the mail address that
// it hides.
func (p *page) attributes(z *html.Tokenizer, tag atom.Atom, more bool) {
	target, linked := "", false
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "href":
			target, linked = strings.TrimSpace(string(value)), tag == atom.A
		case "data-cfemail":
			if mail := hiddenMail(string(value)); mail != "" {
				p.write(mail)
				p.skipped = tag
				return
			}
		}
	}
	if linked {
		p.openLink(target)
	}
}

// hiddenMail decodes a mail address that Cloudflare hides from programs: hex, of
// which the first byte is the key that the others are XORed with.
// https://developers.cloudflare.com/waf/tools/scrape-shield/email-address-obfuscation/
func hiddenMail(code string) string {
	b, err := hex.DecodeString(code)
	if err != nil || len(b) < 2 {
		return ""
	}
	mail := b[1:]
	for k := range mail {
		mail[k] ^= b[0]
	}
	if !utf8.Valid(mail) {
		return ""
	}
	return string(mail)
}

func (p *page) openLink(target string) {
	if p.space {
		p.text.WriteByte(' ')
		p.space = false
	}
	p.links = append(p.links, link{target: target, start: p.text.Len()})
	p.open = true
}

func (p *page) closeLink() {
	if p.open {
		p.links[len(p.links)-1].end = p.text.Len()
		p.open = false
	}
}
