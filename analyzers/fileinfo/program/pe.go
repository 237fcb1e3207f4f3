package program

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/saferwall/pe"
	pelog "github.com/saferwall/pe/log"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
)

// PE reads a program or library of Windows.
// https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
func PE(ctx context.Context, f *sample.File, packed float64) (*Program, error) {
	file, err := pe.New(f.Path, &pe.Options{
		Logger: pelog.NewStdLogger(io.Discard), DisableCertValidation: true, // no list of authorities is in the image
		MaxCOFFSymbolsCount: 1, MaxRelocEntriesCount: 1, OmitRelocDirectory: true, OmitExceptionDirectory: true, OmitArchitectureDirectory: true,
		OmitGlobalPtrDirectory: true, OmitTLSDirectory: true, OmitLoadConfigDirectory: true, OmitBoundImportDirectory: true,
		OmitIATDirectory: true, OmitDelayImportDirectory: true, OmitCLRMetadata: true,
	})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	failed := file.Parse()
	if !file.HasNTHdr {
		return nil, failed
	}
	p := &Program{Format: "PE", Kind: kindOfPE(file), Bits: 32, DotNet: file.HasCLR, Signed: file.IsSigned}
	r := &reading{File: f, Program: p, packed: packed}
	header := file.NtHeader.FileHeader
	p.Machine = header.Machine.String()
	p.Compiled = time.Unix(int64(header.TimeDateStamp), 0).UTC().Format(sample.TimeLayout)
	switch optional := file.NtHeader.OptionalHeader.(type) {
	case pe.ImageOptionalHeader64:
		p.Bits, p.Subsystem, p.Entry = 64, optional.Subsystem.String(), fmt.Sprintf("%#x", uint64(optional.AddressOfEntryPoint)+optional.ImageBase)
	case pe.ImageOptionalHeader32:
		p.Subsystem, p.Entry = optional.Subsystem.String(), fmt.Sprintf("%#x", uint64(optional.AddressOfEntryPoint)+uint64(optional.ImageBase))
	}
	if file.HasRichHdr {
		p.RichHash = file.RichHeaderHash()
	}
	p.readImports(file)
	p.readVersion(file)
	r.readSigners(file)
	if end := file.OverlayOffset; end > 0 && end < f.Size {
		p.Overlay = f.Size - end
	}
	r.goVersion()
	for _, one := range file.Sections {
		const execute = 0x20000000
		read := Section{Name: one.String(), Size: int64(one.Header.SizeOfRawData), Virtual: int64(one.Header.VirtualSize), Runs: one.Header.Characteristics&execute != 0}
		if err := r.addSection(ctx, read, int64(one.Header.PointerToRawData)); err != nil {
			return p, err
		}
	}
	return p, failed
}

func kindOfPE(file *pe.File) string {
	switch {
	case file.IsDriver():
		return "driver"
	case file.IsDLL():
		return "library"
	}
	return "program"
}

// readImports notes what the program takes of libraries, and its own exports.
// The import hash is that of
// https://cloud.google.com/blog/topics/threat-intelligence/tracking-malware-import-hashing.
func (p *Program) readImports(file *pe.File) {
	if hash, err := file.ImpHash(); err == nil {
		p.Imphash = hash
	}
	for _, one := range file.Imports[:min(sample.Most, len(file.Imports))] {
		l := Library{Name: sample.Clip(one.Name, sample.MostWords)}
		for _, f := range one.Functions[:min(sample.Most, len(one.Functions))] {
			name := f.Name
			if f.ByOrdinal {
				name = fmt.Sprintf("#%d", f.Ordinal)
			}
			l.Functions = append(l.Functions, sample.Clip(name, sample.MostWords))
		}
		p.Imports = append(p.Imports, l)
	}
	for _, one := range file.Export.Functions[:min(sample.Most, len(file.Export.Functions))] {
		p.Exports = append(p.Exports, sample.Clip(one.Name, sample.MostWords))
	}
}

// readVersion notes what the program says of itself: all of it may be a lie.
func (p *Program) readVersion(file *pe.File) {
	texts, err := file.ParseVersionResources()
	if err == nil && len(texts) > 0 {
		p.Version = map[string]string{}
		for name, text := range texts {
			if text = strings.TrimSpace(text); text != "" && len(p.Version) < 20 {
				p.Version[sample.Clip(name, 50)] = sample.Clip(text, sample.MostWords)
			}
		}
	}
	for _, one := range file.Debugs {
		switch info := one.Info.(type) {
		case pe.CVInfoPDB70:
			p.PDB = sample.Clip(info.PDBFileName, sample.MostWords)
		case pe.CVInfoPDB20:
			p.PDB = sample.Clip(info.PDBFileName, sample.MostWords)
		}
	}
}

// readSigners notes who signed. Whether the signer is to be trusted is not
// asked: that takes a list of authorities that is kept current.
func (r *reading) readSigners(file *pe.File) {
	for _, one := range file.Certificates.Certificates {
		r.Signers = append(r.Signers, Signer{
			Subject: sample.Clip(one.Info.Subject, sample.MostWords), Issuer: sample.Clip(one.Info.Issuer, sample.MostWords), Serial: sample.Clip(one.Info.SerialNumber, sample.MostWords),
			From: one.Info.NotBefore.UTC().Format(sample.TimeLayout), Until: one.Info.NotAfter.UTC().Format(sample.TimeLayout), Fits: one.SignatureValid,
		})
	}
	if signers := r.Signers; len(signers) > 0 && !slices.ContainsFunc(signers, func(one Signer) bool { return one.Fits }) {
		r.Find(cortex.Suspicious, "signature of another file", "The file was changed after it was signed, or carries the signature of another.", signers[0].Subject)
	}
	r.Signers = r.Signers[:min(sample.Most, len(r.Signers))]
}
