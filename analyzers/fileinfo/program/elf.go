package program

import (
	"context"
	"debug/elf"
	"fmt"
	"io"
	"strings"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

// ELF reads a program or library of Linux and its relatives.
// https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
func ELF(ctx context.Context, f *sample.File, packed float64) (*Program, error) {
	file, err := elf.NewFile(f.Headers())
	if err != nil {
		return nil, err
	}
	p := &Program{Format: "ELF", Machine: word(file.Machine, "EM_"), Kind: word(file.Type, "ET_"), Entry: fmt.Sprintf("%#x", file.Entry)}
	r := &reading{File: f, Program: p, packed: packed}
	p.Bits = map[elf.Class]int{elf.ELFCLASS32: 32, elf.ELFCLASS64: 64}[file.Class]
	p.Stripped = file.Section(".symtab") == nil
	for _, one := range file.Progs {
		if one.Type == elf.PT_INTERP {
			loader, _ := io.ReadAll(io.LimitReader(one.Open(), sample.MostWords))
			p.Loader = sample.Clip(strings.TrimRight(string(loader), "\x00"), sample.MostWords)
		}
	}
	libraries, err := file.ImportedLibraries()
	r.libraries(libraries)
	r.goVersion()
	for _, one := range file.Sections {
		size := int64(one.FileSize)
		if one.Type == elf.SHT_NULL {
			continue
		}
		if one.Type == elf.SHT_NOBITS {
			size = 0
		}
		if err := r.addSection(ctx, Section{Name: one.Name, Size: size, Virtual: int64(one.Size), Runs: one.Flags&elf.SHF_EXECINSTR != 0}, int64(one.Offset)); err != nil {
			return p, err
		}
	}
	return p, err
}

// word is the name of a constant without what all of its kind begin with.
func word(constant fmt.Stringer, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(constant.String(), prefix))
}
