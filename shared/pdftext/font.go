package pdftext

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// span says something of the codes from lo to hi.
type span[T any] struct {
	lo, hi uint32
	value  T
}

// spans are sorted by lo. They are kept as the file gives them, because three
// numbers may speak of 65,536 codes.
type spans[T any] []span[T]

func (s spans[T]) sorted() spans[T] {
	slices.SortStableFunc(s, func(a, b span[T]) int { return cmp.Compare(a.lo, b.lo) })
	return s
}

func (s spans[T]) find(code uint32) (span[T], bool) {
	i, exact := slices.BinarySearchFunc(s, code, func(e span[T], code uint32) int { return cmp.Compare(e.lo, code) })
	if !exact {
		i--
	}
	if i < 0 || code > s[i].hi {
		return span[T]{}, false
	}
	return s[i], true
}

// font says which characters a string's codes are and how wide (9.5 to 9.10).
type font struct {
	codeBytes int
	unicode   spans[[]uint16] // UTF-16; the last unit counts up through the span
	simple    [256]string     // of fonts of one byte, where unicode says nothing
	widths    spans[float64]  // in thousandths of the size
	width     float64         // of other codes
}

// font reads the font that v refers to.
func (d *document) font(v any) *font {
	id, isRef := v.(ref)
	if f := d.fonts[id]; isRef && f != nil {
		return f
	}
	from := d.dict(v)
	f := &font{codeBytes: 1, width: 500}
	if from["Subtype"] == name("Type0") {
		f.codeBytes, f.width = 2, 1000
		if below := d.list(from["DescendantFonts"]); len(below) > 0 {
			d.wideWidths(f, d.dict(below[0]))
		}
	} else {
		d.encoding(f, from)
		d.simpleWidths(f, from)
	}
	f.unicode = d.toUnicode(from["ToUnicode"])
	if isRef {
		d.fonts[id] = f
	}
	return f
}

// encoding fills simple: from a named encoding, and the names of differing glyphs.
// A font's own encoding is in its program, which is not read; for Latin text it is
// mostly like the standard ones.
func (d *document) encoding(f *font, from dict) {
	d.budget.spend(len(f.simple) >> 4) // a font that is no object of its own is read each time it is set
	table := charmap.Windows1252
	encoding := d.get(from["Encoding"])
	different, _ := encoding.(dict)
	if encoding == name("MacRomanEncoding") || different["BaseEncoding"] == name("MacRomanEncoding") {
		table = charmap.Macintosh
	}
	for code := range 256 {
		if r := table.DecodeByte(byte(code)); code >= ' ' && r != '\uFFFD' {
			f.simple[code] = string(r)
		}
	}
	code := 0
	for _, v := range d.list(different["Differences"]) {
		switch v := v.(type) {
		case float64:
			code = int(v)
		case name:
			if code >= 0 && code < len(f.simple) {
				f.simple[code] = glyph(string(v))
			}
			code++
		}
	}
}

func (d *document) simpleWidths(f *font, from dict) {
	if base, _ := from["BaseFont"].(name); strings.Contains(string(base), "Courier") {
		f.width = 600
	}
	scale := 1.0
	if matrix := d.list(from["FontMatrix"]); len(matrix) == 6 { // of Type 3
		scale = number(matrix[0]) * 1000
	}
	first := number(d.get(from["FirstChar"]))
	for i, w := range d.list(from["Widths"]) {
		if code := first + float64(i); code >= 0 && code < 256 {
			f.widths = append(f.widths, span[float64]{uint32(code), uint32(code), number(d.get(w)) * scale})
		}
	}
}

// wideWidths reads the widths of a CID font (9.7.4.3). Codes are taken for CIDs,
// as they are in all but some fonts of East Asia.
func (d *document) wideWidths(f *font, from dict) {
	if w, ok := d.get(from["DW"]).(float64); ok {
		f.width = w
	}
	list := d.list(from["W"])
	for i := 0; i+1 < len(list); {
		lo := uint32(max(0, number(list[i])))
		if each := d.list(list[i+1]); each != nil {
			for n, w := range each {
				f.widths = append(f.widths, span[float64]{lo + uint32(n), lo + uint32(n), number(w)})
			}
			i += 2
			continue
		}
		if i+2 < len(list) {
			f.widths = append(f.widths, span[float64]{lo, uint32(max(0, number(list[i+1]))), number(list[i+2])})
		}
		i += 3
	}
	f.widths = f.widths.sorted()
}

