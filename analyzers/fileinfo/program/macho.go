package program

import (
	"context"
	"debug/macho"
	"encoding/binary"
	"fmt"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

// codeSignature is the load command LC_CODE_SIGNATURE of Apple's loader.h.
const codeSignature = 0x1d

// MachO reads a program or library of macOS; of one for several machines, the
// first.
func MachO(ctx context.Context, f *sample.File, packed float64) (*Program, error) {
	base, file, err := openMachO(f)
	if err != nil {
		return nil, err
	}
	p := &Program{Format: "Mach-O", Machine: word(file.Cpu, "Cpu"), Kind: word(file.Type, ""), Bits: 32}
	r := &reading{File: f, Program: p, packed: packed}
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
	r.libraries(libraries)
	r.goVersion()
	for _, one := range file.Sections {
		const pureInstructions, someInstructions = 0x80000000, 0x400
		runs := one.Flags&(pureInstructions|someInstructions) != 0
		size := int64(one.Size)
		if one.Offset == 0 {
			size = 0
		}
		if err := r.addSection(ctx, Section{Name: one.Seg + "," + one.Name, Size: size, Virtual: int64(one.Size), Runs: runs}, base+int64(one.Offset)); err != nil {
			return p, err
		}
	}
	return p, err
}

// openMachO opens the file and tells where in it the program begins.
func openMachO(f *sample.File) (base int64, file *macho.File, err error) {
	var magic [4]byte
	if _, err := f.ReadAt(magic[:], 0); err != nil {
		return 0, nil, err
	}
	if binary.BigEndian.Uint32(magic[:]) != macho.MagicFat {
		file, err = macho.NewFile(f.Headers())
		return 0, file, err
	}
	fat, err := macho.NewFatFile(f.Headers())
	if err != nil {
		return 0, nil, err
	}
	if len(fat.Arches) == 0 {
		return 0, nil, fmt.Errorf("it holds no program")
	}
	if n := len(fat.Arches); n > 1 {
		f.Note("The file holds programs for %d machines; the first was read.", n)
	}
	return int64(fat.Arches[0].Offset), fat.Arches[0].File, nil
}
