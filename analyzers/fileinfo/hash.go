package fileinfo

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"math"

	"github.com/waggle-cti/waggle/shared/fuzzyhash"
)

// piece is how much of the file is read at a time, in bytes.
const piece = 256 << 10

// digest reads the file once for all its hashes and its entropy.
func (s *subject) digest(ctx context.Context) error {
	digests := map[string]hash.Hash{"md5": md5.New(), "sha1": sha1.New(), "sha256": sha256.New(), "sha512": sha512.New()}
	ssdeep, tlsh, counts := fuzzyhash.NewSSDeep(s.size), new(fuzzyhash.TLSH), new(histogram)
	writers := []io.Writer{ssdeep, tlsh, counts}
	for _, d := range digests {
		writers = append(writers, d)
	}
	if err := copyUntil(ctx, io.MultiWriter(writers...), s.whole()); err != nil {
		return fmt.Errorf("the job's file can't be read: %w", err)
	}
	s.Hashes = map[string]string{"ssdeep": ssdeep.String()}
	if t := tlsh.String(); t != "" {
		s.Hashes["tlsh"] = t
	}
	for name, d := range digests {
		s.Hashes[name] = hex.EncodeToString(d.Sum(nil))
	}
	s.Entropy = counts.entropy()
	return nil
}

// copyUntil copies until the end, or until the job is over.
func copyUntil(ctx context.Context, to io.Writer, from io.Reader) error {
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

// histogram counts bytes.
type histogram struct {
	of    [256]int64
	total int64
}

func (h *histogram) Write(data []byte) (int, error) {
	for _, c := range data {
		h.of[c]++
	}
	h.total += int64(len(data))
	return len(data), nil
}

// entropy is Shannon's, in bits a byte, with two digits behind the point: near 8
// is compressed or encrypted, below 5 is text or sparse.
func (h *histogram) entropy() float64 {
	sum := 0.0
	for _, n := range h.of {
		if n > 0 {
			p := float64(n) / float64(h.total)
			sum -= p * math.Log2(p)
		}
	}
	return math.Abs(math.Round(sum*100) / 100) // no -0
}
