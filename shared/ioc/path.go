package ioc

import "strings"

// path reads the path, query and fragment at i into b and gives its end, and
// whether something in it was disarmed. quote is the sign before the URL.
func path(s string, i int, quote byte, b *builder) (end int, fanged bool) {
	if !pathStarts(s, i) {
		return i, false
	}
	end = pathEnd(s, i, quote)
	fanged = rewrite(s, i, end, b)
	if from, to := restOfPath(s, end); to > from {
		return to, rewrite(s, from, to, b) || fanged
	}
	return end, fanged
}

// pathStarts reports whether a path, query or fragment begins at i.
func pathStarts(s string, i int) bool {
	return i < len(s) && (s[i] == '/' || s[i] == '?' || s[i] == '#' || strings.HasPrefix(s[i:], "[/]") || strings.HasPrefix(s[i:], `\/`))
}

// rewrite adds s[i:end] to b with what is disarmed or escaped in it restored.
func rewrite(s string, i, end int, b *builder) (fanged bool) {
	from := i
	for i < end {
		if s[i] == ':' {
			if name, at, f := scheme(s, from, i); f {
				b.source(from, at)
				b.text(name)
				from, fanged = i, true
			}
		}
		if class[s[i]]&isPath != 0 {
			i++
			continue
		}
		n, with := restored(s[:end], i)
		if n == 0 {
			i++
			continue
		}
		fanged = fanged || with != "" && with != "&" && with != "-" && s[i] != '\\' || with == "."
		b.source(from, i)
		b.text(with)
		i += n
		from = i
	}
	b.source(from, end)
	return fanged
}

// restored reads the disarmed or escaped sign at i and gives its length and
// what it stands for.
func restored(s string, i int) (n int, with string) {
	switch c := s[i]; c {
	case '[', '(', '{', '\\':
		if d := dotAt(s, i); d.n > 0 && (c == '\\' || d.n > 2) {
			return d.n, "."
		}
		if c == '\\' {
			return escape(s, i)
		}
		if c == '[' && len(s)-i > 3 && s[i+2] == ']' && (s[i+1] == ':' || s[i+1] == '/') && class[s[i+3]]&isPath != 0 {
			return 3, s[i+1 : i+2]
		}
	case 0xC2, 0xE2:
		if n := unseen(s, i); n > 0 {
			if i+n < len(s) && class[s[i+n]]&isPath != 0 && !nextInList(s, i+n) {
				return n, ""
			}
			return 0, ""
		}
		return altHyphen(s, i), "-"
	case '&':
		if strings.HasPrefix(s[i:], "&amp;") && !escapedEnd("&"+s[i+5:min(i+11, len(s))]) {
			return 5, "&"
		}
	}
	return 0, ""
}

// escape reads the escaped slash, ampersand or equals sign at i, as programs
// that write JSON escape them.
func escape(s string, i int) (n int, with string) {
	switch {
	case nextIs(s, i+1, '/'):
		return 2, "/"
	case strings.HasPrefix(s[i:], `\u0026`):
		return 6, "&"
	case strings.HasPrefix(s[i:], `\u003d`), strings.HasPrefix(s[i:], `\u003D`):
		return 6, "="
	}
	return 0, ""
}

// pathEnd finds where the path, query and fragment at i end: at white space,
// at a sign that no URL holds, before the next URL of a list, before closing brackets that were not opened
// in it, and before the punctuation of the sentence around.
func pathEnd(s string, i int, quote byte) int {
	start, open := i, 0
	for i < len(s) {
		c := s[i]
		if class[c]&isPath != 0 && c != quote {
			i++
			continue
		}
		n := 1
		switch {
		case c <= ' ' || c == 0x7f || c == quote || strings.IndexByte("\"<>`|^", c) >= 0:
			n = 0
		case c == '[' || c == '(' || c == '{':
			if d, _ := restored(s, i); d > 0 {
				n = d
			} else if c == '[' && placeholder(s, i) {
				n = 0
			} else {
				open++
			}
		case c == ']' || c == ')' || c == '}':
			if open == 0 {
				n = 0
			}
			open--
		case c == '\\':
			n, _ = restored(s, i)
		case c == '&':
			if escapedEnd(s[i:]) {
				n = 0
			}
		case c == ':':
			if glued(s, start, i) {
				return pathTrim(s, start, schemeStart(s, start, i))
			}
		case c == ',' || c == ';':
			if i+1 < len(s) && (s[i+1] == 'h' || s[i+1] == 'H') && nextInList(s, i+1) {
				n = 0
			}
		case class[c]&isHigh != 0:
			if n, _ = restored(s, i); n == 0 {
				n = highWord(s, i, true)
			}
		}
		if n == 0 {
			break
		}
		i += n
	}
	b := &brackets{text: s[:i], start: start}
	return beforePlaceholder(s, start, trimTo(s, start, i, b), b)
}

