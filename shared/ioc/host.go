package ioc

import (
	"encoding/binary"
	"unicode/utf8"
)

// maxName is the longest name that DNS carries, RFC 1035 §2.3.4, with room
// for one in Unicode. Longer chains are read to their end and refused.
const maxName = 512

// maxLabels bounds the labels that are remembered of one name.
const maxLabels = 64

// chain is words joined by dots in any spelling, as it was read: a host, a
// file name, a version, a number or code.
type chain struct {
	start, end int // in the text

	text  [maxName]byte // the labels in lower case, joined by plain dots
	n     int           // length of text
	at    [maxLabels]int16
	stand [maxLabels]int32 // where in the source each label starts
	count int              // number of labels

	seen   byte // classes of all bytes
	fanged bool // some dot isn't plain
	plain  bool // text is what stands in the source, byte for byte
	spoken bool // a dot is the bare word

	over bool // too long to be a name

	tops, bares *suffixMemo
	idn         struct{ name, ascii string } // the last name beyond ASCII: texts repeat them
}

func (c *chain) name() []byte { return c.text[:c.n] }

// label gives label i of the chain.
func (c *chain) label(i int) []byte {
	if i+1 < c.count {
		return c.text[c.at[i] : c.at[i+1]-1]
	}
	return c.text[c.at[i]:c.n]
}

// read reads the chain whose first label starts at i.
func (c *chain) read(s string, i int) {
	c.start, c.n, c.count, c.seen = i, 0, 0, 0
	c.fanged, c.spoken, c.over, c.plain = false, false, false, true
	for {
		end, seen := wordEnd(s, i)
		c.add(s, i, end, seen)
		d := dotAt(s, end)
		if d.n == 0 || d.spoken && !spokenTop(s, end+d.n) {
			c.end = end
			return
		}
		c.fanged = c.fanged || d.fanged
		c.spoken = c.spoken || d.spoken
		c.plain = c.plain && !d.fanged
		i = end + d.n
	}
}

// spokenTop reports whether a bare " dot " at the word before i is meant as
// one: what follows is a number or a top-level domain that is no English word.
func spokenTop(s string, i int) bool {
	end, seen := wordEnd(s, i)
	if seen&^(isWord|isDigit|isLocal|isPath) == 0 {
		return true
	}
	if next := dotAt(s, end); next.n > 0 {
		return true
	}
	return sureTop(s, i)
}

// sureTop reports whether the word at i is a top-level domain that is no word
// of a language.
func sureTop(s string, i int) bool {
	end, _ := wordEnd(s, i)
	switch w := s[i:end]; len(w) {
	case 2:
		return hasFold(w, 0, "ru") || hasFold(w, 0, "cn") || hasFold(w, 0, "uk") || hasFold(w, 0, "io")
	case 3:
		return hasFold(w, 0, "com") || hasFold(w, 0, "net") || hasFold(w, 0, "org") || hasFold(w, 0, "xyz")
	case 4:
		return hasFold(w, 0, "info")
	}
	return false
}

func (c *chain) add(s string, i, end int, seen byte) {
	c.seen |= seen
	if c.over || c.count == maxLabels || c.n+end-i+1 > maxName {
		c.over = true
		return
	}
	if c.count > 0 {
		c.text[c.n] = '.'
		c.n++
	}
	c.at[c.count], c.stand[c.count] = int16(c.n), int32(i)
	c.count++
	if seen&(isUpper|isHigh) == 0 {
		c.n += copy(c.text[c.n:], s[i:end])
		return
	}
	c.plain = false
	for ; i < end; i++ {
		if n := unseen(s, i); n > 0 && s[i] >= utf8.RuneSelf {
			i += n - 1
			continue
		}
		if s[i] == 0xE2 && altHyphen(s, i) > 0 {
			c.text[c.n] = '-'
			i += 2
		} else {
			c.text[c.n] = lower(s[i])
		}
		c.n++
	}
}

// digits reports whether all labels are numbers.
func (c *chain) digits() bool { return c.seen&^(isWord|isDigit|isLocal|isPath) == 0 }

// cutLeft drops the first labels, so that label i is the first.
func (c *chain) cutLeft(i int) {
	if i == 0 {
		return
	}
	off := c.at[i]
	copy(c.text[:], c.text[off:c.n])
	c.n -= int(off)
	c.count -= i
	for k := range c.count {
		c.at[k] = c.at[k+i] - off
		c.stand[k] = c.stand[k+i]
	}
	c.start = int(c.stand[0])
}

// asRead reports whether the chain's text is what stands in the source.
func (c *chain) asRead() bool { return c.plain && c.end-c.start == c.n }

// string gives the chain's text; the source's own bytes where they are the same.
func (c *chain) string(s string) string {
	if c.asRead() {
		return s[c.start:c.end]
	}
	return string(c.text[:c.n])
}

// ascii reports whether the name has no rune beyond ASCII.
func (c *chain) ascii() bool {
	for _, b := range c.name() {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// top reports whether the chain's last label is a top-level domain.
func (c *chain) top() bool {
	label := c.label(c.count - 1)
	switch string(label) { // most
	case "com", "net", "org", "info", "biz", "top", "xyz", "site", "online", "club", "icu", "io", "co", "me", "tk", "cc",
		"ru", "cn", "de", "uk", "fr", "nl", "eu", "us", "br", "in", "ir", "jp", "kr", "tr", "ua", "pl", "su", "it", "es":
		return true
	case "exe", "dll", "php", "txt", "html", "htm", "js", "vbs", "ps1", "dat", "bin", "doc", "docx", "xls", "pdf", "png", "jpg", "gif":
		return false
	}
	if c.tops == nil {
		c.tops = new(suffixMemo)
	}
	return c.tops.ask(label, topLevel)
}

// bare reports whether the name is a public suffix itself.
func (c *chain) bare() bool {
	switch string(c.label(c.count - 1)) {
	case "com", "net", "org", "info": // nobody but their users has names below
		return c.count < 2
	}
	if c.bares == nil {
		c.bares = new(suffixMemo)
	}
	return c.bares.ask(c.name(), bareSuffix)
}

// suffixMemo remembers what the Public Suffix List said of the names asked for
// last: a text has few endings, and the list is a long one.
type suffixMemo [1 << memoBits]struct {
	name [maxMemo]byte // zeros behind it
	is   bool
}

const (
	memoBits = 10
	maxMemo  = 16 // longer names are not remembered
)

func (m *suffixMemo) ask(name []byte, list func(string) bool) bool {
	if len(name) > maxMemo {
		return list(string(name))
	}
	var key [maxMemo]byte
	copy(key[:], name)
	hash := (binary.LittleEndian.Uint64(key[:]) ^ binary.LittleEndian.Uint64(key[8:])) * 0x9e3779b97f4a7c15 // Fibonacci hashing
	known := &m[hash>>(64-memoBits)]
	if known.name != key {
		known.name, known.is = key, list(string(name))
	}
	return known.is
}
