package fileinfo

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/saferwall/pe"
	pelog "github.com/saferwall/pe/log"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// readPE reads a program or library of Windows.
// https://learn.microsoft.com/en-us/windows/win32/debug/pe-format
func readPE(ctx context.Context, s *subject) error {
	file, err := pe.New(s.file.Name(), &pe.Options{
		Logger: pelog.NewStdLogger(io.Discard), DisableCertValidation: true, // no list of authorities is in the image
		MaxCOFFSymbolsCount: 1, MaxRelocEntriesCount: 1, OmitRelocDirectory: true, OmitExceptionDirectory: true, OmitArchitectureDirectory: true,
		OmitGlobalPtrDirectory: true, OmitTLSDirectory: true, OmitLoadConfigDirectory: true, OmitBoundImportDirectory: true,
		OmitIATDirectory: true, OmitDelayImportDirectory: true, OmitCLRMetadata: true,
	})
	if err != nil {
		return err
	}
	defer file.Close()
	failed := file.Parse()
	if !file.HasNTHdr {
		return failed
	}
	p := &program{Format: "PE", Kind: kindOfPE(file), Bits: 32, DotNet: file.HasCLR, Signed: file.IsSigned}
	s.Program = p
	header := file.NtHeader.FileHeader
	p.Machine = header.Machine.String()
	p.Compiled = time.Unix(int64(header.TimeDateStamp), 0).UTC().Format(timeLayout)
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
	s.readSigners(file)
	if end := file.OverlayOffset; end > 0 && end < s.size {
		p.Overlay = s.size - end
	}
	s.goVersion()
	var spent int64
	for _, one := range file.Sections {
		const execute = 0x20000000
		read := section{Name: one.String(), Size: int64(one.Header.SizeOfRawData), Virtual: int64(one.Header.VirtualSize), Runs: one.Header.Characteristics&execute != 0}
		if err := s.addSection(ctx, read, int64(one.Header.PointerToRawData), &spent); err != nil {
			return err
		}
	}
	return failed
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
func (p *program) readImports(file *pe.File) {
	if hash, err := file.ImpHash(); err == nil {
		p.Imphash = hash
	}
	for _, one := range file.Imports[:min(most, len(file.Imports))] {
		l := library{Name: clip(one.Name, mostWords)}
		for _, f := range one.Functions[:min(most, len(one.Functions))] {
			name := f.Name
			if f.ByOrdinal {
				name = fmt.Sprintf("#%d", f.Ordinal)
			}
			l.Functions = append(l.Functions, clip(name, mostWords))
		}
		p.Imports = append(p.Imports, l)
	}
	for _, one := range file.Export.Functions[:min(most, len(file.Export.Functions))] {
		p.Exports = append(p.Exports, clip(one.Name, mostWords))
	}
}

// readVersion notes what the program says of itself: all of it may be a lie.
func (p *program) readVersion(file *pe.File) {
	texts, err := file.ParseVersionResources()
	if err == nil && len(texts) > 0 {
		p.Version = map[string]string{}
		for name, text := range texts {
			if text = strings.TrimSpace(text); text != "" && len(p.Version) < 20 {
				p.Version[clip(name, 50)] = clip(text, mostWords)
			}
		}
	}
	for _, one := range file.Debugs {
		switch info := one.Info.(type) {
		case pe.CVInfoPDB70:
			p.PDB = clip(info.PDBFileName, mostWords)
		case pe.CVInfoPDB20:
			p.PDB = clip(info.PDBFileName, mostWords)
		}
	}
}

// readSigners notes who signed. Whether the signer is to be trusted is not
// asked: that takes a list of authorities that is kept current.
func (s *subject) readSigners(file *pe.File) {
	for _, one := range file.Certificates.Certificates {
		s.Program.Signers = append(s.Program.Signers, signer{
			Subject: clip(one.Info.Subject, mostWords), Issuer: clip(one.Info.Issuer, mostWords), Serial: clip(one.Info.SerialNumber, mostWords),
			From: one.Info.NotBefore.UTC().Format(timeLayout), Until: one.Info.NotAfter.UTC().Format(timeLayout), Fits: one.SignatureValid,
		})
	}
	if signers := s.Program.Signers; len(signers) > 0 && !slices.ContainsFunc(signers, func(one signer) bool { return one.Fits }) {
		s.find(cortex.Suspicious, "signature of another file", "The file was changed after it was signed, or carries the signature of another.", signers[0].Subject)
	}
	s.Program.Signers = s.Program.Signers[:min(most, len(s.Program.Signers))]
}
