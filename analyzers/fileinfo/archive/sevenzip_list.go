package archive

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/waggle-cti/waggle/shared/bounded"
)

// The signs in the list of a 7z file that are read here.
const (
	idEnd           = 0x00
	idHeader        = 0x01
	idProperties    = 0x02
	idAdditional    = 0x03
	idMainStreams   = 0x04
	idFiles         = 0x05
	idPackInfo      = 0x06
	idUnpackInfo    = 0x07
	idSubStreams    = 0x08
	idSize          = 0x09
	idCRC           = 0x0A
	idFolder        = 0x0B
	idCodersSize    = 0x0C
	idNumUnpack     = 0x0D
	idEmptyStream   = 0x0E
	idEmptyFile     = 0x0F
	idNames         = 0x11
	idModified      = 0x14
	idEncodedHeader = 0x17
)

const (
	// fileTimeOf1970 is the start of 1970 as Windows counts: in steps of 100 ns since
	// 1601, in eight bytes.
	fileTimeOf1970   = 116444736000000000
	stepsOfASecond   = 10_000_000
	bytesOfAFileTime = 8
	// mostCoders is how many ways to pack may follow one another.
	mostCoders = 32
)

// Codes of ways to pack.
var (
	coderCopy  = []byte{0x00}
	coderLZMA  = []byte{0x03, 0x01, 0x01}
	coderLZMA2 = []byte{0x21}
	coderAES   = []byte{0x06, 0xF1, 0x07, 0x01}
)

// cursor reads a list. After an error it gives zeros. No count is believed that
// is larger than the list has bytes.
type cursor struct {
	data []byte
	err  error
}

func (c *cursor) fail() { c.data, c.err = nil, errDamaged }

func (c *cursor) take(n uint64) []byte {
	if n > uint64(len(c.data)) {
		c.fail()
		return nil
	}
	out := c.data[:n]
	c.data = c.data[n:]
	return out
}

func (c *cursor) byte() byte {
	if b := c.take(1); b != nil {
		return b[0]
	}
	return 0
}

// number reads a number whose first byte tells, by its leading ones, how many
// bytes follow.
func (c *cursor) number() uint64 {
	first := c.byte()
	more := bits.LeadingZeros8(^first)
	var low [8]byte
	copy(low[:], c.take(uint64(more)))
	high := uint64(0)
	if more < 7 {
		high = uint64(first&(0x7F>>more)) << (8 * more)
	}
	return binary.LittleEndian.Uint64(low[:]) + high
}

// count reads how many there are of what takes a byte at least.
func (c *cursor) count() int {
	n := c.number()
	if n > uint64(len(c.data)) {
		c.fail()
		return 0
	}
	return int(n)
}

// flags reads a bit for each of n, the first in the highest.
func (c *cursor) flags(n int) []bool {
	raw := c.take(uint64(n+7) / 8)
	out := make([]bool, 0, min(n, 8*len(raw)))
	for i := range n {
		if i/8 < len(raw) {
			out = append(out, raw[i/8]>>(7-i%8)&1 == 1)
		}
	}
	return out
}

// defined reads which of n have a value; a byte says that all do.
func (c *cursor) defined(n int) []bool {
	if c.byte() == 0 {
		return c.flags(n)
	}
	return slices.Repeat([]bool{true}, n)
}

// digests passes over checksums, and tells which of n there are.
func (c *cursor) digests(n int) []bool {
	all := c.defined(n)
	for _, has := range all {
		if has {
			c.take(4)
		}
	}
	return all
}

// header reads a list that is not packed.
func (c *cursor) header() ([]Entry, error) {
	var main streams
	for c.err == nil {
		switch c.byte() {
		case idEnd:
			return nil, c.err
		case idProperties:
			for c.err == nil && c.byte() != idEnd {
				c.take(c.number())
			}
		case idAdditional:
			c.streams()
		case idMainStreams:
			main = c.streams()
		case idFiles:
			entries := c.files(main)
			return entries, c.err
		default:
			c.fail()
		}
	}
	return nil, c.err
}

// files reads the names, and which of them the streams belong to.
func (c *cursor) files(s streams) []Entry {
	n := c.count()
	entries := make([]Entry, min(n, mostEntries+1)) // one more shows that there are more
	var empty, hollow []bool
	for c.err == nil {
		kind := c.byte()
		if kind == idEnd {
			break
		}
		one := &cursor{data: c.take(c.number())}
		switch kind {
		case idEmptyStream:
			empty = one.flags(n)
		case idEmptyFile:
			hollow = one.flags(n)
		case idNames:
			one.names(entries)
		case idModified:
			one.times(entries, n)
		}
		if one.err != nil {
			c.fail()
		}
	}
	s.share(entries, empty, hollow)
	return entries
}

// names reads names in UTF-16, each with a zero behind it.
func (c *cursor) names(entries []Entry) {
	c.byte() // 0: they stand here, and nobody writes anything else
	for i := range entries {
		if len(c.data) < 2 {
			c.fail()
		}
		var name []uint16
		for len(c.data) >= 2 {
			unit := binary.LittleEndian.Uint16(c.take(2))
			if unit == 0 {
				break
			}
			name = append(name, unit)
		}
		entries[i].Name = strings.ToValidUTF8(string(utf16.Decode(name)), "\uFFFD")
	}
}

