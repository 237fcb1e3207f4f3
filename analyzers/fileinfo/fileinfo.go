// Package fileinfo is the analyzer that tells what a file is without asking
// anybody: its type by content, hashes, entropy, the headers of programs, macros
// and remote templates of Office documents, actions of PDF files, what is in an
// archive, and URLs. Nothing leaves the machine, at any TLP and PAP.
//
// It tells what it sees, and calls nothing malicious: a macro that starts by
// itself, a program that pretends to be a document and the like are suspicious.
//
// Everything is read in pieces and within limits; what goes beyond one, or is
// damaged, stands in the report's notes. Each kind of file has a package that
// reads it: program, office, pdf, archive; package sample is what they share.
package fileinfo

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/archive"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/office"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/pdf"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/program"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
)

// MaxFile is the largest file that is read, in bytes.
const MaxFile = 100 << 20

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

// reader reads the files of some types.
type reader struct {
	what  string // for a note: "The PE headers"
	types []string
	read  func(context.Context, *sample.File, *full) error
}

// readers are asked in turn; a type is met if the file's is it, or a kind of it.
func readers(packed float64) []reader {
	headers := func(read func(context.Context, *sample.File, float64) (*program.Program, error)) func(context.Context, *sample.File, *full) error {
		return func(ctx context.Context, f *sample.File, r *full) (err error) {
			r.Program, err = read(ctx, f, packed)
			return err
		}
	}
	document := func(read func(context.Context, *sample.File) (*office.Document, error)) func(context.Context, *sample.File, *full) error {
		return func(ctx context.Context, f *sample.File, r *full) (err error) {
			r.Office, err = read(ctx, f)
			return err
		}
	}
	listed := func(read func(context.Context, *sample.File) (*archive.Archive, error)) func(context.Context, *sample.File, *full) error {
		return func(ctx context.Context, f *sample.File, r *full) (err error) {
			if r.Office == nil { // which is a ZIP file, too, and shown as what it is
				r.Archive, err = read(ctx, f)
			}
			return err
		}
	}
	return []reader{
		{"The PE headers", []string{"application/vnd.microsoft.portable-executable"}, headers(program.PE)},
		{"The ELF headers", []string{"application/x-elf"}, headers(program.ELF)},
		{"The Mach-O headers", []string{"application/x-mach-binary"}, headers(program.MachO)},
		{"The Office document", []string{"application/zip"}, document(office.OOXML)},
		{"The Office document", []string{"application/x-ole-storage"}, document(office.OLE)},
		{"The PDF file", []string{"application/pdf"}, func(ctx context.Context, f *sample.File, r *full) (err error) {
			r.PDF, err = pdf.Read(ctx, f)
			return err
		}},
		{"The archive", []string{"application/zip"}, listed(archive.ZIP)},
		{"The archive", []string{"application/x-tar"}, listed(archive.TAR)},
		{"The archive", []string{"application/gzip"}, listed(archive.GZIP)},
		{"The archive", []string{"application/x-rar-compressed"}, listed(archive.RAR)},
		{"The archive", []string{"application/x-7z-compressed"}, listed(archive.SevenZip)},
		{"The disk image", []string{sample.DiskImage}, listed(archive.Disk)},
		{"The URLs", nil, func(ctx context.Context, f *sample.File, _ *full) error { return f.ReadURLs(ctx) }},
	}
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	packed, err := cfg.entropy()
	if err != nil {
		return cortex.Report{}, err
	}
	r, err := read(ctx, job.File.Path, job.File.Name, readers(packed))
	if err != nil {
		return cortex.Report{}, err
	}
	return cortex.Report{Full: r, Taxonomies: r.labels(), Artifacts: r.artifacts()}, nil
}

// read reads all that is known of the file's kind.
func read(ctx context.Context, path, name string, readers []reader) (*full, error) {
	f, closer, err := sample.Open(path, name)
	if err != nil {
		return nil, fmt.Errorf("the job's file can't be read: %w", err)
	}
	defer closer.Close()
	r := &full{Name: name, Size: f.Size, Type: f.Type, Extension: f.Extension()}
	if err := r.digest(ctx, f); err != nil {
		return nil, err
	}
	for _, one := range readers {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if one.types != nil && !slices.ContainsFunc(one.types, f.Is) {
			continue
		}
		if err := one.safely(ctx, f, r); err != nil {
			f.Note("%s can't be read to the end: %s", one.what, err)
		}
	}
	r.Findings, r.Notes, r.URLs, r.URLsTotal = f.Findings, f.Notes, f.URLs, f.URLsTotal
	r.Level = r.Findings.Worst()
	return r, nil
}

// safely reads, and makes an error of a panic: a file that breaks one of the
// libraries must not hide its hashes.
func (one reader) safely(ctx context.Context, f *sample.File, r *full) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it is damaged: %v", p)
		}
	}()
	return one.read(ctx, f, r)
}
