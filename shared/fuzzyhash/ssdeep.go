// Package fuzzyhash gives the hashes by which files are alike and not only the
// same: ssdeep and TLSH, as MISP, VirusTotal and MalwareBazaar write them. Both
// read a file once, in any pieces, and hold a few kilobytes.
//
// No maintained library in Go has them. The tests compare with what the
// programs of their authors give.
package fuzzyhash

import "strconv"

// The parts of ssdeep, from its description: Jesse Kornblum, "Identifying almost
// identical files using context triggered piecewise hashing", 2006,
// https://doi.org/10.1016/j.diin.2006.06.015, and https://ssdeep-project.github.io/.
const (
	smallestBlock = 3  // bytes between two cuts, on average, for the finest pieces
	blockSizes    = 31 // each twice the one before
	longestHash   = 64 // pieces in the first half
	rollingWindow = 7  // bytes that decide whether there is a cut

	pieceInit  = 0x28021967
	piecePrime = 0x01000193

	base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

// SSDeep is the ssdeep hash of what is written to it.
type SSDeep struct {
	size     int64 // of the whole, as it was told
	written  int64
	roll     rolling
	blocks   [blockSizes]block
	from, to int // the block sizes that still may be the file's
	last     int // the largest that may be
}

// block is the hash by one size of block.
type block struct {
	piece, half uint32 // of the bytes since the last cut; half is cut half as often
	digits      []byte
	tail        byte // the digit of half once there are enough digits; 0: none
	full        byte // the digit that took the place of all the last pieces; 0: none
}

// rolling is a hash of the last rollingWindow bytes.
type rolling struct {
	window     [rollingWindow]byte
	at         int
	h1, h2, h3 uint32
}

func (r *rolling) add(c byte) uint32 {
	r.h2 += rollingWindow*uint32(c) - r.h1
	r.h1 += uint32(c) - uint32(r.window[r.at])
	r.window[r.at] = c
	if r.at++; r.at == rollingWindow {
		r.at = 0
	}
	r.h3 = r.h3<<5 ^ uint32(c)
	return r.sum()
}

func (r *rolling) sum() uint32 { return r.h1 + r.h2 + r.h3 }

// NewSSDeep gives the hash of a file of so many bytes. The size tells which block
// sizes need not be tried.
func NewSSDeep(size int64) *SSDeep {
	s := &SSDeep{size: size, to: 1}
	for s.last < blockSizes-2 && smallestBlock<<s.last*longestHash < size {
		s.last++
	}
	s.last++
	s.blocks[0] = block{piece: pieceInit, half: pieceInit}
	return s
}

// Write reads a part of the file. It never fails.
func (s *SSDeep) Write(data []byte) (int, error) {
	s.written += int64(len(data))
	for _, c := range data {
		sum := s.roll.add(c) + 1
		for i := s.from; i < s.to; i++ {
			b := &s.blocks[i]
			b.piece = b.piece*piecePrime ^ uint32(c)
			b.half = b.half*piecePrime ^ uint32(c)
		}
		if sum != 0 && sum%smallestBlock == 0 && sum/smallestBlock&(1<<s.from-1) == 0 { // a division by a constant is a product
			s.cut(sum)
		}
	}
	return len(data), nil
}

// cut ends a piece of each block size that has a cut here.
func (s *SSDeep) cut(sum uint32) {
	for i := s.from; i < s.to && sum%(smallestBlock<<i) == 0; i++ {
		b := &s.blocks[i]
		if len(b.digits) == 0 && b.full == 0 && s.to == i+1 && s.to <= s.last {
			s.blocks[s.to] = block{piece: b.piece, half: b.half}
			s.to++
		}
		digit, half := base64Digits[b.piece%64], base64Digits[b.half%64]
		b.tail = half
		if len(b.digits) == longestHash-1 { // the last digit stands for all that follows
			b.full = digit
			s.reduce()
			continue
		}
		b.digits, b.piece = append(b.digits, digit), pieceInit
		if len(b.digits) < longestHash/2 {
			b.half, b.tail = pieceInit, 0
		}
	}
}

// reduce gives up the finest pieces once the next ones are enough.
func (s *SSDeep) reduce() {
	if s.to-s.from >= 2 && smallestBlock<<s.from*longestHash < s.size && len(s.blocks[s.from+1].digits) >= longestHash/2 {
		s.from++
	}
}

// String gives "blocksize:hash:hash of blocks twice as large".
func (s *SSDeep) String() string {
	i := s.from
	for smallestBlock<<i*longestHash < s.written {
		i++
	}
	i = min(i, s.to-1)
	for i > s.from && len(s.blocks[i].digits) < longestHash/2 {
		i--
	}
	rest := s.roll.sum() != 0 // bytes behind the last cut
	out := append(strconv.AppendInt(nil, smallestBlock<<i, 10), ':')
	b := &s.blocks[i]
	out = append(out, b.digits...)
	out = ending(out, rest, b.piece, b.full)
	out = append(out, ':')
	if i+1 < s.to {
		b = &s.blocks[i+1]
		out = append(out, b.digits[:min(len(b.digits), longestHash/2-1)]...)
		return string(ending(out, rest, b.half, b.tail))
	}
	return string(ending(out, rest, b.piece, 0))
}

// ending adds the digit of what stands behind the last cut; without a rest, the
// one that was kept for the end.
func ending(out []byte, rest bool, piece uint32, kept byte) []byte {
	switch {
	case rest:
		return append(out, base64Digits[piece%64])
	case kept != 0:
		return append(out, kept)
	}
	return out
}
