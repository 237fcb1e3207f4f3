package pdftext

import (
	"fmt"
	"math"
	"strings"
)

// Gaps between two characters, in sizes of the font. Letters are moved apart by a
// tenth, words by a fifth and more.
const (
	wordGap      = 0.17 // to the right: another word
	cellGap      = 1.2  // to the right: another cell of a table's row
	lineGap      = 0.5  // up or down: another line
	paragraphGap = 2.2  // down: another paragraph
	backGap      = 0.5  // to the left: what is put beside or over the text before
)

// layout makes lines of characters by where they stand. They come in the order in
// which the page draws them, which is that of reading for all that is written by
// programs from text.
type layout struct {
	budget  *budget
	out     strings.Builder
	started bool       // something stands on this page
	end     [2]float64 // of the character before
	blank   bool       // it was white space
}

// put adds a character that stands from one place to another, by the matrices of
// its text.
func (l *layout) put(text string, from, to matrix, size float64) {
	if text == "" {
		return
	}
	if text = clean(text); strings.TrimSpace(text) == "" {
		l.blank = l.blank || l.out.Len() > 0
		return
	}
	along := math.Hypot(from[0], from[1])
	em := math.Abs(size) * math.Hypot(from[2], from[3])
	if along == 0 || em == 0 || math.IsNaN(em) || math.IsInf(em, 0) {
		along, em = 1, 1
	}
	dx, dy := from[4]-l.end[0], from[5]-l.end[1]
	right := (dx*from[0] + dy*from[1]) / along / em
	up := (dy*from[0] - dx*from[1]) / along / em
	if l.started {
		l.write(l.between(right, up))
	}
	l.write(text)
	l.started, l.blank, l.end = true, false, [2]float64{to[4], to[5]}
}

// between is what stands between the character before and the next.
func (l *layout) between(right, up float64) string {
	switch {
	case up < -paragraphGap:
		return "\n\n"
	case math.Abs(up) > lineGap:
		return "\n"
	case right > cellGap:
		return "\t"
	case l.blank || right > wordGap || right < -backGap:
		return " "
	}
	return ""
}

// clean takes away what is no text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0x7F || r == '\uFFFD' {
			return -1
		}
		return r
	}, s)
}

func (l *layout) write(s string) {
	if l.out.Len()+len(s) > l.budget.limits.Text {
		panic(stop{fmt.Errorf("%w: it holds more than %d bytes of text", ErrLimit, l.budget.limits.Text)})
	}
	l.out.WriteString(s)
}

func (l *layout) newPage() {
	if l.started {
		l.write("\n\n")
	}
	l.started, l.blank = false, false
}

// String gives the text until now.
func (l *layout) String() string { return strings.TrimSpace(l.out.String()) }
