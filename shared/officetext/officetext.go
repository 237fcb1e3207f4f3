// Package officetext reads the text of Office Open XML documents (ECMA-376,
// https://ecma-international.org/publications-and-standards/standards/ecma-376/)
// that nobody vouches for: DOCX, XLSX and PPTX. Paragraphs become lines, the
// cells of a row stand on one line with a tab between them. Where links lead
// stands above the text: below it they would look like a part of its last section.
//
// Not read: encrypted documents, pictures, embedded objects, macros, and
// documents of other kinds, such as DOC and ODT.
package officetext

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// The reasons why a document gives no text, or not all of it.
var (
	// ErrNotOffice is that the bytes are no document of these kinds.
	ErrNotOffice = errors.New("it is no DOCX, XLSX or PPTX document")
	// ErrNoText is that nothing readable was found.
	ErrNoText = errors.New("the document holds no readable text")
	// ErrLimit is that a limit was reached.
	ErrLimit = errors.New("the document is too large to be read whole")
)

// What is read at most: parts of a document, and bytes of them unpacked.
const (
	mostParts = 5000
	mostBytes = 64 << 20
)

// Text gives the text of a document, UTF-8. The error is one of this package's or
// the context's, by [errors.Is]. With [ErrLimit] the text is what was read until
// then; parts that are damaged are read up to the damage.
func Text(ctx context.Context, data []byte) (string, error) {
	if !bytes.HasPrefix(data, []byte("PK")) || !bytes.Contains(data, []byte("[Content_Types].xml")) {
		return "", ErrNotOffice
	}
	if bytes.Count(data, []byte("PK\x01\x02")) > mostParts { // the entries of its directory, all of which would be kept
		return "", fmt.Errorf("%w: it has more than %d parts", ErrLimit, mostParts)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return "", ErrNotOffice
	}
	d := document{ctx: ctx, left: mostBytes}
	err = d.read(z.File)
	text := strings.TrimSpace(d.links.String() + "\n" + d.out.String())
	if err == nil && text == "" {
		err = ErrNoText
	}
	return text, err
}

// document collects the text.
type document struct {
	ctx        context.Context
	left       int64
	out, links strings.Builder
	shared     []string // texts that cells of a workbook name by their number
}

func (d *document) read(files []*zip.File) error {
	for _, wanted := range []func(string) bool{
		func(name string) bool { return name == "xl/sharedstrings.xml" }, // before the sheets that name them
		isText,
		func(name string) bool { return path.Ext(name) == ".rels" },
	} {
		for _, f := range files {
			if name := strings.ToLower(f.Name); wanted(name) {
				if err := d.part(f, name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// isText tells the parts that people read.
func isText(name string) bool {
	if path.Ext(name) != ".xml" {
		return false
	}
	folder, base := path.Split(name)
	switch folder {
	case "word/":
		for _, kind := range []string{"document", "header", "footer", "footnotes", "endnotes", "comments"} {
			if strings.HasPrefix(base, kind) {
				return true
			}
		}
	case "xl/worksheets/", "ppt/slides/", "ppt/notesslides/":
		return true
	}
	return strings.HasPrefix(folder, "xl/") && strings.HasPrefix(base, "comments")
}

// part reads a part up to its end, to damage or to the limit.
func (d *document) part(f *zip.File, name string) error {
	in, err := f.Open()
	if err != nil {
		return nil // packed in an unknown way: the others may do
	}
	defer in.Close()
	limited := &io.LimitedReader{R: in, N: d.left}
	decoder := xml.NewDecoder(limited)
	decoder.Strict = false
	p := part{document: d, shares: strings.HasSuffix(name, "sharedstrings.xml")}
	for n := 0; ; n++ {
		token, err := decoder.Token()
		if err != nil {
			break
		}
		if n%1024 == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		p.see(token)
	}
	if d.left = limited.N; d.left <= 0 {
		return fmt.Errorf("%w: it unpacks to more than %d MB", ErrLimit, mostBytes>>20)
	}
	return nil
}

// part is where the reading of a part is.
type part struct {
	*document
	shares bool // it holds the texts of a workbook
	inText bool
	kind   string // of a cell: s if it names a text
	cell   strings.Builder
}

func (p *part) see(token xml.Token) {
	switch t := token.(type) {
	case xml.StartElement:
		p.start(t)
	case xml.EndElement:
		p.end(t.Name.Local)
	case xml.CharData:
		if p.inText {
			p.cell.Write(t)
		}
	}
}

func (p *part) start(t xml.StartElement) {
	switch t.Name.Local {
	case "t", "v", "instrText": // the text of a run, the value of a cell, a field's code
		p.inText = true
	case "tab":
		p.cell.WriteByte('\t')
	case "br", "cr":
		p.cell.WriteByte('\n')
	case "c":
		p.kind = attribute(t, "t")
	case "Relationship":
		if attribute(t, "TargetMode") == "External" {
			p.links.WriteString(attribute(t, "Target") + "\n")
		}
	}
}

func (p *part) end(name string) {
	switch name {
	case "t", "v", "instrText":
		p.inText = false
	case "si":
		if p.shares {
			p.document.shared = append(p.document.shared, p.take())
		}
	case "c":
		text := p.take()
		if p.kind == "s" {
			i, err := strconv.Atoi(strings.TrimSpace(text))
			if text = ""; err == nil && i >= 0 && i < len(p.document.shared) {
				text = p.document.shared[i]
			}
		}
		p.write(text, "\t")
	case "tc":
		p.write(p.take(), "\t")
	case "p":
		p.write(p.take(), "\n")
	case "row", "tr":
		p.write(p.take(), "\n")
	}
}

// take gives the text since the last one that was taken.
func (p *part) take() string {
	text := p.cell.String()
	p.cell.Reset()
	return text
}

// write writes text within the limit for all of it: a workbook may name a long
// text as often as it likes.
func (p *part) write(text, behind string) {
	if p.out.Len()+len(text) < mostBytes {
		p.out.WriteString(text + behind)
	}
}

func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