// beforePlaceholder leaves out the placeholders that a path ends with. One that
// more followed was taken for an index until what followed went.
func beforePlaceholder(s string, start, end int, b *brackets) int {
	for end > start && s[end-1] == ']' {
		from := max(start, end-maxIndex)
		open := from + strings.LastIndexByte(s[from:end], '[')
		if open < from || !placeholder(s[:end], open) {
			break
		}
		if n, _ := restored(s, open); n > 0 {
			break
		}
		end = trimTo(s, start, open, b)
	}
	return end
}

// maxIndex bounds what may stand in square brackets within a URL.
const maxIndex = 24

// placeholder reports whether the square bracket at i opens what the author
// put in place of the true text ("[recipient's address]"), not an index or a
// parameter's name.
func placeholder(s string, i int) bool {
	for k := i + 1; k < len(s) && k-i < maxIndex; k++ {
		if c := s[k]; c == ']' {
			next := pastPunctuation(s, k+1)
			return (next >= len(s) || class[s[next]]&isPath == 0 && s[next] != '[') && k-i > 3
		} else if class[c]&isWord == 0 && c != '.' && c != ':' {
			return true
		}
	}
	return true
}

// escapedEnd reports whether an HTML entity ends the URL.
func escapedEnd(s string) bool {
	for _, e := range [...]string{"&gt;", "&lt;", "&quot;", "&nbsp;", "&#"} {
		if strings.HasPrefix(s, e) {
			return true
		}
	}
	return false
}

// glued reports whether the colon at i belongs to the next URL, which was
// written right behind this one.
func glued(s string, start, i int) bool {
	if schemeSep(s, i).n == 0 {
		return false
	}
	k := schemeStart(s, start, i)
	return k < i && k > start && (s[k] == 'h' || s[k] == 'H') && (alnum(s[k-1]) || s[k-1] == '.') && hasFold(s, k, "hxxp")
}

// nextInList reports whether the next URL of a list begins at i.
func nextInList(s string, i int) bool {
	return hasFold(s, i, "hxxp") || hasFold(s, i, "http://") || hasFold(s, i, "https://")
}

func schemeStart(s string, floor, end int) int {
	_, k, _ := scheme(s, floor, end)
	return k
}

// pathTrim drops the punctuation behind the path.
func pathTrim(s string, start, end int) int {
	return trimTo(s, start, end, &brackets{text: s[:end], start: start})
}

// trimTo is pathTrim where the path's brackets are known.
func trimTo(s string, start, end int, b *brackets) int {
	for end > start {
		if end-start >= 3 && s[end-3:end] == "%20" {
			end -= 3
			continue
		}
		switch s[end-1] {
		case '.', ',', ';', ':', '!', '\'', '*', '(', '[', '{', '\\':
			end--
		case ')', ']', '}':
			if b.opened(s[end-1], end) {
				return end
			}
			end--
		case '?':
			if end-start > 1 && !asks(s, end) {
				return end
			}
			end--
		default:
			return end
		}
	}
	return end
}

// pastPunctuation skips what pathTrim drops at a URL's end.
func pastPunctuation(s string, i int) int {
	for i < len(s) {
		switch c := s[i]; {
		case strings.IndexByte(".,;:!'*", c) >= 0, c == '?' && asks(s, i+1):
			i++
		case strings.HasPrefix(s[i:], "%20"):
			i += 3
		default:
			return i
		}
	}
	return i
}

// asks reports whether the question mark before i ends a sentence: the next one
// begins behind it. Else it is an empty query, as lists of addresses have them.
func asks(s string, i int) bool {
	return nextIs(s, i, ' ') && i+2 < len(s) && class[s[i+1]]&isUpper != 0 && letter(s[i+2]) && class[s[i+2]]&isUpper == 0
}

// brackets knows where the first bracket of each kind stands in a path, so that
// a path with many at its end is searched once for each kind.
type brackets struct {
	text  string // ends where the path ends at most
	start int    // of the path
	first [3]int // one more than where it stands, 0 if not asked for yet
}

// opened reports whether a bracket that c closes stands before end. Those of a
// disarmed sign ("[/]") open nothing: they go when the sign is restored.
func (b *brackets) opened(c byte, end int) bool {
	kind := strings.IndexByte(")]}", c)
	if b.first[kind] == 0 {
		b.first[kind] = b.find(opener(c)) + 1
	}
	return b.first[kind] <= end
}

// find gives where the bracket first stands, and the text's end if it doesn't.
func (b *brackets) find(open byte) int {
	for i := b.start; ; i++ {
		n := strings.IndexByte(b.text[i:], open)
		if n < 0 {
			return len(b.text)
		}
		i += n
		if n, _ := restored(b.text, i); n == 0 {
			return i
		}
	}
}

func opener(c byte) byte {
	switch c {
	case ')':
		return '('
	case ']':
		return '['
	}
	return '{'
}
