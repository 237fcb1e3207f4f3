// Package rtftext reads RTF that nobody vouches for, as Outlook keeps the bodies of
// messages in it, and gives it as HTML: that which was packed into the RTF where
// there is one, otherwise the text with its links.
//
// Formats, pictures, objects and tables are not read, nor the code pages of single
// fonts: a text in several has letters in it that are wrong, and values that are
// right, as they are ASCII.
//
// RTF: https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxrtfex
// and the Rich Text Format Specification 1.9.1.
package rtftext

import (
	"bytes"
	"errors"
	"html"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/shared/codepage"
)

// ErrNotRTF is that bytes do not begin as RTF does.
var ErrNotRTF = errors.New("it is no RTF")

// HTML gives a document as HTML: UTF-8, at most about limit bytes. What is damaged
// is read as far as it goes. The error is [ErrNotRTF].
func HTML(document []byte, limit int) (string, error) {
	if !bytes.HasPrefix(document, []byte(`{\rtf`)) {
		return "", ErrNotRTF
	}
	r := &reader{in: document, limit: limit, page: "windows-1252", group: group{fallback: 1}}
	r.read()
	return r.out.String(), nil
}

// mostGroups bounds how deep groups within one another are kept apart.
const mostGroups = 500

// reader reads one document.
type reader struct {
	in    []byte
	limit int
	out   strings.Builder

	page    string // code page, as package codepage names it
	packed  bool   // the document is HTML that was packed into RTF
	raw     []byte // text in the code page, that is not in out yet
	high    rune   // the first half of a letter beyond 16 bits
	leave   int    // bytes of text that stand for the letter before them
	star    bool   // the next word is a destination that may be unknown
	fresh   bool   // a group has just begun
	field   string // the instruction of the field that is being read
	linked  bool   // a link has begun and not ended
	group   group
	groups  []group
	tooDeep int
}

// group is what ends with a group.
type group struct {
	hidden   bool // a destination that holds no text
	rtfOnly  bool // what the packed HTML has otherwise
	field    bool // the instruction of a field
	result   bool // what a field shows
	fallback int  // bytes that stand for each letter of Unicode
}

func (r *reader) read() {
	for len(r.in) > 0 && r.out.Len()+len(r.raw) < r.limit {
		c := r.in[0]
		r.in = r.in[1:]
		switch c {
		case '{':
			r.begin()
		case '}':
			r.end()
		case '\\':
			r.control()
		case '\r', '\n':
		default:
			r.text(c)
		}
	}
	r.flush()
	r.endLink()
}

func (r *reader) begin() {
	r.flush()
	r.leave = 0
	if len(r.groups) >= mostGroups {
		r.tooDeep++
		return
	}
	r.groups = append(r.groups, r.group)
	r.group.result = false
	r.fresh = true
}

func (r *reader) end() {
	r.flush()
	r.leave, r.fresh, r.star = 0, false, false
	if r.tooDeep > 0 {
		r.tooDeep--
		return
	}
	if r.group.result {
		r.endLink()
	}
	r.group = r.groups[len(r.groups)-1] // the document begins with a group
	if r.groups = r.groups[:len(r.groups)-1]; len(r.groups) == 0 {
		r.in = nil // what stands behind the first one is no part of it
	}
}

// control reads what a backslash begins: a sign, a byte, or a word with a number.
func (r *reader) control() {
	if len(r.in) == 0 {
		return
	}
	c := r.in[0]
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		r.word(r.name())
		return
	}
	r.in = r.in[1:]
	switch c {
	case '\'':
		if len(r.in) < 2 {
			return
		}
		b, err := strconv.ParseUint(string(r.in[:2]), 16, 8)
		if err != nil {
			return
		}
		r.in = r.in[2:]
		r.text(byte(b))
	case '*':
		r.star = r.fresh
	case '~':
		r.say(" ")
	case '_':
		r.say("-")
	case '\r', '\n':
		r.line()
	case '\\', '{', '}':
		r.text(c)
	}
}

// name reads a word's name and its number, if it has one.
func (r *reader) name() (name string, number int, numbered bool) {
	at := 0
	for at < len(r.in) && at < 32 && (r.in[at]|0x20 >= 'a' && r.in[at]|0x20 <= 'z') {
		at++
	}
	name = string(r.in[:at])
	digits := at
	if digits < len(r.in) && r.in[digits] == '-' {
		digits++
	}
	for digits < len(r.in) && digits < at+11 && r.in[digits] >= '0' && r.in[digits] <= '9' {
		digits++
	}
	if n, err := strconv.Atoi(string(r.in[at:digits])); err == nil {
		number, numbered, at = n, true, digits
	}
	r.in = r.in[at:]
	if len(r.in) > 0 && r.in[0] == ' ' {
		r.in = r.in[1:]
	}
	return name, number, numbered
}

