package fuzzyhash

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"
)

// The parts of TLSH, from its description: Jonathan Oliver, Chun Cheng, Yanggui
// Chen, "TLSH – A Locality Sensitive Hash", 2013, https://tlsh.org/papers.html;
// version 4 with 128 buckets and a checksum of one byte, written "T1…".
const (
	tlshWindow   = 5
	tlshBuckets  = 128
	tlshSmallest = 50 // bytes; a shorter file has no hash
)

// TLSH is the TLSH hash of what is written to it.
type TLSH struct {
	window   [tlshWindow - 1]byte // the last bytes, the latest first
	size     int64
	checksum byte
	buckets  [256]uint32
}

// pearson is the permutation of Peter Pearson, "Fast hashing of variable-length
// text strings", Communications of the ACM 33(6), 1990.
var pearson = [256]byte{
	1, 87, 49, 12, 176, 178, 102, 166, 121, 193, 6, 84, 249, 230, 44, 163, 14, 197, 213, 181, 161, 85, 218, 80, 64, 239, 24, 226, 236, 142, 38, 200,
	110, 177, 104, 103, 141, 253, 255, 50, 77, 101, 81, 18, 45, 96, 31, 222, 25, 107, 190, 70, 86, 237, 240, 34, 72, 242, 20, 214, 244, 227, 149, 235,
	97, 234, 57, 22, 60, 250, 82, 175, 208, 5, 127, 199, 111, 62, 135, 248, 174, 169, 211, 58, 66, 154, 106, 195, 245, 171, 17, 187, 182, 179, 0, 243,
	132, 56, 148, 75, 128, 133, 158, 100, 130, 126, 91, 13, 153, 246, 216, 219, 119, 68, 223, 78, 83, 88, 201, 99, 122, 11, 92, 32, 136, 114, 52, 10,
	138, 30, 48, 183, 156, 35, 61, 26, 143, 74, 251, 94, 129, 162, 63, 152, 170, 7, 115, 167, 241, 206, 3, 150, 55, 59, 151, 220, 90, 53, 23, 131,
	125, 173, 15, 238, 79, 95, 89, 16, 105, 137, 225, 224, 217, 160, 37, 123, 118, 73, 2, 157, 46, 116, 9, 145, 134, 228, 207, 212, 202, 215, 69, 229,
	27, 188, 67, 124, 168, 252, 42, 4, 29, 108, 21, 247, 19, 205, 39, 203, 233, 40, 186, 147, 198, 192, 155, 33, 164, 191, 98, 204, 165, 180, 117, 76,
	140, 36, 210, 172, 41, 54, 159, 8, 185, 232, 113, 196, 231, 47, 146, 120, 51, 65, 28, 144, 254, 221, 93, 189, 194, 139, 112, 43, 71, 109, 184, 209,
}

// Write reads a part of the file. It never fails. Each byte counts six triplets
// of the window, each mapped by the permutation from a number of its own on.
func (t *TLSH) Write(data []byte) (int, error) {
	p := &pearson
	salt2, salt3, salt5, salt7, salt11, salt13 := p[2], p[3], p[5], p[7], p[11], p[13]
	b, c, d, e := t.window[0], t.window[1], t.window[2], t.window[3]
	for _, a := range data {
		if t.size++; t.size >= tlshWindow {
			t.checksum = p[p[p[p[0]^a]^b]^t.checksum]
			t.buckets[p[p[p[salt2^a]^b]^c]]++
			t.buckets[p[p[p[salt3^a]^b]^d]]++
			t.buckets[p[p[p[salt5^a]^c]^d]]++
			t.buckets[p[p[p[salt7^a]^c]^e]]++
			t.buckets[p[p[p[salt11^a]^b]^e]]++
			t.buckets[p[p[p[salt13^a]^d]^e]]++
		}
		b, c, d, e = a, b, c, d
	}
	t.window = [tlshWindow - 1]byte{b, c, d, e}
	return len(data), nil
}

// String gives the hash; "" for a file that is too short, or too much the same
// throughout, to have one.
func (t *TLSH) String() string {
	counts := t.buckets[:tlshBuckets]
	sorted := slices.Sorted(slices.Values(counts))
	q1, q2, q3 := sorted[tlshBuckets/4-1], sorted[tlshBuckets/2-1], sorted[tlshBuckets*3/4-1]
	if t.size < tlshSmallest || q3 == 0 || sorted[tlshBuckets/2-1] == 0 {
		return ""
	}
	out := []byte{swapped(t.checksum), swapped(t.length()), ratio(q1, q3)<<4 | ratio(q2, q3)}
	for i := tlshBuckets - 4; i >= 0; i -= 4 {
		var code byte
		for j, n := range counts[i : i+4] {
			switch {
			case n > q3:
				code |= 3 << (2 * j)
			case n > q2:
				code |= 2 << (2 * j)
			case n > q1:
				code |= 1 << (2 * j)
			}
		}
		out = append(out, code)
	}
	return "T1" + strings.ToUpper(hex.EncodeToString(out))
}

// length is the size on a scale that grows ever more slowly.
func (t *TLSH) length() byte {
	n := math.Log(float64(t.size))
	switch {
	case t.size <= 656:
		n = n / math.Log(1.5)
	case t.size <= 3199:
		n = n/math.Log(1.3) - 8.72777
	default:
		n = n/math.Log(1.1) - 62.5472
	}
	return byte(int(n))
}

func ratio(q, q3 uint32) byte { return byte(uint32(float32(q*100)/float32(q3)) % 16) }

func swapped(b byte) byte { return b<<4 | b>>4 }
