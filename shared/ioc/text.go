package ioc

import (
	"strings"

	"golang.org/x/net/html"
)

// Text gives the plain text of an HTML document, tables and code kept line by
// line, without scripts, styles and other unseen parts.
func Text(doc string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(doc))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			b.WriteByte('\n')
		}
	}
}