// toUnicode reads a character map (9.10.3).
func (d *document) toUnicode(v any) spans[[]uint16] {
	var out spans[[]uint16]
	var args []any
	for p := (parser{d.data(v), 0, d.budget}); ; {
		switch v := p.value(0).(type) {
		case closing:
			if v == "" {
				return out.sorted()
			}
		case word:
			switch v {
			case "endbfchar":
				for i := 0; i+1 < len(args); i += 2 {
					out = append(out, span[[]uint16]{code(args[i]), code(args[i]), units(args[i+1])})
				}
			case "endbfrange":
				for i := 0; i+2 < len(args); i += 3 {
					out = ranges(out, code(args[i]), code(args[i+1]), args[i+2])
				}
			}
			args = nil
		default:
			args = append(args, v)
		}
	}
}

// ranges adds a range whose characters follow one another, or stand in a list.
func ranges(out spans[[]uint16], lo, hi uint32, to any) spans[[]uint16] {
	list, ok := to.([]any)
	if !ok {
		return append(out, span[[]uint16]{lo, hi, units(to)})
	}
	for i, v := range list {
		out = append(out, span[[]uint16]{lo + uint32(i), lo + uint32(i), units(v)})
	}
	return out
}

func code(v any) (out uint32) {
	s, _ := v.(string)
	for _, c := range []byte(s[:min(len(s), 4)]) {
		out = out<<8 | uint32(c)
	}
	return out
}

// longest is how many UTF-16 units one glyph may stand for: a ligature's letters.
const longest = 8

func units(v any) []uint16 {
	s, _ := v.(string)
	out := make([]uint16, 0, longest)
	for i := 0; i+1 < len(s) && len(out) < longest; i += 2 {
		out = append(out, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return out
}

// text gives a code's characters; none where the font does not say them.
func (f *font) text(code uint32) string {
	if s, ok := f.unicode.find(code); ok && len(s.value) > 0 {
		to := slices.Clone(s.value)
		to[len(to)-1] += uint16(code - s.lo)
		return letters.Replace(strings.TrimRight(string(utf16.Decode(to)), "\x00"))
	}
	if f.codeBytes == 1 {
		return f.simple[code&0xFF]
	}
	return ""
}

func (f *font) widthOf(code uint32) float64 {
	if s, ok := f.widths.find(code); ok {
		return s.value
	}
	return f.width
}

// letters undoes what typesetters do to words; it would split host names.
var letters = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "\u00a0", " ", "\u00ad", "-")

// glyph gives the character of a glyph's name, for what text in Latin letters is
// made of (https://github.com/adobe-type-tools/agl-specification).
func glyph(s string) string {
	base, _, _ := strings.Cut(s, ".")
	if len(base) == 1 {
		return base
	}
	for _, prefix := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(base, prefix); ok && len(hex) >= 4 {
			if n, err := strconv.ParseUint(hex, 16, 21); err == nil {
				return letters.Replace(string(rune(n)))
			}
		}
	}
	return glyphNames[base]
}

var glyphNames = map[string]string{
	"space": " ", "exclam": "!", "quotedbl": `"`, "numbersign": "#", "dollar": "$", "percent": "%", "ampersand": "&",
	"quotesingle": "'", "parenleft": "(", "parenright": ")", "asterisk": "*", "plus": "+", "comma": ",", "hyphen": "-",
	"minus": "-", "period": ".", "slash": "/", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
	"six": "6", "seven": "7", "eight": "8", "nine": "9", "colon": ":", "semicolon": ";", "less": "<", "equal": "=",
	"greater": ">", "question": "?", "at": "@", "bracketleft": "[", "backslash": `\`, "bracketright": "]",
	"asciicircum": "^", "underscore": "_", "grave": "`", "braceleft": "{", "bar": "|", "braceright": "}", "asciitilde": "~",
	"quoteleft": "‘", "quoteright": "’", "quotedblleft": "“", "quotedblright": "”", "endash": "–", "emdash": "—",
	"bullet": "•", "ellipsis": "…", "ff": "ff", "fi": "fi", "fl": "fl", "ffi": "ffi", "ffl": "ffl", "nbspace": " ",
	"adieresis": "ä", "odieresis": "ö", "udieresis": "ü", "Adieresis": "Ä", "Odieresis": "Ö", "Udieresis": "Ü",
	"germandbls": "ß", "eacute": "é", "egrave": "è", "agrave": "à", "ccedilla": "ç", "ntilde": "ñ", "oacute": "ó",
	"aacute": "á", "iacute": "í", "uacute": "ú", "ecircumflex": "ê", "acircumflex": "â", "dotlessi": "ı",
}
