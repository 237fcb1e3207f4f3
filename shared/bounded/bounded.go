// Package bounded bounds what is read of a file by libraries that keep what they
// read: a hostile file has a hundred megabytes of headers for them.
package bounded

import (
	"errors"
	"io"
)

// ErrTooMuch is that a file has more of something than is read of it.
var ErrTooMuch = errors.New("it has more than is read of one")

// ReaderAt reads at most so many bytes in all, be they the same ones again.
type ReaderAt struct {
	From io.ReaderAt
	Left int64 // bytes; may be raised between reads
}

// ReadAt reads, and counts. The error is [ErrTooMuch], or that of From.
func (b *ReaderAt) ReadAt(p []byte, at int64) (int, error) {
	if b.Left -= int64(len(p)); b.Left < 0 {
		return 0, ErrTooMuch
	}
	return b.From.ReadAt(p, at)
}
