package iocs

import (
	"context"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
	"github.com/waggle-cti/waggle/shared/pdftext"
)

// source says what was read, and how.
type source struct {
	ReadAs ioc.Form `json:"read_as"`
	Type   string   `json:"type,omitempty"` // of a file, by its first bytes
	Bytes  int      `json:"bytes"`
	Note   string   `json:"note,omitempty"`
}

// read reads the job's text or file, asking the lists.
func read(ctx context.Context, job *cortex.Job, lists *knownbenign.Lists) (source, []ioc.Indicator, error) {
	o := ioc.Options{Known: ioc.KnownBy(lists)}
	if job.DataType != "file" {
		return source{ReadAs: ioc.PlainText, Bytes: len(job.Data)}, ioc.Find(job.Data, o), nil
	}
	data, err := job.File.Read()
	if err != nil {
		return source{}, nil, err
	}
	content, err := ioc.ReadContent(data)
	if err != nil {
		return source{}, nil, err
	}
	src := source{ReadAs: content.Form, Type: content.Type, Bytes: len(data)}
	if content.Type == "application/pdf" {
		if src.Note, err = readPDF(ctx, data, &content); err != nil {
			return source{}, nil, err
		}
		src.ReadAs = content.Form
	} else if content.Form == ioc.Strings {
		src.Note = "A binary file: only its readable runs were searched. What is compressed or encoded in it was not."
	}
	return src, content.Find(o), nil
}

// readPDF puts a PDF file's text in the place of its readable runs. Where it
// gives no text the runs stay: links lie open in many files made of pictures.
func readPDF(ctx context.Context, data []byte, content *ioc.Content) (note string, err error) {
	text, err := pdftext.Text(ctx, data, pdftext.Limits{})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if text == "" {
		return "Only the readable runs of the file were searched: " + err.Error() + ".", nil
	}
	content.Form, content.Text = ioc.PlainText, text
	if err != nil {
		note = "Only the beginning was read: " + err.Error() + "."
	}
	return note, nil
}
