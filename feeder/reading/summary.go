package reading

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/waggle"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// shortPost is the length, in characters, under which a post without
// indicators is taken for a summary. Full posts of the feeds we follow start at about twice
// that.
const shortPost = 1000

// cutOff is how feeds end a text they have cut: an ellipsis, an invitation to
// read on, WordPress' "appeared first on".
var cutOff = regexp.MustCompile(`(?i)(\[?(…|\.\.\.|&hellip;)\]?|(read|continue|see|view|learn) (more|on|reading|the (full|entire|whole) (article|post|story|report|advisory|entry))[^\n]{0,80}|full (article|story|report)[^\n]{0,40}|the post [^\n]{1,200} (appeared first on|first appeared on) [^\n]{1,80})[\s.»>→]*$`)

// isSummary decides whether a post only announces its article: its text breaks
// off, or it is short and names no indicator.
func isSummary(f waggle.Finding) bool {
	text := strings.TrimSpace(f.Text)
	if cutOff.MatchString(text[max(0, len(text)-400):]) {
		return true
	}
	return utf8.RuneCountInString(text) < shortPost && !slices.ContainsFunc(f.Indicators, tells)
}

// tells reports whether a value alone makes a short post worth reading as it
// is. A CVE id does not: it stands in every summary of an advisory.
func tells(i ioc.Indicator) bool {
	return i.Role == ioc.Attack && !i.Kind.Subject()
}

// withTitle puts the title before the text it belongs to, unless the text
// begins with it: a title often names the CVE or the malware and the text does not.
func withTitle(title, content string, isHTML bool) string {
	if title == "" || strings.HasPrefix(strings.TrimSpace(content), strings.TrimRight(title, ".… ")) {
		return content
	}
	if isHTML {
		return "<p>" + html.EscapeString(title) + "</p>\n" + content
	}
	return title + "\n\n" + content
}
