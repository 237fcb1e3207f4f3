//go:build unix

package knownbenign

import (
	"fmt"
	"os"
	"syscall"
)

// mapped maps a file into memory, to be read only.
func mapped(path string) (data []byte, unmap func() error, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	about, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !about.Mode().IsRegular() || about.Size() < headerSize || about.Size() > maxFile {
		return nil, nil, fmt.Errorf("%s: %w: compile the lists again", path, ErrDamaged)
	}
	data, err = syscall.Mmap(int(f.Fd()), 0, int(about.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: mapping it into memory: %w", path, err)
	}
	return data, func() error { return syscall.Munmap(data) }, nil
}
