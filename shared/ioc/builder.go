package ioc

// builder writes the normalised text of a value. It keeps to the source's own
// bytes as long as nothing differs, so that most values cost no allocation.
type builder struct {
	s    string
	from int // the source's bytes from here to `to` are the text so far …
	to   int
	b    []byte // … until they differ: then the text is here
	own  bool
}

// reset begins a text whose first bytes may be the source's from there on.
func (b *builder) reset(s string, from int) *builder {
	b.s, b.from, b.to, b.b, b.own = s, from, from, b.b[:0], false
	return b
}

// source adds s[i:j].
func (b *builder) source(i, j int) {
	if !b.own && b.to == i {
		b.to = j
		return
	}
	b.text(b.s[i:j])
}

// text adds what the source doesn't have at this place.
func (b *builder) text(t string) {
	b.part()
	b.b = append(b.b, t...)
}

// bytes is text for bytes.
func (b *builder) bytes(t []byte) {
	b.part()
	b.b = append(b.b, t...)
}

// lower adds s[i:j] in small letters.
func (b *builder) lower(i, j int) {
	k := i
	for k < j && class[b.s[k]]&isUpper == 0 {
		k++
	}
	b.source(i, k)
	if k == j {
		return
	}
	b.part()
	at := len(b.b)
	b.b = append(b.b, b.s[k:j]...)
	for n, c := range b.b[at:] {
		b.b[at+n] = lower(c)
	}
}

// part parts the text from the source.
func (b *builder) part() {
	if !b.own {
		b.b = append(b.b, b.s[b.from:b.to]...)
		b.own = true
	}
}

// len gives the text's length in bytes.
func (b *builder) len() int {
	if b.own {
		return len(b.b)
	}
	return b.to - b.from
}

// string gives the text.
func (b *builder) string() string {
	if b.own {
		return string(b.b)
	}
	return b.s[b.from:b.to]
}
