package pdftext

import "bytes"

// matrix is [a b c d e f], as PDF writes it (8.3.3).
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// times gives m before n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// matrixOf reads six numbers, at the end of a list of operands.
func matrixOf(args []any) matrix {
	if len(args) < 6 {
		return identity
	}
	var m matrix
	for i, v := range args[len(args)-6:] {
		m[i] = number(v)
	}
	return m
}

// graphics is what q keeps and Q brings back (8.4.1, 9.3.1).
type graphics struct {
	ctm                                        matrix
	font                                       *font
	size, charSpace, wordSpace, leading, scale float64
}

// machine runs the operators of a content stream that show text.
type machine struct {
	document  *document
	out       *layout
	resources dict
	graphics
	kept       []graphics
	text, line matrix
	depth      int
}

const (
	maxKept  = 200 // states that q keeps at once
	maxForms = 10  // forms in one another
	maxArgs  = 100 // operands of one operator; six is what the longest takes
)

// show runs a page's content.
func (d *document) show(p page, out *layout) {
	var content []byte
	parts := d.list(p.dict["Contents"])
	if parts == nil {
		parts = []any{p.dict["Contents"]}
	}
	for _, part := range parts {
		content = append(append(content, d.data(part)...), '\n')
	}
	m := machine{document: d, out: out, resources: d.dict(p.resources), text: identity, line: identity}
	m.graphics = graphics{ctm: identity, font: &font{codeBytes: 1}, size: 1, scale: 1}
	m.run(content)
}

func (m *machine) run(content []byte) {
	p := parser{content, 0, m.document.budget}
	var args []any
	for {
		switch v := p.value(0).(type) {
		case closing:
			if v == "" {
				return
			}
		case word:
			if v == "ID" {
				p.at = behindImage(p.in, p.at)
			}
			m.operator(v, args)
			args = args[:0]
		default:
			if len(args) == maxArgs {
				args = args[:0]
			}
			args = append(args, v)
		}
	}
}

// behindImage is where an inline image ends: its data holds anything.
func behindImage(in []byte, at int) int {
	for {
		i := bytes.Index(in[at:], []byte("EI"))
		if i < 0 {
			return len(in)
		}
		at += i + 2
		if isSpace(in[at-3]) && (at == len(in) || isSpace(in[at])) {
			return at
		}
	}
}

// operator runs one operator; those that show no text are nothing to it.
func (m *machine) operator(op word, args []any) {
	last := func(fromEnd int) any {
		if len(args) < fromEnd {
			return nil
		}
		return args[len(args)-fromEnd]
	}
	n := func(fromEnd int) float64 { return number(last(fromEnd)) }
	switch op {
	case "q":
		if len(m.kept) < maxKept {
			m.kept = append(m.kept, m.graphics)
		}
	case "Q":
		if i := len(m.kept) - 1; i >= 0 {
			m.graphics, m.kept = m.kept[i], m.kept[:i]
		}
	case "cm":
		m.ctm = matrixOf(args).times(m.ctm)
	case "Do":
		m.form(last(1))
	case "BT":
		m.text, m.line = identity, identity
	case "Tf":
		key, _ := last(2).(name)
		m.font, m.size = m.document.font(m.document.dict(m.resources["Font"])[key]), n(1)
	case "Tc":
		m.charSpace = n(1)
	case "Tw":
		m.wordSpace = n(1)
	case "Tz":
		m.scale = n(1) / 100
	case "TL":
		m.leading = n(1)
	case "Tm":
		m.line = matrixOf(args)
		m.text = m.line
	case "TD":
		m.leading = -n(1)
		m.move(n(2), n(1))
	case "Td":
		m.move(n(2), n(1))
	case "T*":
		m.move(0, -m.leading)
	case "Tj":
		m.show(last(1))
	case "'":
		m.move(0, -m.leading)
		m.show(last(1))
	case `"`:
		m.wordSpace, m.charSpace = n(3), n(2)
		m.move(0, -m.leading)
		m.show(last(1))
	case "TJ":
		list, _ := last(1).([]any)
		for _, v := range list {
			if by, ok := v.(float64); ok {
				m.advance(-by / 1000 * m.size)
			}
			m.show(v)
		}
	}
}

func (m *machine) move(x, y float64) {
	m.line = matrix{1, 0, 0, 1, x, y}.times(m.line)
	m.text = m.line
}

func (m *machine) advance(by float64) {
	m.text = matrix{1, 0, 0, 1, by * m.scale, 0}.times(m.text)
}

// show shows a string.
func (m *machine) show(v any) {
	s, _ := v.(string)
	for ; len(s) >= m.font.codeBytes; s = s[m.font.codeBytes:] {
		m.document.budget.spend(1)
		c := code(s[:m.font.codeBytes])
		by := m.font.widthOf(c)/1000*m.size + m.charSpace
		if m.font.codeBytes == 1 && c == ' ' {
			by += m.wordSpace
		}
		from := m.text.times(m.ctm)
		m.advance(by)
		m.out.put(m.font.text(c), from, m.text.times(m.ctm), m.size)
	}
}

// form runs the content of a form (8.10): pages made of other files' pages.
func (m *machine) form(v any) {
	key, _ := v.(name)
	object := m.document.dict(m.resources["XObject"])[key]
	s, ok := m.document.get(object).(stream)
	if !ok || s.dict["Subtype"] != name("Form") || m.depth == maxForms {
		return
	}
	inner := *m
	inner.depth++
	inner.kept = nil
	inner.ctm = matrixOf(m.document.list(s.dict["Matrix"])).times(m.ctm)
	if r := m.document.dict(s.dict["Resources"]); r != nil {
		inner.resources = r
	}
	content, _ := m.document.decode(s)
	inner.run(content)
}
