// Package office reads what is active in Office documents: macros, what they load
// from elsewhere, objects. OOXML (DOCX, XLSX, PPTX) and OLE (DOC, XLS, PPT, MSG).
package office

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/archive"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
)

// Document is what is active in an Office document.
type Document struct {
	Format   string     `json:"format"` // OOXML or OLE
	Macros   []Macro    `json:"macros,omitempty"`
	Outside  []Relation `json:"outside,omitempty"` // what it loads or links to
	Embedded []string   `json:"embedded,omitempty"`
}

// Relation is something outside that a part of the document refers to.
type Relation struct {
	Kind   string `json:"kind"` // attachedTemplate, hyperlink, image …
	Target string `json:"target"`
	Part   string `json:"part"`
}

const (
	mostPart  = 16 << 20 // bytes unpacked of one part of a document
	mostParts = 64 << 20 // and of all of them
)

// loaded are the relations that an office suite loads by itself.
// ECMA-376, part 1, https://ecma-international.org/publications-and-standards/standards/ecma-376/.
var loaded = []string{"attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk", "externalLinkPath", "externalLink", "control", "mailMergeSource"}

// reading is a document that is being read.
type reading struct {
	*sample.File
	*Document
}

// OOXML reads a DOCX, XLSX, PPTX or one of their kin; nil is another ZIP file, or
// one that is damaged.
func OOXML(ctx context.Context, f *sample.File) (*Document, error) {
	z, err := archive.OpenZIP(f)
	if err != nil {
		return nil, nil // whoever lists it tells
	}
	if !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "[Content_Types].xml" }) {
		return nil, nil
	}
	r := &reading{f, &Document{Format: "OOXML"}}
	left := int64(mostParts)
	for _, f := range z.File {
		if ctx.Err() != nil {
			return r.Document, ctx.Err()
		}
		if err := r.readPart(ctx, f, &left); err != nil {
			r.Note("The part %q of the document can't be read: %s", sample.Clip(f.Name, sample.MostWords), err)
		}
	}
	return r.Document, nil
}

// readPart reads a part that may hold something active.
func (r *reading) readPart(ctx context.Context, f *zip.File, left *int64) error {
	name, base := strings.ToLower(f.Name), path.Base(strings.ToLower(f.Name))
	switch {
	case base == "vbaproject.bin":
		data, err := unpacked(f, left)
		if err != nil {
			return err
		}
		return r.readProject(ctx, bytes.NewReader(data))
	case path.Ext(name) == ".rels":
		return r.readRelations(f, left)
	case strings.Contains(name, "/macrosheets/") && path.Ext(name) == ".xml":
		r.Find(cortex.Suspicious, "Excel 4 macro", "The workbook holds a sheet of Excel 4.0 macros, which few honest ones do.", f.Name)
	case strings.Contains(name, "/embeddings/") || strings.Contains(name, "/activex/") && path.Ext(name) == ".bin":
		r.embeds(f.Name)
	case name == "word/document.xml" || name == "word/comments.xml" || strings.HasPrefix(name, "xl/externallinks/") && path.Ext(name) == ".xml":
		data, err := unpacked(f, left)
		if bytes.Contains(data, []byte("DDEAUTO")) || bytes.Contains(data, []byte("<ddeLink")) {
			r.Find(cortex.Suspicious, "DDE", "The document asks another program for data as it opens.", f.Name)
		}
		return err
	}
	return nil
}

// embeds notes an object in the document.
func (r *reading) embeds(name string) {
	if len(r.Embedded) < sample.Most {
		r.Embedded = append(r.Embedded, sample.Clip(name, sample.MostWords))
	}
	if ext := path.Ext(strings.ToLower(name)); ext == ".bin" || filename.IsProgram(name) {
		r.Find(cortex.Info, "embedded object", "The document holds an object that a double click may run.", name)
	}
}

// unpacked gives what is in a part; of one that is too large, the beginning with
// an error.
func unpacked(f *zip.File, left *int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	most := min(mostPart, *left)
	data, err := io.ReadAll(io.LimitReader(in, most+1))
	*left -= int64(len(data))
	if int64(len(data)) > most {
		return data[:most], fmt.Errorf("it has more than is read of one, %d bytes", most)
	}
	return data, err
}

// readRelations reads what a part refers to outside (part 2, clause 6.5).
func (r *reading) readRelations(f *zip.File, left *int64) error {
	data, err := unpacked(f, left)
	if err != nil {
		return err
	}
	for in := xml.NewDecoder(bytes.NewReader(data)); ; {
		token, err := in.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "Relationship" {
			r.relates(f.Name, start.Attr)
		}
	}
}

func (r *reading) relates(part string, attributes []xml.Attr) {
	value := map[string]string{}
	for _, a := range attributes {
		value[a.Name.Local] = a.Value
	}
	if !strings.EqualFold(value["TargetMode"], "External") {
		return
	}
	one := Relation{Kind: sample.Clip(path.Base(value["Type"]), sample.MostWords), Target: sample.Clip(value["Target"], 2000), Part: sample.Clip(part, sample.MostWords)}
	if len(r.Outside) < sample.Most {
		r.Outside = append(r.Outside, one)
	}
	remote := strings.Contains(one.Target, "://") || strings.HasPrefix(one.Target, `\\`)
	switch {
	case remote && one.Kind == "attachedTemplate":
		r.Find(cortex.Suspicious, "remote template", "The document loads its template from elsewhere, and the macros in it.", one.Target)
	case remote && slices.Contains(loaded, one.Kind):
		r.Find(cortex.Suspicious, "remote content", "The document loads a part of itself from elsewhere.", one.Target)
	case remote && one.Kind == "image":
		r.Find(cortex.Info, "remote picture", "The document loads a picture from elsewhere, which tells that it was opened.", one.Target)
	}
	r.Link(one.Target, "a link of the document")
}
