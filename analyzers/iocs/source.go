package iocs

import (
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/knownbenign"
)

// source says what was read, and how.
type source struct {
	ReadAs ioc.Form `json:"read_as"`
	Type   string   `json:"type,omitempty"` // of a file, by its first bytes
	Bytes  int      `json:"bytes"`
	Note   string   `json:"note,omitempty"`
}

// read reads the job's text or file, asking the lists.
func read(job *cortex.Job, lists *knownbenign.Lists) (source, []ioc.Indicator, error) {
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
	if content.Form == ioc.Strings {
		src.Note = "A binary file: only its readable runs were searched. What is compressed or encoded in it was not."
	}
	return src, content.Find(o), nil
}
