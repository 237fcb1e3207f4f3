// Package pdftext reads the visible text of PDF files (ISO 32000-1,
// https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf)
// that nobody vouches for: lines stay lines, cells of a table's row stand on one
// line with a tab between them. Where a page's links lead stands below its text.
//
// It goes without the file's cross-reference table, as repairing readers do: it
// finds the objects where they lie. So there are no offsets to trust, nothing
// that leads in circles by them, and truncated files are read as far as they go.
// All work is counted against [Limits].
//
// Beside the text it gives what a file does, [Actions].
//
// Not read: encrypted files, pictures of text, fonts that do not say which
// characters their glyphs are, LZW, predictors, annotations other than
// links, and attachments.
package pdftext

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// The reasons why a file gives no text, or not all of it.
var (
	// ErrNotPDF is that the bytes do not begin as a PDF file does.
	ErrNotPDF = errors.New("it is no PDF file")
	// ErrEncrypted is that the file is encrypted, be it with an empty password.
	ErrEncrypted = errors.New("the PDF file is encrypted: save it without protection")
	// ErrNoText is that nothing readable was found.
	ErrNoText = errors.New("the PDF file holds no readable text: it may be damaged, or made of pictures")
	// ErrLimit is that a limit was reached.
	ErrLimit = errors.New("the PDF file is too large or too deep to be read whole")
)

// Limits bound what one file may cost. Zero fields mean the defaults.
type Limits struct {
	Pages   int // read; default 1,000
	Decoded int // bytes that the file's streams hold, decompressed, in all; default 32 MiB
	Text    int // bytes of text; default 4 MiB
	Steps   int // tokens, entries and characters handled; default 5 million, a few seconds
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *int
		value int
	}{{&l.Pages, 1000}, {&l.Decoded, 32 << 20}, {&l.Text, 4 << 20}, {&l.Steps, 5_000_000}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

// headerWithin is how many bytes may stand before a file's header, as Adobe's
// readers allow.
const headerWithin = 1024

// Is reports whether data begins as a PDF file does.
func Is(data []byte) bool {
	return bytes.Contains(data[:min(len(data), headerWithin)], []byte("%PDF-"))
}

// Text gives the text of a PDF file, UTF-8, pages in order with a blank line
// between them. The error is one of this package's or the context's, by
// [errors.Is]. With [ErrLimit] the text is what was read until then.
func Text(ctx context.Context, data []byte, limits Limits) (text string, err error) {
	if !Is(data) {
		return "", ErrNotPDF
	}
	b := &budget{ctx: ctx, limits: limits.withDefaults()}
	out := &layout{budget: b}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stop:
			text, err = out.String(), r.error
		default:
			panic(r)
		}
	}()
	d := open(data, b)
	if d.encrypted {
		return "", ErrEncrypted
	}
	for i, p := range d.pages() {
		if i == b.limits.Pages {
			return out.String(), fmt.Errorf("%w: it has more than %d pages", ErrLimit, i)
		}
		d.show(p, out)
		d.links(p, out)
		out.newPage()
	}
	if text = out.String(); text == "" {
		return "", ErrNoText
	}
	return text, nil
}

// budget counts what reading a file costs.
type budget struct {
	ctx            context.Context
	limits         Limits
	steps, decoded int
}

// stop is thrown when the budget is spent; Text catches it. A parser that had to
// hand it up through each value would be twice as long.
type stop struct{ error }

// spend counts n steps.
func (b *budget) spend(n int) {
	const look = 1 << 14 // steps between two looks at the context
	if (b.steps+n)/look != b.steps/look && b.ctx.Err() != nil {
		panic(stop{b.ctx.Err()})
	}
	if b.steps += n; b.steps > b.limits.Steps {
		panic(stop{fmt.Errorf("%w: it takes more than %d steps", ErrLimit, b.limits.Steps)})
	}
}
