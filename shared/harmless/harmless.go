// Package harmless makes text of strangers fit to be shown: one line, no live
// address, nothing that a renderer of Markdown would act on.
package harmless

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// Markdown makes text fit for one line of Markdown: at most n
// characters, defanged and escaped.
func Markdown(text string, n int) string { return Escape(Defang(Line(text, n))) }

// Plain makes text fit for one line of plain text: at most n
// characters, defanged.
func Plain(text string, n int) string { return Defang(Line(text, n)) }

// Line makes text one line of at most n characters. Control and format
// characters go: they can hide or turn round what follows.
func Line(text string, n int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return Cut(strings.Join(strings.Fields(text), " "), n)
}

// Cut makes text one of at most n characters, n of at least 1; where some are
// lost it ends with an ellipsis. Lines stay.
func Cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	count, end := 0, 0
	for at := range text {
		switch count {
		case n - 1:
			end = at
		case n:
			return text[:end] + "…"
		}
		count++
	}
	return text
}

// Cell keeps a spreadsheet from taking foreign text for a formula.
// https://owasp.org/www-community/attacks/CSV_Injection
func Cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// Defang defangs each word that a Markdown renderer could make a link
// of, since renderers link plain addresses too.
func Defang(line string) string {
	const between = " \"'`()[]{}<>,;!?*|“”‘’«»…"
	var out strings.Builder
	for line != "" {
		end := strings.IndexAny(line, between)
		if end < 0 {
			end = len(line)
		}
		word := strings.TrimRight(line[:end], ".:")
		out.WriteString(defangWord(word) + line[len(word):end])
		_, width := utf8.DecodeRuneInString(line[end:])
		out.WriteString(line[end : end+width])
		line = line[end+width:]
	}
	return out.String()
}

func defangWord(word string) string {
	if _, ok := ioc.Parse(word); ok {
		word = ioc.Defang(word)
	}
	if !strings.ContainsAny(word, ":.") {
		return word
	}
	return live.Replace(word)
}

// live are the beginnings by which renderers know an address.
var live = strings.NewReplacer("http://", "hxxp://", "https://", "hxxps://", "ftp://", "fxp://", "mailto:", "mailto[:]", "www.", "www[.]")

// Escape makes characters that mean something in Markdown stand for
// themselves (https://spec.commonmark.org/0.31.2/#backslash-escapes), some
// only where a line begins. < > and & become entities, for renderers that let
// HTML through.
func Escape(text string) string {
	var out strings.Builder
	if text != "" && strings.Contains("#-+=:", text[:1]) {
		out.WriteByte('\\')
	}
	for _, r := range text {
		switch r {
		case '<':
			out.WriteString("&lt;")
		case '>':
			out.WriteString("&gt;")
		case '&':
			out.WriteString("&amp;")
		case '\\', '`', '*', '_', '[', ']', '|', '~', '!', '$':
			out.WriteRune('\\')
			out.WriteRune(r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// Publication gives the address of a post as a link, or "" when it must not
// be one: not http(s), with a password in it, or itself what the post warns
// of (feeds of malicious addresses link to them).
func Publication(address string, found []ioc.Indicator) string {
	link := Link(address)
	u, err := url.Parse(link)
	if link == "" || err != nil {
		return ""
	}
	for _, i := range found {
		if i.Role == ioc.Attack && leads(u, i) {
			return ""
		}
	}
	return link
}

// leads says whether the address or its host is the indicator.
func leads(u *url.URL, i ioc.Indicator) bool {
	switch i.Kind {
	case ioc.URL:
		return strings.EqualFold(strings.TrimSuffix(i.Value, "/"), strings.TrimSuffix(u.String(), "/"))
	case ioc.Domain, ioc.IP:
		return strings.EqualFold(i.Value, u.Hostname())
	}
	return false
}

// Link gives an address that a browser may be sent to, else nothing: http or
// https, with a host, and without a password.
func Link(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return ""
	}
	return u.String()
}

// Target makes an address fit to stand between < and > in Markdown.
func Target(address string) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", "\\", "%5C", " ", "%20", "|", "%7C", "`", "%60", "\"", "%22").Replace(address)
}