// times reads when files were changed, of those of n for which that is told.
func (c *cursor) times(entries []Entry, n int) {
	has := c.defined(n)
	c.byte()
	for i := range entries {
		if i >= len(has) || !has[i] {
			continue
		}
		raw := c.take(bytesOfAFileTime)
		if raw == nil {
			return
		}
		steps := int64(binary.LittleEndian.Uint64(raw)) - fileTimeOf1970
		entries[i].Modified = at(time.Unix(steps/stepsOfASecond, 0))
	}
}

// coder is one way to pack.
type coder struct{ id, properties []byte }

// folder is what was packed together.
type folder struct {
	coders []coder
	bound  []uint64 // outputs that another coder takes
	sizes  []uint64 // of the outputs
	sum    bool     // a checksum of it is known
	files  int
	parts  []uint64 // sizes of the files, but for the last
}

func (f folder) encrypted() bool {
	return slices.ContainsFunc(f.coders, func(c coder) bool { return bytes.Equal(c.id, coderAES) })
}

// size is that of the output that no coder takes.
func (f folder) size() uint64 {
	for i, size := range f.sizes {
		if !slices.Contains(f.bound, uint64(i)) {
			return size
		}
	}
	return 0
}

// streams are where the packed bytes are, and what they hold.
type streams struct {
	at      uint64 // of the first, in bytes behind the file's head
	packed  []uint64
	folders []folder
	err     error
}

func (c *cursor) streams() (s streams) {
	for c.err == nil {
		switch c.byte() {
		case idEnd:
			s.err = c.err
			return s
		case idPackInfo:
			c.packInfo(&s)
		case idUnpackInfo:
			c.unpackInfo(&s)
		case idSubStreams:
			c.subStreams(&s)
		default:
			c.fail()
		}
	}
	s.err = c.err
	return s
}

func (c *cursor) packInfo(s *streams) {
	s.at = c.number()
	n := c.count()
	for c.err == nil {
		switch c.byte() {
		case idEnd:
			return
		case idSize:
			for range n {
				s.packed = append(s.packed, c.number())
			}
		case idCRC:
			c.digests(n)
		default:
			c.fail()
		}
	}
}

func (c *cursor) unpackInfo(s *streams) {
	for c.err == nil {
		switch c.byte() {
		case idEnd:
			return
		case idFolder:
			n := c.count()
			if n > mostEntries {
				c.data, c.err = nil, bounded.ErrTooMuch
				return
			}
			c.byte() // 0: they stand here
			for range n {
				s.folders = append(s.folders, c.folder())
			}
		case idCodersSize:
			for i := range s.folders {
				for j := range s.folders[i].sizes {
					s.folders[i].sizes[j] = c.number()
				}
			}
		case idCRC:
			for i, has := range c.digests(len(s.folders)) {
				s.folders[i].sum = has
			}
		default:
			c.fail()
		}
	}
}

func (c *cursor) folder() (f folder) {
	f.files = 1
	ins, outs := 0, 0
	n := c.count()
	for range min(n, mostCoders) {
		flags := c.byte()
		one := coder{id: c.take(uint64(flags & 0xF))}
		in, out := 1, 1
		if flags&0x10 != 0 {
			in, out = c.count(), c.count()
		}
		if flags&0x20 != 0 {
			one.properties = c.take(c.number())
		}
		ins, outs = ins+in, outs+out
		f.coders = append(f.coders, one)
	}
	if n > mostCoders || outs == 0 || outs > mostCoders || ins > mostCoders {
		c.fail()
		return f
	}
	f.sizes = make([]uint64, outs)
	for range outs - 1 {
		c.number() // the input
		f.bound = append(f.bound, c.number())
	}
	if packed := ins - (outs - 1); packed > 1 {
		for range packed {
			c.number()
		}
	}
	return f
}

// subStreams reads how many files were packed together, and how large they are.
func (c *cursor) subStreams(s *streams) {
	for c.err == nil {
		switch c.byte() {
		case idEnd:
			return
		case idNumUnpack:
			for i := range s.folders {
				s.folders[i].files = c.count()
			}
		case idSize:
			for i := range s.folders {
				f := &s.folders[i]
				for range f.files - 1 { // the last has the rest
					f.parts = append(f.parts, c.number())
				}
			}
		case idCRC: // of the files whose checksum is not that of their folder
			n := 0
			for _, f := range s.folders {
				if f.files != 1 || !f.sum {
					n += f.files
				}
			}
			if n > 8*len(c.data) {
				c.fail()
			}
			c.digests(n)
		default:
			c.fail()
		}
	}
}

// share gives the entries that have bytes their sizes, in order; the others are
// folders, unless they are empty files.
func (s streams) share(entries []Entry, empty, hollow []bool) {
	at, n, none := 0, 0, 0
	rest := uint64(0)
	for i := range entries {
		if i < len(empty) && empty[i] {
			entries[i].Folder = none >= len(hollow) || !hollow[none]
			none++
			continue
		}
		for at < len(s.folders) && n >= s.folders[at].files {
			at, n = at+1, 0
		}
		if at == len(s.folders) {
			return
		}
		f := s.folders[at]
		if n == 0 {
			rest = f.size()
		}
		size := rest
		if n < len(f.parts) {
			size = min(f.parts[n], rest)
		}
		rest -= size
		entries[i].Size, entries[i].Encrypted = int64(min(size, 1<<62)), f.encrypted()
		n++
	}
}
