package fileinfo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/richardlehane/mscfb"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// What is read of an OLE file at most, in bytes: of its directory, which is kept
// with the path of each entry, of a stream, and of all streams.
const (
	mostDirectory = 256 << 10
	mostStream    = 4 << 20
	mostStreams   = 32 << 20
)

// readOLE reads a DOC, XLS, PPT, MSG or MSI file.
// https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb
func readOLE(_ context.Context, s *subject) error {
	s.Office = &office{Format: "OLE"}
	return s.readProject(s.file)
}

// readProject looks for macros and objects in an OLE file, which may be the part
// of an OOXML document that holds its macros.
func (s *subject) readProject(file io.ReaderAt) error {
	limited := &budget{file, mostDirectory}
	ole, err := mscfb.New(limited)
	if err != nil {
		return err
	}
	limited.left = 2 * mostStreams // streams are read by sectors, with the table that tells them
	for _, one := range ole.File {
		full := path.Join(append(append([]string{}, one.Path...), one.Name)...)
		switch name := strings.ToLower(one.Name); {
		case one.Initial == 1 && name == "ole10native", strings.HasSuffix(name, "ole10native"):
			s.embeds(full + ".bin")
		case name == "encryptedpackage":
			s.find(cortex.Info, "encrypted document", "The document wants a password: scanners on the way could not look into it.", "")
		case name == "equation native":
			s.find(cortex.Suspicious, "equation object", "The document holds an object of the old equation editor, by which CVE-2017-11882 is exploited.", "")
		}
		if one.Size == 0 || one.Size > mostStream {
			continue
		}
		data, err := io.ReadAll(io.LimitReader(one, mostStream))
		if errors.Is(err, errTooMuch) {
			return err
		}
		if len(data) > 0 {
			s.readModule(full, data)
		}
	}
	return nil
}

// readModule reads a stream that may be a module of macros.
func (s *subject) readModule(name string, data []byte) {
	// A module's text stands compressed behind its compiled form, and begins
	// with the word Attribute: the sign of a container, a chunk's header, eight
	// literals (MS-OVBA 2.3.4.3, 2.4.1).
	for from := 0; ; {
		i := bytes.Index(data[from:], []byte("\x00Attribut"))
		if i < 0 {
			return
		}
		if start := from + i - 3; start >= 0 && data[start] == 1 {
			if code := decompress(data[start:]); code != "" {
				s.addMacro(name, code)
				return
			}
		}
		from += i + 1
	}
}
