package source

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
	return ` (its title is "` + Cut(p.title, 100) + `")`
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
				return Line(string(z.Text()))
			}
		}
	}
}
