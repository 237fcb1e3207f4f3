// Package compound reads files of Microsoft's Compound File Binary format, also
// called OLE storage, that nobody vouches for: DOC, XLS, PPT, MSG, MSI.
//
// Format: https://learn.microsoft.com/openspecs/windows_protocols/ms-cfb.
package compound

import (
	"bytes"
	"io"
	"path"
	"slices"

	"github.com/richardlehane/mscfb"

	"github.com/waggle-cti/waggle/shared/bounded"
)

const (
	// mostDirectory bounds what is read of the directory, in bytes: it is kept with
	// the whole path of each entry, which grows by the square.
	mostDirectory = 384 << 10
	// MostStream is how much of a stream is read, in bytes.
	MostStream = 64 << 20
	// mostStreams bounds what is read of all of them, with the tables that tell
	// their sectors.
	mostStreams = 128 << 20
)

// Is tells whether a file begins as these files do.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) }

// Entry is a stream, or a storage, which holds others and has no bytes.
type Entry struct {
	Folder  string // the storages it is in, with / between them
	Name    string
	Special bool  // its name begins with the sign of OLE's own, U+0001
	Size    int64 // bytes, as the file says

	file *mscfb.File
}

// Path is the folder and the name.
func (e Entry) Path() string { return path.Join(e.Folder, e.Name) }

// Read gives up to so many bytes of a stream, from its start. The error is [bounded.ErrTooMuch]
// where too much was read of the file already; what was read until an error is
// given beside it.
func (e Entry) Read(most int64) ([]byte, error) {
	if _, err := e.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(e.file, min(most, MostStream)))
}

// Open reads the directory of a file. The error is [bounded.ErrTooMuch] where that
// is too large to be kept, or says what is damaged.
func Open(file io.ReaderAt) ([]Entry, error) {
	limited := &bounded.ReaderAt{From: file, Left: mostDirectory}
	ole, err := mscfb.New(limited)
	if err != nil {
		return nil, err
	}
	limited.Left = mostStreams
	var out []Entry
	for _, one := range ole.File {
		out = append(out, Entry{Folder: path.Join(slices.Clone(one.Path)...), Name: one.Name, Special: one.Initial == 1, Size: one.Size, file: one})
	}
	return out, nil
}