// word does what a control word says.
func (r *reader) word(name string, number int, numbered bool) {
	star, fresh := r.star, r.fresh
	r.star, r.fresh = false, false
	switch name {
	case "u":
		r.letter(number)
		return
	case "uc":
		r.group.fallback = min(max(number, 0), 8)
		return
	}
	r.leave = 0
	switch name {
	case "ansicpg":
		r.flush()
		r.page = codepage.Name(number)
	case "fromhtml":
		r.packed = true
	case "htmltag":
		r.group.hidden = r.group.hidden || !star || !r.packed // in a document that says to have nothing packed, it is none
	case "htmlrtf":
		r.flush()
		r.group.rtfOnly = !numbered || number != 0
	case "fldinst":
		r.flush()
		r.field, r.group.field = "", true
	case "fldrslt":
		r.flush()
		r.group.result = true
		r.beginLink()
	case "par", "line", "row", "sect", "page":
		r.line()
	case "tab", "cell":
		r.say("\t")
	case "bin":
		r.in = r.in[min(len(r.in), max(number, 0)):]
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "listtext", "pntext", "nonshppict":
		r.group.hidden = r.group.hidden || fresh || star
	default:
		if sign, ok := signs()[name]; ok {
			r.say(sign)
		} else if star {
			r.group.hidden = true // a destination that is not known may be left out
		}
	}
}

// signs are words that stand for a letter.
func signs() map[string]string {
	return map[string]string{"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—"}
}

// letter takes a letter of Unicode, of which those beyond 16 bits come in halves.
func (r *reader) letter(number int) {
	r.flush()
	r.leave = r.group.fallback
	c := rune(uint16(number)) // negative ones are beyond 32767
	switch {
	case c >= 0xD800 && c < 0xDC00:
		r.high = c
		return
	case c >= 0xDC00 && c < 0xE000 && r.high != 0:
		c = (r.high-0xD800)<<10 + (c - 0xDC00) + 0x10000
	}
	r.high = 0
	r.add(string(c))
}

// text takes a byte of text in the code page.
func (r *reader) text(b byte) {
	r.star, r.fresh = false, false
	if r.leave > 0 {
		r.leave--
		return
	}
	r.raw = append(r.raw, b)
}

// flush takes the text that was gathered.
func (r *reader) flush() {
	if len(r.raw) == 0 {
		return
	}
	text := codepage.Text(r.raw, r.page)
	r.raw = r.raw[:0]
	r.add(text)
}

// say takes a text that stands for itself.
func (r *reader) say(text string) {
	r.flush()
	r.fresh = false
	r.add(text)
}

func (r *reader) line() {
	r.flush()
	switch {
	case r.group.hidden || r.group.rtfOnly || r.group.field:
	case r.packed:
		r.out.WriteByte('\n')
	default:
		r.out.WriteString("<br>\n")
	}
}

// add puts a text where it belongs.
func (r *reader) add(text string) {
	switch {
	case r.group.field:
		if len(r.field) < 8<<10 {
			r.field += text
		}
	case r.group.hidden, r.group.rtfOnly && r.packed:
	case r.packed:
		r.out.WriteString(text)
	default:
		r.out.WriteString(html.EscapeString(text))
	}
}

// beginLink begins the link of a field that is one: HYPERLINK "https://…".
func (r *reader) beginLink() {
	instruction := strings.TrimSpace(r.field)
	r.field = ""
	if r.packed || r.group.hidden || r.linked || !strings.HasPrefix(strings.ToUpper(instruction), "HYPERLINK") {
		return
	}
	target := strings.TrimSpace(instruction[len("HYPERLINK"):])
	if quoted, ok := strings.CutPrefix(target, `"`); ok {
		target, _, _ = strings.Cut(quoted, `"`)
	} else if words := strings.Fields(target); len(words) > 0 {
		target = words[0]
	}
	r.linked = true
	r.out.WriteString(`<a href="` + html.EscapeString(target) + `">`)
}

func (r *reader) endLink() {
	if r.linked {
		r.linked = false
		r.out.WriteString("</a>")
	}
}
