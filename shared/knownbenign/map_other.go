//go:build !unix

package knownbenign

import "os"

// mapped reads a file: there is no mapping it into memory here.
func mapped(path string) (data []byte, unmap func() error, err error) {
	data, err = os.ReadFile(path)
	return data, func() error { return nil }, err
}
