// Package sample is a file of which nothing is trusted, for the readers of each
// format: it is read in pieces and within limits, and what they note of it is
// gathered here: findings, notes of what was not read, and URLs.
package sample

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/waggle-cti/waggle/shared/bounded"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/harmless"
)

const (
	// Most is how many of a list (sections, entries, URLs) a report shows.
	Most = 100
	// MostWords bounds a name that a file gives, in characters.
	MostWords = 200
	// TimeLayout is how a report writes times, which are in UTC.
	TimeLayout = "2006-01-02 15:04:05"
)

// mostNotes bounds the notes and findings: a hostile file may give cause for many.
const mostNotes = 50

// File is the file, and what was noted of it.
type File struct {
	io.ReaderAt
	Path  string // where it lies
	Name  string // as its sender called it; hostile
	Size  int64  // bytes
	Media *mimetype.MIME
	Type  string // the media type, of disk images too

	Findings  cortex.Findings
	Notes     []string // what was not read, and why
	URLs      []Link   // the first of them, those that may be harmful before others
	URLsTotal int
}

// Open opens a file, tells its type by its content, and judges its name by it.
// The caller closes what it gets.
func Open(path, name string) (*File, io.Closer, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	f := &File{ReaderAt: file, Path: path, Name: name}
	info, err := file.Stat()
	if err == nil {
		f.Size = info.Size()
		f.Media, err = mimetype.DetectReader(f.Whole())
	}
	if err != nil {
		_ = file.Close() // the first error says more
		return nil, nil, err
	}
	f.Type = f.Media.String()
	if f.Media.Is("application/octet-stream") && f.isDisk() {
		f.Type = DiskImage
	}
	f.judgeName()
	return f, file, nil
}

// DiskImage is the media type of the image of an optical disk.
const DiskImage = "application/x-iso9660-image"

// isDisk tells such an image, whose first descriptor lies behind 32 KB that may
// hold anything: that of ISO 9660, or what UDF begins with.
func (f *File) isDisk() bool {
	var sign [5]byte
	_, err := f.ReadAt(sign[:], 16*2048+1)
	return err == nil && (string(sign[:]) == "CD001" || string(sign[:]) == "BEA01")
}

// Extension is the ending that files of the type have, such as ".docx".
func (f *File) Extension() string {
	if f.Type == DiskImage {
		return ".iso"
	}
	return f.Media.Extension()
}

// Is tells whether the file is of a media type, or of one that is made of it: a
// DOCX is a ZIP.
func (f *File) Is(media string) bool {
	if f.Type == media {
		return true
	}
	for m := f.Media; m != nil; m = m.Parent() {
		if m.Is(media) {
			return true
		}
	}
	return false
}

// mostHeader bounds what is read of headers and directories, in bytes.
const mostHeader = 8 << 20

// Headers gives the file for reading its headers, as far as they are worth it.
func (f *File) Headers() *bounded.ReaderAt { return &bounded.ReaderAt{From: f, Left: mostHeader} }

// Whole gives a reader of the file from its start.
func (f *File) Whole() *io.SectionReader { return io.NewSectionReader(f, 0, f.Size) }

// Note notes what was not read, and why.
func (f *File) Note(format string, args ...any) {
	if len(f.Notes) < mostNotes {
		f.Notes = append(f.Notes, Clip(fmt.Sprintf(format, args...), 500))
	}
}

// Find notes something worth a look: its label for the taxonomy, a sentence, and
// the name or address that it is about.
func (f *File) Find(level cortex.Level, label, text, value string) {
	f.Findings = f.Findings.With(cortex.Finding{Level: level, Label: label, Text: text, Value: Clip(value, 500)}, mostNotes)
}

// Clip shortens a text of the file to so many characters.
func Clip(text string, size int) string {
	return harmless.Cut(strings.ToValidUTF8(text, "\uFFFD"), size)
}

// Names gives the first of a list of names, each short.
func Names(all []string) []string {
	var out []string
	for _, name := range all[:min(Most, len(all))] {
		out = append(out, Clip(name, MostWords))
	}
	return out
}
