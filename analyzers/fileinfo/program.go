package fileinfo

import (
	"context"
	"debug/buildinfo"
	"io"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// program is what the headers of a program say.
type program struct {
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
	Signers   []signer          `json:"signers,omitempty"`
	Overlay   int64             `json:"overlay,omitempty"` // bytes behind the last section
	Version   map[string]string `json:"version,omitempty"`
	Sections  []section         `json:"sections,omitempty"`
	Imports   []library         `json:"imports,omitempty"`
	Exports   []string          `json:"exports,omitempty"`
}

type section struct {
	Name    string  `json:"name"`
	Size    int64   `json:"size"` // in the file
	Virtual int64   `json:"virtual"`
	Runs    bool    `json:"runs"` // code
	Entropy float64 `json:"entropy"`
}

type library struct {
	Name      string   `json:"name"`
	Functions []string `json:"functions,omitempty"`
}

type signer struct {
	Subject string `json:"subject"`
	Issuer  string `json:"issuer,omitempty"`
	Serial  string `json:"serial,omitempty"`
	From    string `json:"from,omitempty"`
	Until   string `json:"until,omitempty"`
	Fits    bool   `json:"fits"` // the signature is one of this file
}

// timeLayout is how the report writes times, which are in UTC.
const timeLayout = "2006-01-02 15:04:05"

// mostWords bounds a name that a header gives, in bytes.
const mostWords = 200

// addSection notes a section, with its entropy. Sections may lie over one
// another, so that what is read for them is bounded: twice the file's size.
func (s *subject) addSection(ctx context.Context, one section, offset int64, spent *int64) error {
	p := s.Program
	if len(p.Sections) == most {
		return nil
	}
	one.Name = clip(one.Name, mostWords)
	length := max(0, min(one.Size, s.size-offset))
	if length < one.Size {
		s.note("Section %q is not all in the file, which may be cut off.", one.Name)
	}
	if *spent += length; offset >= 0 && *spent <= 2*s.size {
		counts := new(histogram)
		if err := copyUntil(ctx, counts, io.NewSectionReader(s.file, offset, length)); err != nil {
			return err
		}
		one.Entropy = counts.entropy()
	}
	if one.Runs && one.Entropy >= s.entropy {
		s.find(cortex.Suspicious, "packed program", "The entropy of this section's code says that it is compressed or encrypted.", one.Name)
	}
	p.Sections = append(p.Sections, one)
	return nil
}

// goVersion notes the version and the main package of a program in Go.
func (s *subject) goVersion() {
	info, err := buildinfo.Read(&budget{s.file, 4 * mostHeader})
	if err == nil {
		s.Program.Go, s.Program.Package = clip(info.GoVersion, mostWords), clip(info.Path, mostWords)
	}
}

// first gives the beginning of a list of names, each short.
func first(names []string) []string {
	var out []string
	for _, name := range names[:min(most, len(names))] {
		out = append(out, clip(name, mostWords))
	}
	return out
}
