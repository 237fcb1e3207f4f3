// Package fileinfo is the analyzer that tells what a file is without asking
// anybody: its type by content, hashes, entropy, the headers of programs, macros
// and remote templates of Office documents, actions of PDF files, what is in an
// archive, and URLs. Nothing leaves the machine, at any TLP and PAP.
//
// It tells what it sees, and calls nothing malicious: a macro that starts by
// itself, a program that pretends to be a document and the like are suspicious.
//
// Everything is read in pieces and within limits; what goes beyond one, or is
// damaged, stands in the report's notes. Each kind of file is read by the source
// file of its name: pe.go, elf.go, office.go, pdf.go, archive.go …
package fileinfo

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/gabriel-vasile/mimetype"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 100 << 20

// most is how many of a list (sections, entries, URLs) a report shows, and how
// many artifacts it has at most.
const most = 100

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:         "Waggle_FileInfo",
	Version:      "1.0",
	Description:  "Tells what a file is: type, hashes, program headers, macros, PDF actions, archive contents, URLs",
	DataTypes:    []string{"file"},
	MaxTLP:       new(cortex.MaxTLP),
	MaxPAP:       new(cortex.MaxPAP),
	MaxFile:      MaxFile,
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Entropy string `cortex:"suspicious_entropy" default:"7.2" description:"code of a program is suspicious, as packed, from this entropy on (0 to 8 bits a byte)"`
}

// subject is the file that is read, and the report that is made of it.
type subject struct {
	*full
	file    *os.File
	size    int64
	media   *mimetype.MIME
	entropy float64 // from which on code counts as packed
}

// reader reads the files of some types.
type reader struct {
	what  string // for a note: "The PE headers"
	types []string
	read  func(context.Context, *subject) error
}

// readers are asked in turn; a type is met if the file's is it, or a kind of it.
func readers() []reader {
	return []reader{
		{"The PE headers", []string{"application/vnd.microsoft.portable-executable"}, readPE},
		{"The ELF headers", []string{"application/x-elf"}, readELF},
		{"The Mach-O headers", []string{"application/x-mach-binary"}, readMachO},
		{"The Office document", []string{"application/zip"}, readOOXML},
		{"The Office document", []string{"application/x-ole-storage"}, readOLE},
		{"The PDF file", []string{"application/pdf"}, readPDF},
		{"The archive", []string{"application/zip"}, readZIP},
		{"The archive", []string{"application/x-tar"}, readTAR},
		{"The archive", []string{"application/gzip"}, readGZIP},
		{"The archive", []string{"application/x-rar-compressed"}, readRAR},
		{"The URLs", nil, readURLs},
	}
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	entropy, err := cfg.entropy()
	if err != nil {
		return cortex.Report{}, err
	}
	file, err := os.Open(job.File.Path)
	if err != nil {
		return cortex.Report{}, fmt.Errorf("the job's file can't be read: %w", err)
	}
	defer file.Close()
	s := &subject{full: &full{Name: job.File.Name, Size: job.File.Size}, file: file, size: job.File.Size, entropy: entropy}
	if err := s.read(ctx); err != nil {
		return cortex.Report{}, err
	}
	s.Level = s.Findings.Worst()
	return cortex.Report{Full: s.full, Taxonomies: s.labels(), Artifacts: s.artifacts()}, nil
}

// read reads all that is known of the file's kind.
func (s *subject) read(ctx context.Context) error {
	if err := s.digest(ctx); err != nil {
		return err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("the job's file can't be read: %w", err)
	}
	media, err := mimetype.DetectReader(s.file)
	if err != nil {
		return fmt.Errorf("the job's file can't be read: %w", err)
	}
	s.media, s.Type, s.Extension = media, media.String(), media.Extension()
	s.pretends()
	for _, r := range readers() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.types != nil && !slices.ContainsFunc(r.types, s.is) {
			continue
		}
		if err := s.safely(ctx, r); err != nil {
			s.note("%s can't be read to the end: %s", r.what, err)
		}
	}
	return nil
}

// safely reads, and makes an error of a panic: a file that breaks one of the
// libraries must not hide its hashes.
func (s *subject) safely(ctx context.Context, r reader) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it is damaged: %v", p)
		}
	}()
	return r.read(ctx, s)
}

// is tells whether the file is of a type, or of one that is made of it: a DOCX
// is a ZIP.
func (s *subject) is(media string) bool {
	for m := s.media; m != nil; m = m.Parent() {
		if m.Is(media) {
			return true
		}
	}
	return false
}

// whole gives a reader of the file from its start.
func (s *subject) whole() *io.SectionReader { return io.NewSectionReader(s.file, 0, s.size) }
