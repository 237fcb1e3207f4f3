package ioc

import "strings"

// section is what the part of a text is about, by its heading.
type section uint8

const (
	body    section = iota
	iocs            // lists what is malicious
	refs            // lists what to read
	headers         // shows mail headers
)

// maxHeading bounds a heading's length; longer lines are text.
const maxHeading = 100

// shortLine is the length up to which a line is looked at word by word.
const shortLine = 32

// outline follows a text's headings.
type outline struct {
	now   section
	level int   // of the heading, by its signs, that began a section of indicators; 0: none
	fence byte  // the sign of the line that opened a listing; 0: in none
	lists uint8 // what the heading says is listed below, a place in labelKinds
	title bool  // the line before was a heading or a block's title, by its signs

	row    byte    // what separates the cells of the table the line is in, 0: none
	around section // the section that table stands in
}

// see takes the line s[from:end] in.
func (o *outline) see(s string, from, end int) {
	if end > from && o.inTable(s[from:end], from == 0) || end-from > maxHeading {
		o.title = false
		return
	}
	if end == from {
		o.title = false
		if o.row != 0 {
			o.row, o.now = 0, o.around
		}
		return
	}
	title := o.title
	o.title = s[from] == '=' || s[from] == '#' || s[from] == '.' || s[from] == '['
	if o.listing(s[from:end], title) || o.fence != 0 {
		return
	}
	bullet := s[from] == '*' && nextIs(s, from+1, ' ')
	level := 0
	for from < end && (s[from] == '#' || s[from] == '=' || s[from] == '*' || s[from] == '.' && level == 0) {
		if s[from] != '*' {
			level++
		}
		from++
	}
	for from < end && s[from] == ' ' {
		from++
	}
	for end > from && (s[end-1] == ' ' || s[end-1] == '\r' || s[end-1] == '*' || s[end-1] == '=' || s[end-1] == '#') {
		end--
	}
	if from == end || !letter(s[from]) && !digit(s[from]) {
		return
	}
	colon := s[end-1] == ':'
	limit := 6 // a longer line in small letters is text
	switch {
	case level > 0:
		limit = maxWords
	case colon:
		limit = 12
	}
	if level == 0 && end-from > shortLine && class[s[from+1]]&isUpper == 0 && strings.Count(s[from:end], " ") > limit {
		return // a sentence
	}
	about, words, capital := topic(s[from:end], limit)
	if level > 0 || (capital && words > 0 || colon && words < limit) && !bullet {
		o.heads(s[from:end])
	}
	switch {
	case level > 0:
		o.marked(about, level)
	case capital && words > 0:
		o.now, o.level = about, 0
	case words < limit:
		if about != body {
			o.now = about
		}
	}
}

// listing follows the blocks of text that are to be shown as they are: between
// ``` in Markdown, between lines of hyphens in AsciiDoc, where such a line
// right below plain text is a heading's underline. It reports whether the line
// is one of those signs.
func (o *outline) listing(l string, title bool) bool {
	c := l[0]
	if c != '`' && c != '-' || len(l) < 3 || l[1] != c || l[2] != c {
		return false
	}
	switch {
	case o.fence == c:
		o.fence = 0
	case o.fence == 0 && (c == '`' || title && len(l) > 3 && l[3] == c):
		o.fence = c
	}
	return true
}

// marked takes in a heading marked as one. What lies below a heading that
// announces indicators is indicators too.
func (o *outline) marked(about section, level int) {
	switch {
	case about == iocs && (o.level == 0 || level < o.level):
		o.level = level
	case about == body && o.level > 0 && level > o.level:
		about = iocs
	case about == body || level <= o.level:
		o.level = 0
	}
	o.now = about
}

// A heading has no more words than maxWords, and none longer than maxWord.
const (
	maxWords = 20
	maxWord  = 24
)

// topic tells what a heading's words say, how many there are, and whether all
// of its letters are capitals. It stops at the limit of words in small letters.
func topic(s string, limit int) (about section, words int, capital bool) {
	count, small := 0, false
	for i := 0; i < len(s); {
		if !alnum(s[i]) {
			if s[i] == '/' && nextIs(s, i+1, '/') || limit < maxWords && joinsName(s, i) { // an address
				return body, maxWords, false
			}
			i++
			continue
		}
		end, seen := i, byte(0)
		for end < len(s) && end-i <= maxWord && letters[s[end]] != 0 {
			c := letters[s[end]]
			count += int(c & isLetter)
			seen |= c
			end++
		}
		words++
		small = small || seen&isSmall != 0
		if words > maxWords || end-i > maxWord || small && words >= limit {
			return body, maxWords, false
		}
		if t := section(headingWords.find(s, i, end)); t > about || t == refs {
			if about != refs {
				about = t
			}
		}
		i = end
	}
	return about, words, count > 2 && !small
}

// joinsName reports whether the sign at i joins two words to a name, as in
// "links.example.net", which is no heading that speaks of links.
func joinsName(s string, i int) bool {
	switch s[i] {
	case '.':
		return i > 0 && letter(s[i-1]) && i+1 < len(s) && letter(s[i+1])
	case '[':
		return nextIs(s, i+1, '.')
	}
	return false
}

// headingWords are the words that tell what a heading's section is about.
var headingWords = newLexicon(map[uint8]string{
	uint8(iocs): "indicator indicators ioc iocs hash hashes sha sha1 sha256 md5 domain domains network c2 c2s c&c cnc " +
		"url urls ip ips address addresses traffic sample samples payload payloads infrastructure observables artifacts " +
		"servers files malware host hosts hostnames uris emails senders droppers loaders distribution download",
	uint8(refs): "reference references reading read resources links credits credit acknowledgements sources source " +
		"related about social notes conclusion",
	uint8(headers): "header headers",
})
