package fileinfo

import (
	"context"
	"debug/elf"
	"fmt"
	"io"
	"strings"
)

// readELF reads a program or library of Linux and its relatives.
// https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html
func readELF(ctx context.Context, s *subject) error {
	file, err := elf.NewFile(s.headers())
	if err != nil {
		return err
	}
	p := &program{Format: "ELF", Machine: word(file.Machine, "EM_"), Kind: word(file.Type, "ET_"), Entry: fmt.Sprintf("%#x", file.Entry)}
	s.Program, p.Bits = p, map[elf.Class]int{elf.ELFCLASS32: 32, elf.ELFCLASS64: 64}[file.Class]
	p.Stripped = file.Section(".symtab") == nil
	for _, one := range file.Progs {
		if one.Type == elf.PT_INTERP {
			loader, _ := io.ReadAll(io.LimitReader(one.Open(), mostWords))
			p.Loader = clip(strings.TrimRight(string(loader), "\x00"), mostWords)
		}
	}
	libraries, err := file.ImportedLibraries()
	for _, name := range first(libraries) {
		p.Imports = append(p.Imports, library{Name: name})
	}
	s.goVersion()
	var spent int64
	for _, one := range file.Sections {
		size := int64(one.FileSize)
		if one.Type == elf.SHT_NULL {
			continue
		}
		if one.Type == elf.SHT_NOBITS {
			size = 0
		}
		if err := s.addSection(ctx, section{Name: one.Name, Size: size, Virtual: int64(one.Size), Runs: one.Flags&elf.SHF_EXECINSTR != 0}, int64(one.Offset), &spent); err != nil {
			return err
		}
	}
	return err
}

// word is the name of a constant without what all of its kind begin with.
func word(constant fmt.Stringer, prefix string) string {
	return strings.ToLower(strings.TrimPrefix(constant.String(), prefix))
}
