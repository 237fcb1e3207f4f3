package extract

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// document is a line of a file of documents.
type document struct{ Doc, Text string }

// readDocument decodes a line {"doc","text"}.
func readDocument(line []byte) (d document, err error) {
	if d, ok := plainDocument(line); ok {
		return d, nil
	}
	err = json.Unmarshal(line, &d)
	return d, err
}

// plainDocument is readDocument for lines whose fields are all strings, as those
// of nearly all are. What is in any way unusual is left to encoding/json, which
// takes a third of the time that reading a document and its values does.
func plainDocument(line []byte) (d document, ok bool) {
	if !utf8.Valid(line) {
		return d, false
	}
	r := fields{line: line}
	for open := byte('{'); ; open = ',' {
		if !r.sign(open) {
			return d, false
		}
		name, ok := r.text()
		if !ok || !r.sign(':') {
			return d, false
		}
		value, ok := r.text()
		switch {
		case !ok:
			return d, false
		case name == "doc":
			d.Doc = value
		case name == "text":
			d.Text = value
		case strings.EqualFold(name, "doc"), strings.EqualFold(name, "text"): // encoding/json takes these, too
			return d, false
		}
		if r.sign('}') {
			r.space()
			return d, r.at == len(line)
		}
	}
}

// fields reads a JSON object, RFC 8259, from at on.
type fields struct {
	line []byte
	at   int
}

func (r *fields) space() {
	for r.at < len(r.line) && strings.IndexByte(" \t\r\n", r.line[r.at]) >= 0 {
		r.at++
	}
}

// sign passes the sign, and white space before it, if it stands there.
func (r *fields) sign(c byte) bool {
	r.space()
	if r.at == len(r.line) || r.line[r.at] != c {
		return false
	}
	r.at++
	return true
}

// text reads a string.
func (r *fields) text() (string, bool) {
	if !r.sign('"') {
		return "", false
	}
	var out strings.Builder
	for {
		from := r.at
		for r.at < len(r.line) && !ends[r.line[r.at]] {
			r.at++
		}
		run := r.line[from:r.at]
		if r.at == len(r.line) {
			return "", false
		}
		switch r.line[r.at] {
		case '"':
			r.at++
			if out.Len() == 0 {
				return string(run), true
			}
			out.Write(run)
			return out.String(), true
		case '\\':
			if out.Len() == 0 {
				out.Grow(len(r.line) - from)
			}
			out.Write(run)
			c, ok := r.escaped()
			if !ok {
				return "", false
			}
			out.WriteRune(c)
		default: // a control character
			return "", false
		}
	}
}

// ends are the bytes that end a run of a string's characters.
var ends = runEnds()

func runEnds() (t [256]bool) {
	for c := range ' ' {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}

// escaped reads the escape at the backslash, but for half of a surrogate pair.
func (r *fields) escaped() (rune, bool) {
	if r.at+1 >= len(r.line) {
		return 0, false
	}
	c := r.line[r.at+1]
	r.at += 2
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'n':
		return '\n', true
	case 't':
		return '\t', true
	case 'r':
		return '\r', true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'u':
		return r.hex()
	}
	return 0, false
}

// hex reads the four digits of an escape.
func (r *fields) hex() (c rune, ok bool) {
	if len(r.line)-r.at < 4 {
		return 0, false
	}
	for _, d := range r.line[r.at : r.at+4] {
		n := strings.IndexByte("0123456789abcdefABCDEF", d)
		if n < 0 {
			return 0, false
		}
		if n > 0xf { // a capital
			n -= 6
		}
		c = c<<4 | rune(n)
	}
	r.at += 4
	return c, utf8.ValidRune(c)
}
