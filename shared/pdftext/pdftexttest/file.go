// Package pdftexttest writes small PDF files for tests.
package pdftexttest

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
)

// File is a PDF file in the making. Object 1 is the catalog and object 2 the tree
// of its pages.
type File struct {
	objects map[int]string
	last    int
	pages   []int
	trailer string
}

// New makes a file without pages.
func New() *File { return &File{objects: map[int]string{}, last: 2} }

// Add adds an object and gives its number.
func (f *File) Add(body string) int {
	f.last++
	f.objects[f.last] = body
	return f.last
}

// Stream adds a stream; dict is what stands in its dictionary beside the length.
func (f *File) Stream(dict, data string) int {
	return f.Add(fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data))
}

// Flate adds a compressed stream.
func (f *File) Flate(dict, data string) int {
	return f.Stream(dict+" /Filter /FlateDecode", Compress(data))
}

// Page adds a page with the content of a stream and, as F1, a font.
func (f *File) Page(font, content int) {
	f.pages = append(f.pages, f.Add(fmt.Sprintf(
		"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 %d 0 R >> >> /Contents %d 0 R >>", font, content)))
}

// Trailer adds to the trailer's dictionary.
func (f *File) Trailer(s string) { f.trailer += " " + s }

// Bytes gives the file, with a cross-reference table.
func (f *File) Bytes() []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n")
	f.objects[1] = "<< /Type /Catalog /Pages 2 0 R >>"
	f.objects[2] = fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(f.pages), refs(f.pages))
	table := "0000000000 65535 f \n"
	for id := 1; id <= f.last; id++ {
		table += fmt.Sprintf("%010d 00000 n \n", out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", id, f.objects[id])
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R%s >>\nstartxref\n%d\n%%%%EOF\n", f.last+1, table, f.last+1, f.trailer, start)
	return out.Bytes()
}

// Packed gives the file with all that is no stream in one object stream, as
// writers since PDF 1.5 do. It has no cross-reference stream.
func (f *File) Packed() []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.5\n")
	f.Bytes() // for the catalog
	head, body := "", ""
	for id := 1; id <= f.last; id++ {
		if strings.Contains(f.objects[id], "endstream") {
			fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", id, f.objects[id])
			continue
		}
		head += fmt.Sprintf("%d %d ", id, len(body))
		body += f.objects[id] + "\n"
	}
	data := Compress(head + body)
	fmt.Fprintf(&out, "%d 0 obj\n<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n%%%%EOF\n",
		f.last+1, strings.Count(head, " ")/2, len(head), len(data), data)
	return out.Bytes()
}

// Helvetica is the font of Lines.
const Helvetica = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"

// Lines gives a file whose pages have these lines.
func Lines(pages ...string) []byte {
	f := New()
	font := f.Add(Helvetica)
	for _, text := range pages {
		f.Page(font, f.Flate("", Content(text)))
	}
	return f.Bytes()
}

// Content shows lines of text in F1.
func Content(text string) string {
	out := "BT /F1 10 Tf 12 TL 50 700 Td"
	for line := range strings.Lines(text) {
		line = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`, "\n", "").Replace(line)
		out += " (" + line + ") Tj T*"
	}
	return out + " ET"
}

// Compress compresses as FlateDecode undoes.
func Compress(data string) string {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, _ = z.Write([]byte(data)) // a bytes.Buffer takes all
	_ = z.Close()
	return out.String()
}

func refs(ids []int) string {
	var out strings.Builder
	for _, id := range ids {
		fmt.Fprintf(&out, "%d 0 R ", id)
	}
	return out.String()
}
