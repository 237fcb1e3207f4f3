package source

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
)

// Limits of a post's short fields.
const (
	MaxTitle = 1000 // bytes
	MaxLinks = 50
	maxID    = 500 // bytes
	headline = 120 // bytes
)

// Line makes one plain line of a title or name: feeds write tags and doubly
// escaped entities into them. Signs that turn round the direction of letters go:
// they make "exe.pdf" of another ending.
// https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
func Line(s string) string {
	s = Clean(s)
	if strings.Contains(s, "<") {
		s = stripTags(s)
	}
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s)
	return Cut(strings.Join(strings.Fields(s), " "), MaxTitle)
}

// Clean takes out what no text needs and what databases and terminals choke
// on: control characters and broken UTF-8.
func Clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' {
			return -1
		}
		return r
	}, s)
}

// Cut shortens to at most n bytes without breaking a character.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// ID keeps a post's id within bounds and still unique.
func ID(id string) string {
	if len(id) <= maxID {
		return id
	}
	return Digest(id)
}

// Digest is an id made of texts, 32 hex digits.
func Digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// Headline makes a title for a post that has none: the first line of its text,
// shortened at a word.
func Headline(text string) string {
	first := ""
	for line := range strings.Lines(text) {
		if first = Line(line); first != "" {
			break
		}
	}
	if len(first) <= headline {
		return first
	}
	short := Cut(first, headline)
	if space := strings.LastIndexByte(short, ' '); space > headline/2 {
		short = short[:space]
	}
	return strings.TrimRight(short, " ,;:.-–") + "…"
}

// stripTags drops the tags that format a line. Any other stays: a title about
// <script> is about <script>.
func stripTags(s string) string {
	var out strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return out.String()
		case nethtml.StartTagToken, nethtml.EndTagToken, nethtml.SelfClosingTagToken:
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

// ContentType tells HTML from plain text by what is in it: no format of feed
// says it reliably.
func ContentType(content string) string {
	if tagLike.MatchString(content) {
		return "text/html"
	}
	return "text/plain"
}
