package attack

import (
	"html"
	"strings"

	"github.com/waggle-cti/waggle/shared/pattern"
)

// Limits of texts, in runes: a technique has some thirty of them.
const (
	maxDescription = 1500
	maxHow         = 600
	maxName        = 200
)

// What ATT&CK's texts have in them besides words: citations, links in Markdown,
// tags of HTML.
var (
	citation = pattern.New(`\s*\(Citation: [^)]*\)`)
	link     = pattern.New(`\[([^\]]*)\]\([^)]*\)`)
	tag      = pattern.New(`</?[a-zA-Z][^<>]*>`)
)

// plain is a text without citations, links and tags, cut at a word.
func plain(text string, most int) string {
	text = citation().ReplaceAllString(text, "")
	text = link().ReplaceAllString(text, "$1")
	text = html.UnescapeString(tag().ReplaceAllString(text, ""))
	var paragraphs []string
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if words := strings.Join(strings.Fields(paragraph), " "); words != "" {
			paragraphs = append(paragraphs, words)
		}
	}
	return cut(strings.Join(paragraphs, "\n\n"), most)
}

// line is a name in one line.
func line(text string) string { return cut(strings.Join(strings.Fields(text), " "), maxName) }

func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	text = string(runes[:most])
	if at := strings.LastIndexByte(text, ' '); at > most/2 {
		text = text[:at]
	}
	return strings.TrimRight(text, " \n,;:") + " …"
}
