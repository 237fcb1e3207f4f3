package fileinfo

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

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
)

// office is what is active in an Office document.
type office struct {
	Format   string     `json:"format"` // OOXML or OLE
	Macros   []macro    `json:"macros,omitempty"`
	Outside  []relation `json:"outside,omitempty"` // what it loads or links to
	Embedded []string   `json:"embedded,omitempty"`
}

// relation is something outside that a part of the document refers to.
type relation struct {
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

// readOOXML reads a DOCX, XLSX, PPTX or one of their kin.
func readOOXML(ctx context.Context, s *subject) error {
	z, err := s.openZIP()
	if err != nil {
		return nil // readZIP tells
	}
	if !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "[Content_Types].xml" }) {
		return nil
	}
	s.Office = &office{Format: "OOXML"}
	left := int64(mostParts)
	for _, f := range z.File {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.readPart(f, &left); err != nil {
			s.note("The part %q of the document can't be read: %s", clip(f.Name, mostWords), err)
		}
	}
	return nil
}

// readPart reads a part that may hold something active.
func (s *subject) readPart(f *zip.File, left *int64) error {
	name, base := strings.ToLower(f.Name), path.Base(strings.ToLower(f.Name))
	switch {
	case base == "vbaproject.bin":
		data, err := unpacked(f, left)
		if err != nil {
			return err
		}
		return s.readProject(bytes.NewReader(data))
	case path.Ext(name) == ".rels":
		return s.readRelations(f, left)
	case strings.Contains(name, "/macrosheets/") && path.Ext(name) == ".xml":
		s.find(cortex.Suspicious, "Excel 4 macro", "The workbook holds a sheet of Excel 4.0 macros, which few honest ones do.", f.Name)
	case strings.Contains(name, "/embeddings/") || strings.Contains(name, "/activex/") && path.Ext(name) == ".bin":
		s.embeds(f.Name)
	case name == "word/document.xml" || name == "word/comments.xml" || strings.HasPrefix(name, "xl/externallinks/") && path.Ext(name) == ".xml":
		data, err := unpacked(f, left)
		if bytes.Contains(data, []byte("DDEAUTO")) || bytes.Contains(data, []byte("<ddeLink")) {
			s.find(cortex.Suspicious, "DDE", "The document asks another program for data as it opens.", f.Name)
		}
		return err
	}
	return nil
}

// embeds notes an object in the document.
func (s *subject) embeds(name string) {
	if len(s.Office.Embedded) < most {
		s.Office.Embedded = append(s.Office.Embedded, clip(name, mostWords))
	}
	if ext := path.Ext(strings.ToLower(name)); ext == ".bin" || filename.IsProgram(name) {
		s.find(cortex.Info, "embedded object", "The document holds an object that a double click may run.", name)
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
func (s *subject) readRelations(f *zip.File, left *int64) error {
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
			s.relates(f.Name, start.Attr)
		}
	}
}

func (s *subject) relates(part string, attributes []xml.Attr) {
	value := map[string]string{}
	for _, a := range attributes {
		value[a.Name.Local] = a.Value
	}
	if !strings.EqualFold(value["TargetMode"], "External") {
		return
	}
	one := relation{Kind: clip(path.Base(value["Type"]), mostWords), Target: clip(value["Target"], 2000), Part: clip(part, mostWords)}
	if len(s.Office.Outside) < most {
		s.Office.Outside = append(s.Office.Outside, one)
	}
	remote := strings.Contains(one.Target, "://") || strings.HasPrefix(one.Target, `\\`)
	switch {
	case remote && one.Kind == "attachedTemplate":
		s.find(cortex.Suspicious, "remote template", "The document loads its template from elsewhere, and the macros in it.", one.Target)
	case remote && slices.Contains(loaded, one.Kind):
		s.find(cortex.Suspicious, "remote content", "The document loads a part of itself from elsewhere.", one.Target)
	case remote && one.Kind == "image":
		s.find(cortex.Info, "remote picture", "The document loads a picture from elsewhere, which tells that it was opened.", one.Target)
	}
	s.link(one.Target, "a link of the document")
}
