package fileinfo

import (
	"errors"
	"io"
)

// errTooMuch is that a file has more of something than is read of it.
var errTooMuch = errors.New("it has more than is read of one")

// budget reads at most so many bytes in all, be they the same ones again: the
// libraries that read headers and directories keep what they read, and a hostile
// file has a hundred megabytes of them.
type budget struct {
	from io.ReaderAt
	left int64
}

// mostHeader is the budget for headers and directories, in bytes.
const mostHeader = 8 << 20

// ReadAt reads, and counts.
func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errTooMuch
	}
	return b.from.ReadAt(p, at)
}

// headers gives the file for reading its headers.
func (s *subject) headers() *budget { return &budget{s.file, mostHeader} }
