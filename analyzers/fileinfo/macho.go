package fileinfo

import (
	"context"
	"debug/macho"
	"encoding/binary"
	"fmt"
)

// codeSignature is the load command LC_CODE_SIGNATURE of Apple's loader.h.
const codeSignature = 0x1d

// readMachO reads a program or library of macOS; of one for several machines, the
// first.
func readMachO(ctx context.Context, s *subject) error {
	base, file, err := s.openMachO()
	if err != nil {
		return err
	}
	p := &program{Format: "Mach-O", Machine: word(file.Cpu, "Cpu"), Kind: word(file.Type, ""), Bits: 32}
	s.Program = p
	if file.Magic == macho.Magic64 {
		p.Bits = 64
	}
	p.Stripped = file.Symtab == nil || len(file.Symtab.Syms) == 0
	for _, load := range file.Loads {
		if raw := load.Raw(); len(raw) >= 4 && file.ByteOrder.Uint32(raw) == codeSignature {
			p.Signed = true
		}
	}
	libraries, err := file.ImportedLibraries()
	for _, name := range first(libraries) {
		p.Imports = append(p.Imports, library{Name: name})
	}
	s.goVersion()
	var spent int64
	for _, one := range file.Sections {
		const pureInstructions, someInstructions = 0x80000000, 0x400
		runs := one.Flags&(pureInstructions|someInstructions) != 0
		size := int64(one.Size)
		if one.Offset == 0 {
			size = 0
		}
		if err := s.addSection(ctx, section{Name: one.Seg + "," + one.Name, Size: size, Virtual: int64(one.Size), Runs: runs}, base+int64(one.Offset), &spent); err != nil {
			return err
		}
	}
	return err
}

// openMachO opens the file and tells where in it the program begins.
func (s *subject) openMachO() (base int64, file *macho.File, err error) {
	var magic [4]byte
	if _, err := s.file.ReadAt(magic[:], 0); err != nil {
		return 0, nil, err
	}
	if binary.BigEndian.Uint32(magic[:]) != macho.MagicFat {
		file, err = macho.NewFile(s.headers())
		return 0, file, err
	}
	fat, err := macho.NewFatFile(s.headers())
	if err != nil {
		return 0, nil, err
	}
	if len(fat.Arches) == 0 {
		return 0, nil, fmt.Errorf("it holds no program")
	}
	if n := len(fat.Arches); n > 1 {
		s.note("The file holds programs for %d machines; the first was read.", n)
	}
	return int64(fat.Arches[0].Offset), fat.Arches[0].File, nil
}
