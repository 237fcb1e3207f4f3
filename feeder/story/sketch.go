package story

import (
	"encoding/base64"
	"encoding/binary"
	"hash/fnv"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/feeder/wording"
)

// Near-identical texts are found by MinHash (Broder 1997) over runs of three
// words, with locality-sensitive bands (Leskovec, Rajaraman, Ullman: Mining of
// Massive Datasets, section 3.4). With 16 bands of 4 rows, texts of which 70 %
// is the same share a band in 98 of 100 cases, texts of which 20 % is the same in 2.
const (
	shingle    = 3
	rows       = 4
	bands      = 16
	hashes     = rows * bands
	minText    = 30     // words; shorter texts are alike by chance
	maxRead    = 20_000 // words that are read of a text
	sketchSize = hashes * 2
)

// sketchKeys gives the text's sketch and its bands; nil for a short text.
func sketchKeys(text string) []Key {
	w := pieces(text)
	if len(w) < minText {
		return nil
	}
	low := minima(w[:min(len(w), maxRead)])
	keys := make([]Key, 0, bands+1)
	keys = append(keys, Key{kindSketch, encode(low)})
	for b := range bands {
		h := fnv.New64a()
		for _, m := range low[b*rows : (b+1)*rows] {
			h.Write(binary.LittleEndian.AppendUint64(nil, m))
		}
		keys = append(keys, Key{kindBand, strconv.Itoa(b) + ":" + strconv.FormatUint(h.Sum64(), 36)})
	}
	return keys
}

// pieces are the words of a text; of scripts that put no space between words,
// each character is one.
func pieces(text string) []string {
	var out []string
	for _, w := range words(text) {
		start := 0
		for i, r := range w {
			if !wording.Spaceless(r) {
				continue
			}
			if start < i {
				out = append(out, w[start:i])
			}
			start = i + utf8.RuneLen(r)
			out = append(out, w[i:start])
		}
		if start < len(w) {
			out = append(out, w[start:])
		}
	}
	return out
}

// minima gives, for each of the hash functions, the lowest value any shingle
// has.
func minima(w []string) [hashes]uint64 {
	var low [hashes]uint64
	for i := range low {
		low[i] = math.MaxUint64
	}
	for i := 0; i+shingle <= len(w); i++ {
		h := fnv.New64a()
		for _, part := range w[i : i+shingle] {
			h.Write([]byte(part))
			h.Write([]byte{0})
		}
		x := h.Sum64()
		for j := range low {
			// Each function is one more step of the same generator.
			x += 0x9E3779B97F4A7C15
			low[j] = min(low[j], mix(x))
		}
	}
	return low
}

// mix is the output function of SplitMix64 (Steele, Lea, Flood 2014).
func mix(x uint64) uint64 {
	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9
	x = (x ^ (x >> 27)) * 0x94D049BB133111EB
	return x ^ (x >> 31)
}

// encode keeps 16 bits of each minimum, which is enough to compare by
// (b-bit minwise hashing, Li and König 2010).
func encode(low [hashes]uint64) string {
	out := make([]byte, 0, sketchSize)
	for _, m := range low {
		out = binary.LittleEndian.AppendUint16(out, uint16(m))
	}
	return base64.RawStdEncoding.EncodeToString(out)
}

// similarity estimates from two sketches how much of two texts is the same, 0
// to 1.
func similarity(a, b string) float64 {
	x, errX := base64.RawStdEncoding.DecodeString(a)
	y, errY := base64.RawStdEncoding.DecodeString(b)
	if errX != nil || errY != nil || len(x) != sketchSize || len(y) != sketchSize {
		return 0
	}
	same := 0
	for i := 0; i < sketchSize; i += 2 {
		if x[i] == y[i] && x[i+1] == y[i+1] {
			same++
		}
	}
	return float64(same) / hashes
}
