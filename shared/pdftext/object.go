package pdftext

import (
	"bytes"
	"strconv"
	"strings"
)

// The values of PDF (ISO 32000-1, 7.3) beside float64 for numbers, string for
// strings, []any for arrays and nil. Operators and true, false and null are words.
type (
	name string
	word string
	dict map[name]any
	ref  int // generation numbers are of no use without a cross-reference table
	// closing is the end of an array, of a dictionary or, empty, of the input.
	closing string
)

const maxDepth = 50 // of arrays and dictionaries in one another

// parser reads values. It reads anything, and each byte a bounded number of times.
type parser struct {
	in     []byte
	at     int
	budget *budget
}

func isSpace(c byte) bool { return strings.IndexByte(" \t\r\n\f\x00", c) >= 0 }
func isSign(c byte) bool  { return strings.IndexByte("()<>[]{}/%", c) >= 0 }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// counted counts the bytes from a place to where the parser is: one long string
// may be read as often as it is referred to.
func (p *parser) counted(from int) { p.budget.spend((p.at - from) >> 4) }

// space passes white space and comments.
func (p *parser) space() {
	defer p.counted(p.at)
	for p.at < len(p.in) {
		switch c := p.in[p.at]; {
		case isSpace(c):
			p.at++
		case c == '%':
			for p.at < len(p.in) && p.in[p.at] != '\n' && p.in[p.at] != '\r' {
				p.at++
			}
		default:
			return
		}
	}
}

// value reads the next value.
func (p *parser) value(depth int) any {
	p.budget.spend(1)
	p.space()
	if p.at >= len(p.in) {
		return closing("")
	}
	c := p.in[p.at]
	two := string(p.in[p.at:min(p.at+2, len(p.in))])
	switch {
	case two == "<<" && depth < maxDepth:
		p.at += 2
		return p.dict(depth + 1)
	case two == ">>":
		p.at += 2
		return closing(two)
	case c == '[' && depth < maxDepth:
		p.at++
		return p.list(depth+1, "]")
	case c == ']':
		p.at++
		return closing("]")
	case c == '(':
		return p.literal()
	case c == '<':
		return p.hex()
	case c == '/':
		p.at++
		return name(unescape(p.run()))
	case isSign(c):
		p.at++
		return word(c)
	}
	return p.numberOrWord()
}

// list reads values until the sign that ends them. A damaged one also ends with
// the object that it stands in.
func (p *parser) list(depth int, end closing) []any {
	list := []any{}
	for {
		from := p.at
		switch v := p.value(depth).(type) {
		case closing:
			if v == end || v == "" {
				return list
			}
		case word:
			if v == "endobj" || v == "obj" || v == "stream" {
				p.at = from
				return list
			}
			list = append(list, v)
		default:
			list = append(list, v)
		}
	}
}

func (p *parser) dict(depth int) dict {
	list := p.list(depth, ">>")
	d := make(dict, len(list)/2)
	for i := 0; i+1 < len(list); i++ {
		if key, ok := list[i].(name); ok {
			i++
			d[key] = list[i]
		}
	}
	return d
}

// run reads what is neither white space nor sign.
func (p *parser) run() string {
	from := p.at
	defer p.counted(from)
	for p.at < len(p.in) && !isSpace(p.in[p.at]) && !isSign(p.in[p.at]) {
		p.at++
	}
	return string(p.in[from:p.at])
}

// unescape resolves a name's #20.
func unescape(s string) string {
	if !strings.Contains(s, "#") {
		return s
	}
	var out []byte
	for i := 0; i < len(s); i++ {
		if n, err := strconv.ParseUint(s[min(i+1, len(s)):min(i+3, len(s))], 16, 8); s[i] == '#' && err == nil {
			out = append(out, byte(n))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return string(out)
}

// maxNumber is how long a number may be, in bytes.
const maxNumber = 40

func (p *parser) numberOrWord() any {
	s := p.run()
	if c := s[0]; !isDigit(c) && c != '+' && c != '-' && c != '.' || len(s) > maxNumber {
		return word(s)
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != n || n > 1e15 || n < -1e15 {
		return 0.0
	}
	if id := int(n); isDigit(s[0]) && float64(id) == n && p.isRef() {
		return ref(id)
	}
	return n
}

// isRef passes what makes a reference of the number before it: "0 R".
func (p *parser) isRef() bool {
	rest := p.in[p.at:min(p.at+12, len(p.in))]
	generation := bytes.TrimLeft(rest, " \r\n")
	after := bytes.TrimLeft(generation, "0123456789")
	letter := bytes.TrimLeft(after, " \r\n")
	if len(generation) == len(rest) || len(after) == len(generation) || len(letter) == len(after) || len(letter) == 0 || letter[0] != 'R' {
		return false
	}
	if len(letter) > 1 && !isSpace(letter[1]) && !isSign(letter[1]) {
		return false
	}
	p.at += len(rest) - len(letter) + 1
	return true
}

// literal reads a string in parentheses.
func (p *parser) literal() string {
	defer p.counted(p.at)
	var out []byte
	for open := 0; p.at < len(p.in); {
		c := p.in[p.at]
		p.at++
		switch c {
		case '(':
			if open++; open == 1 {
				continue
			}
		case ')':
			if open--; open == 0 {
				return string(out)
			}
		case '\\':
			out = p.escape(out)
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

// escape reads what stands behind a backslash.
func (p *parser) escape(out []byte) []byte {
	if p.at >= len(p.in) {
		return out
	}
	c := p.in[p.at]
	if '0' <= c && c <= '7' {
		n := 0
		for i := 0; i < 3 && p.at < len(p.in) && '0' <= p.in[p.at] && p.in[p.at] <= '7'; i++ {
			n = n<<3 | int(p.in[p.at]-'0')
			p.at++
		}
		return append(out, byte(n))
	}
	p.at++
	switch i := strings.IndexByte("nrtbf\r\n", c); i {
	case -1:
		return append(out, c)
	case 5, 6: // the line goes on
		if c == '\r' && p.at < len(p.in) && p.in[p.at] == '\n' {
			p.at++
		}
		return out
	default:
		return append(out, "\n\r\t\b\f"[i])
	}
}

// hex reads a string of hexadecimal digits.
func (p *parser) hex() string {
	defer p.counted(p.at)
	p.at++
	end := bytes.IndexByte(p.in[p.at:], '>')
	if end < 0 {
		end = len(p.in) - p.at
	}
	s := unhex(p.in[p.at : p.at+end])
	p.at = min(p.at+end+1, len(p.in))
	return string(s)
}

// unhex decodes digits; what is none is passed over, and half a byte ends with 0.
func unhex(in []byte) []byte {
	out := make([]byte, 0, len(in)/2+1)
	half := -1
	for _, c := range in {
		n := strings.IndexByte("0123456789abcdefABCDEF", c)
		switch {
		case n < 0:
			continue
		case n > 15:
			n -= 6
		}
		if half < 0 {
			half = n
			continue
		}
		out, half = append(out, byte(half<<4|n)), -1
	}
	if half >= 0 {
		out = append(out, byte(half<<4))
	}
	return out
}
