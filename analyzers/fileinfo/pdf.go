package fileinfo

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
	"github.com/waggle-cti/waggle/shared/pdftext"
)

// pdf is what is active in a PDF file.
type pdf struct {
	Actions   []pdftext.Action `json:"actions,omitempty"`
	Files     []string         `json:"files,omitempty"` // embedded
	Forms     bool             `json:"forms,omitempty"` // XFA
	Encrypted bool             `json:"encrypted,omitempty"`
}

// mostPDF is the largest file whose objects are read, in bytes: they are read
// from memory.
const mostPDF = 16 << 20

func readPDF(ctx context.Context, s *subject) error {
	if s.size > mostPDF {
		return fmt.Errorf("it has more than %d MB", mostPDF>>20)
	}
	data, err := io.ReadAll(s.whole())
	if err != nil {
		return err
	}
	active, failed := pdftext.Actions(ctx, data, pdftext.Limits{})
	s.PDF = &pdf{Forms: active.Forms, Encrypted: active.Encrypted, Files: first(active.Files)}
	for _, a := range active.Actions {
		s.acts(a)
	}
	for _, name := range s.PDF.Files {
		s.find(cortex.Info, "file inside", "The PDF file holds another file.", name)
		if how := filename.Disguise(name); filename.IsProgram(name) || how != "" {
			s.find(cortex.Suspicious, "program inside", "The PDF file holds a program.", name)
		}
	}
	if active.Forms {
		s.find(cortex.Info, "XFA form", "The PDF file holds an XFA form, which may hold scripts.", "")
	}
	if active.Encrypted {
		s.find(cortex.Info, "encrypted document", "The PDF file is encrypted: its texts were not read.", "")
		return failed
	}
	text, err := pdftext.Text(ctx, data, pdftext.Limits{})
	s.linksIn(text, "the text")
	if failed == nil && err != nil && text != "" {
		failed = err
	}
	return failed
}

// acts notes an action, and judges it.
func (s *subject) acts(a pdftext.Action) {
	a.Target, a.Code = clip(a.Target, 2000), clip(a.Code, shownCode)
	if len(s.PDF.Actions) < most {
		s.PDF.Actions = append(s.PDF.Actions, a)
	}
	level, label, by := cortex.Info, "action of a PDF", "when something is clicked"
	if a.Opens {
		level, label, by = cortex.Suspicious, "action that starts by itself", "by itself"
	}
	switch a.Kind {
	case "JavaScript":
		s.find(level, label, "The PDF file runs JavaScript "+by+".", "")
	case "Launch":
		s.find(cortex.Suspicious, "launches a program", "The PDF file starts a program or opens a file "+by+".", a.Target)
	case "SubmitForm", "ImportData":
		s.find(level, label, "The PDF file sends or loads data "+by+".", a.Target)
	case "GoToR", "GoToE":
		s.find(level, label, "The PDF file opens another document "+by+".", a.Target)
	case "URI":
		if a.Opens {
			s.find(level, label, "The PDF file opens an address by itself.", a.Target)
		}
	}
	s.link(a.Target, "an action")
	if strings.Contains(a.Code, "://") {
		s.linksIn(a.Code, "a script")
	}
}
