// Package pdf reads what is active in a PDF file: actions and scripts, what starts
// by itself, files within it, and where it leads.
package pdf

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
	"github.com/waggle-cti/waggle/shared/pdftext"
)

// Document is what is active in a PDF file.
type Document struct {
	Actions   []pdftext.Action `json:"actions,omitempty"`
	Files     []string         `json:"files,omitempty"` // embedded
	Forms     bool             `json:"forms,omitempty"` // XFA
	Encrypted bool             `json:"encrypted,omitempty"`
}

// mostPDF is the largest file whose objects are read, in bytes: they are read
// from memory.
const mostPDF = 16 << 20

// Characters that are shown of where an action leads, and of a script.
const (
	mostTarget = 2000
	mostCode   = 4000
)

// reading is a document that is being read.
type reading struct {
	*sample.File
	*Document
}

// Read reads a PDF file of up to 16 MB.
func Read(ctx context.Context, f *sample.File) (*Document, error) {
	if f.Size > mostPDF {
		return nil, fmt.Errorf("it has more than %d MB", mostPDF>>20)
	}
	data, err := io.ReadAll(f.Whole())
	if err != nil {
		return nil, err
	}
	active, failed := pdftext.Actions(ctx, data, pdftext.Limits{})
	r := &reading{f, &Document{Forms: active.Forms, Encrypted: active.Encrypted, Files: sample.Names(active.Files)}}
	for _, a := range active.Actions {
		r.acts(a)
	}
	for _, name := range r.Files {
		r.Find(cortex.Info, "file inside", "The PDF file holds another file.", name)
		if how := filename.Disguise(name); filename.IsProgram(name) || how != "" {
			r.Find(cortex.Suspicious, "program inside", "The PDF file holds a program.", name)
		}
	}
	if active.Forms {
		r.Find(cortex.Info, "XFA form", "The PDF file holds an XFA form, which may hold scripts.", "")
	}
	if active.Encrypted {
		r.Find(cortex.Info, "encrypted document", "The PDF file is encrypted: its texts were not read.", "")
		return r.Document, failed
	}
	text, err := pdftext.Text(ctx, data, pdftext.Limits{})
	r.LinksIn(text, "the text")
	if failed == nil && err != nil && text != "" {
		failed = err
	}
	return r.Document, failed
}

// acts notes an action, and judges it.
func (r *reading) acts(a pdftext.Action) {
	a.Target, a.Code = sample.Clip(a.Target, mostTarget), sample.Clip(a.Code, mostCode)
	if len(r.Actions) < sample.Most {
		r.Actions = append(r.Actions, a)
	}
	level, label, by := cortex.Info, "action of a PDF", "when something is clicked"
	if a.Opens {
		level, label, by = cortex.Suspicious, "action that starts by itself", "by itself"
	}
	switch a.Kind {
	case "JavaScript":
		r.Find(level, label, "The PDF file runs JavaScript "+by+".", "")
	case "Launch":
		r.Find(cortex.Suspicious, "launches a program", "The PDF file starts a program or opens a file "+by+".", a.Target)
	case "SubmitForm", "ImportData":
		r.Find(level, label, "The PDF file sends or loads data "+by+".", a.Target)
	case "GoToR", "GoToE":
		r.Find(level, label, "The PDF file opens another document "+by+".", a.Target)
	case "URI":
		if a.Opens {
			r.Find(level, label, "The PDF file opens an address by itself.", a.Target)
		}
	}
	r.Link(a.Target, "an action")
	if strings.Contains(a.Code, "://") {
		r.LinksIn(a.Code, "a script")
	}
}
