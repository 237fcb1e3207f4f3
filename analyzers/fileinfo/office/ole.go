package office

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/bounded"
	"github.com/waggle-cti/waggle/shared/compound"
	"github.com/waggle-cti/waggle/shared/cortex"
)

// mostModule is the largest stream that is searched for macros, in bytes.
const mostModule = 4 << 20

// attachedName begins the stream with the name of what is attached to a message of
// Outlook, as UTF-16. https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxmsg
const attachedName = "__substg1.0_3707001f"

// mostName is the longest such name that is read, in bytes.
const mostName = 1 << 10

func utf16Text(raw []byte) string {
	var units []uint16
	for ; len(raw) >= 2; raw = raw[2:] {
		units = append(units, binary.LittleEndian.Uint16(raw))
	}
	return string(utf16.Decode(units))
}

// OLE reads a DOC, XLS, PPT, MSG or MSI file.
func OLE(ctx context.Context, f *sample.File) (*Document, error) {
	r := &reading{f, &Document{Format: "OLE"}}
	return r.Document, r.readProject(ctx, f)
}

// readProject looks for macros and objects in an OLE file, which may be the part
// of an OOXML document that holds its macros.
func (r *reading) readProject(ctx context.Context, file io.ReaderAt) error {
	all, err := compound.Open(file)
	if err != nil {
		return err
	}
	for _, one := range all {
		switch name := strings.ToLower(one.Name); {
		case one.Special && name == "ole10native", strings.HasSuffix(name, "ole10native"):
			r.embeds(one.Path() + ".bin")
		case strings.HasPrefix(name, attachedName):
			if raw, err := one.Read(mostName); err == nil {
				r.embeds(utf16Text(raw))
			}
		case name == "encryptedpackage":
			r.Find(cortex.Info, "encrypted document", "The document wants a password: scanners on the way could not look into it.", "")
		case name == "equation native":
			r.Find(cortex.Suspicious, "equation object", "The document holds an object of the old equation editor, by which CVE-2017-11882 is exploited.", "")
		}
		if one.Size == 0 || one.Size > mostModule {
			continue
		}
		data, err := one.Read(mostModule)
		if errors.Is(err, bounded.ErrTooMuch) || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if len(data) > 0 {
			r.readModule(one.Path(), data)
		}
	}
	return nil
}

// readModule reads a stream that may be a module of macros.
func (r *reading) readModule(name string, data []byte) {
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
				r.addMacro(name, code)
				return
			}
		}
		from += i + 1
	}
}
