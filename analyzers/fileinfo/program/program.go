// Package program reads the headers of programs and libraries: PE of Windows, ELF
// of Linux and its relatives, Mach-O of macOS.
package program

import (
	"context"
	"debug/buildinfo"
	"io"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/bounded"
	"github.com/waggle-cti/waggle/shared/cortex"
)

// Program is what the headers of a program say.
type Program struct {
	Format    string            `json:"format"` // PE, ELF or Mach-O
	Kind      string            `json:"kind,omitempty"`
	Machine   string            `json:"machine,omitempty"`
	Bits      int               `json:"bits,omitempty"`
	Entry     string            `json:"entry,omitempty"` // address, hexadecimal
	Compiled  string            `json:"compiled,omitempty"`
	Subsystem string            `json:"subsystem,omitempty"`
	Loader    string            `json:"loader,omitempty"` // of ELF
	Go        string            `json:"go,omitempty"`     // version of Go that it was built with
	Package   string            `json:"package,omitempty"`
	Imphash   string            `json:"imphash,omitempty"`
	RichHash  string            `json:"rich_hash,omitempty"`
	PDB       string            `json:"pdb,omitempty"`
	DotNet    bool              `json:"dotnet,omitempty"`
	Stripped  bool              `json:"stripped,omitempty"`
	Signed    bool              `json:"signed,omitempty"`
	Signers   []Signer          `json:"signers,omitempty"`
	Overlay   int64             `json:"overlay,omitempty"` // bytes behind the last section
	Version   map[string]string `json:"version,omitempty"`
	Sections  []Section         `json:"sections,omitempty"`
	Imports   []Library         `json:"imports,omitempty"`
	Exports   []string          `json:"exports,omitempty"`
}

// Section is a section of a program.
type Section struct {
	Name    string  `json:"name"`
	Size    int64   `json:"size"` // in the file
	Virtual int64   `json:"virtual"`
	Runs    bool    `json:"runs"` // code
	Entropy float64 `json:"entropy"`
}

// Library is one that the program takes functions of.
type Library struct {
	Name      string   `json:"name"`
	Functions []string `json:"functions,omitempty"`
}

// Signer is a certificate that the program was signed with.
type Signer struct {
	Subject string `json:"subject"`
	Issuer  string `json:"issuer,omitempty"`
	Serial  string `json:"serial,omitempty"`
	From    string `json:"from,omitempty"`
	Until   string `json:"until,omitempty"`
	Fits    bool   `json:"fits"` // the signature is one of this file
}

// reading is a program that is being read.
type reading struct {
	*sample.File
	*Program
	packed float64 // entropy from which on code counts as packed
	spent  int64   // bytes that were read for sections
}

// addSection notes a section, with its entropy. Sections may lie over one
// another, so that what is read for them is bounded: twice the file's size.
func (r *reading) addSection(ctx context.Context, one Section, offset int64) error {
	if len(r.Sections) == sample.Most {
		return nil
	}
	one.Name = sample.Clip(one.Name, sample.MostWords)
	length := max(0, min(one.Size, r.File.Size-offset))
	if length < one.Size {
		r.Note("Section %q is not all in the file, which may be cut off.", one.Name)
	}
	if r.spent += length; offset >= 0 && r.spent <= 2*r.File.Size {
		counts := new(sample.Histogram)
		if err := sample.Copy(ctx, counts, io.NewSectionReader(r.File, offset, length)); err != nil {
			return err
		}
		one.Entropy = counts.Entropy()
	}
	if one.Runs && one.Entropy >= r.packed {
		r.Find(cortex.Suspicious, "packed program", "The entropy of this section's code says that it is compressed or encrypted.", one.Name)
	}
	r.Sections = append(r.Sections, one)
	return nil
}

// mostBuild bounds what is read for the version of Go, which stands anywhere in the
// data, in bytes.
const mostBuild = 32 << 20

// goVersion notes the version and the main package of a program in Go.
func (r *reading) goVersion() {
	info, err := buildinfo.Read(&bounded.ReaderAt{From: r.File, Left: mostBuild})
	if err == nil {
		r.Go, r.Package = sample.Clip(info.GoVersion, sample.MostWords), sample.Clip(info.Path, sample.MostWords)
	}
}

// libraries notes what the program takes functions of.
func (r *reading) libraries(names []string) {
	for _, name := range sample.Names(names) {
		r.Imports = append(r.Imports, Library{Name: name})
	}
}
