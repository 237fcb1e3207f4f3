package rss

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// What an HTML answer is.
type page struct {
	title     string
	challenge bool
}

// titled is the page's title as the end of a sentence.
func (p page) titled() string {
	if p.title == "" {
		return ""
	}
	return ` (its title is "` + cut(p.title, 100) + `")`
}

var (
	pageStart = regexp.MustCompile(`(?i)^<(!doctype html|html|head|body|script|meta)\b`)
	// What the common checks for robots say of themselves.
	challengeMark = regexp.MustCompile(`(?i)just a moment|checking your browser|attention required|cf-chl|challenge-platform|captcha|ddos-guard|are you (a )?(human|robot)|verify(ing)? you are human|access denied|enable javascript and cookies|incapsula|_sucuri|px-captcha|bot verification`)
)

// pageOf looks whether a body is a web page, and which sort.
func pageOf(body []byte, contentType string) (page, bool) {
	head := bytes.TrimLeft(body[:min(len(body), 64<<10)], " \t\r\n\ufeff")
	isPage := pageStart.Match(head) || (strings.HasPrefix(strings.ToLower(contentType), "text/html") && bytes.HasPrefix(head, []byte("<")))
	if !isPage {
		return page{}, false
	}
	return page{title: titleOf(head), challenge: challengeMark.Match(head)}, true
}

func titleOf(head []byte) string {
	z := html.NewTokenizer(bytes.NewReader(head))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "title" && z.Next() == html.TextToken {
				return line(string(z.Text()))
			}
		}
	}
}

// stripTags drops the tags that format a line. Any other stays: a title about
// <script> is about <script>.
func stripTags(s string) string {
	var out strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.String()
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			raw := string(z.Raw()) // TagName lower-cases in place
			if name, _ := z.TagName(); !formats(string(name)) {
				out.WriteString(raw)
			}
		default:
			out.Write(z.Raw())
		}
	}
}

func formats(tag string) bool {
	switch tag {
	case "a", "b", "br", "code", "em", "font", "i", "mark", "p", "small", "span", "strong", "sub", "sup", "u":
		return true
	}
	return false
}

// tagLike finds a tag or a character reference, the two signs of HTML.
var tagLike = regexp.MustCompile(`<(/?[a-zA-Z][a-zA-Z0-9]*[\s/>]|!--)|&(#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[a-zA-Z]{2,10});`)

// contentType tells HTML from plain text by what is in it: no format of feed
// says it reliably.
func contentType(content string) string {
	if tagLike.MatchString(content) {
		return "text/html"
	}
	return "text/plain"
}
