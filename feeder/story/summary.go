package story

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/wording"
)

// maxSummary bounds a summary, in characters.
const maxSummary = 400

// Summary gives the first meaningful sentences of a text, at most 400
// characters: lines without a sentence (headings, bylines, dates, menus) are
// passed over, nothing is invented. Where no sentence is found the first line is
// given that says more than the title; a text that has none gives nothing.
func Summary(title, text string) string {
	var out []string
	length := 0
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if !isProse(line) {
			if len(out) > 0 {
				break // the first paragraphs end here
			}
			continue
		}
		for _, s := range sentences(line) {
			n := utf8.RuneCountInString(s)
			if length > 0 && length+1+n > maxSummary {
				return strings.Join(out, " ")
			}
			out = append(out, wording.Short(maxSummary, s))
			length += n + 1
		}
		if length >= maxSummary/2 {
			break
		}
	}
	if len(out) == 0 {
		return firstLine(title, text)
	}
	return strings.Join(out, " ")
}

// isProse tells a line of sentences from a heading or a byline.
func isProse(line string) bool {
	if len(strings.Fields(line)) < 6 || strings.HasPrefix(strings.TrimLeft(line, "#"), " ") {
		return false // too short, or a heading as ioc.Text marks them
	}
	return len(sentences(line)) > 1 || strings.ContainsAny(line[max(0, len(line)-4):], ".!?…")
}

// sentences splits a line behind full stops, exclamation and question marks
// that a space and a capital follow. "3.5", "example.com" and "e.g. this" stay whole.
func sentences(line string) []string {
	var out []string
	start := 0
	for i, r := range line {
		if !strings.ContainsRune(".!?", r) || i+1 >= len(line) || line[i+1] != ' ' {
			continue
		}
		next, _ := utf8.DecodeRuneInString(line[i+2:])
		if !unicode.IsUpper(next) && !unicode.IsDigit(next) {
			continue
		}
		if abbreviation(line[start:i]) {
			continue
		}
		out = append(out, line[start:i+1])
		start = i + 2
	}
	return append(out, line[start:])
}

// abbreviation reports whether a full stop behind s ends a word, not a
// sentence: one letter, or a short title.
func abbreviation(s string) bool {
	last := s[strings.LastIndexByte(s, ' ')+1:]
	switch strings.ToLower(last) {
	case "mr", "mrs", "ms", "dr", "st", "vs", "no", "inc", "corp", "ltd", "e.g", "i.e", "u.s", "u.k", "approx", "fig":
		return true
	}
	return utf8.RuneCountInString(last) == 1
}

func firstLine(title, text string) string {
	title = strings.Join(strings.Fields(title), " ")
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		if rest := strings.TrimLeft(line, "#"); strings.HasPrefix(rest, " ") {
			line = strings.TrimSpace(rest)
		}
		if line != "" && line != title {
			return wording.Short(maxSummary, line)
		}
	}
	return ""
}
