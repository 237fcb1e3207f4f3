package sample

import (
	"context"
	"io"
	"math"
)

// piece is how much of a file is read at a time, in bytes.
const piece = 256 << 10

// Copy copies until the end, or until the job is over.
func Copy(ctx context.Context, to io.Writer, from io.Reader) error {
	buffer := make([]byte, piece)
	for {
		n, err := io.ReadFull(from, buffer)
		if _, failed := to.Write(buffer[:n]); failed != nil {
			return failed
		}
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// Histogram counts the bytes that are written to it.
type Histogram struct {
	of    [256]int64
	total int64
}

// Write counts; it never fails.
func (h *Histogram) Write(data []byte) (int, error) {
	for _, c := range data {
		h.of[c]++
	}
	h.total += int64(len(data))
	return len(data), nil
}

// Entropy is Shannon's, in bits a byte, with two digits behind the point: near 8
// is compressed or encrypted, below 5 is text or sparse.
func (h *Histogram) Entropy() float64 {
	sum := 0.0
	for _, n := range h.of {
		if n > 0 {
			p := float64(n) / float64(h.total)
			sum -= p * math.Log2(p)
		}
	}
	return math.Abs(math.Round(sum*100) / 100) // no -0
}
