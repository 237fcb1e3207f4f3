package knownbenign

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/dchest/siphash"
)

// A compiled file is, all numbers little endian:
//
//	bytes 0-7    magic
//	      8-11   format, so that a later one is told from damage
//	      12-15  CRC-32C of the head
//	      16-23  length of the file
//	      24-27  length of the head
//	      28-31  CRC-32C of the body
//	      32-    head: sections, each its length (8 bytes), its content and
//	             zeros up to a multiple of 8
//	             body: the contents of further sections, with such zeros
//
// The head is what opening reads: meta data (JSON); the sets of lists, as
// offsets (u32) into members (u16, numbers of lists); the lengths (u64) of the
// body's sections. The body is large, so that its checksum is for Verify:
// whoever compiles or installs a file has it checked once, and lookups stay inside
// of the file whatever is in it.
//
// The body's sections are the fan (u32) and the records (key of 6 bytes, set of
// 3) of what is found by hash; the fan (u32), starts (u32) and sets (u32) of IPv4
// spans; starts (u64 twice, high and low) and sets (u32) of IPv6 spans; then, for each list
// that matches by substring, its entries with line feeds between.
//
// What is found by hash is found by SipHash-2-4 of the entry, with a key (the salt) that is random for each file. The fan tells by the
// first bits where to look, a record has the next 48. So a file is small and its
// lookups are fast; one lookup in 10^12 finds what is not there, and nobody who
// does not have the file can make a name that does.
// https://www.aumasson.jp/siphash/siphash.pdf
const (
	magic      = "waggleKB"
	format     = 2
	headerSize = 32
	saltSize   = 16
	maxMeta    = 16 << 20 // bytes
	maxFile    = 1 << 30

	maxSpanBits = 20
)

// ErrDamaged is the error of a file that is not a compiled one, or no longer.
var ErrDamaged = errors.New("no file of compiled lists, or a damaged one")

// ErrFormat is the error of a file that another version of Waggle compiled.
var ErrFormat = errors.New("compiled by another version of Waggle")

// meta is what a file says of itself.
type meta struct {
	Built    time.Time
	From     string
	Salt     []byte
	FanBits  int
	SpanBits int
	Lists    []listMeta
}

type listMeta struct {
	List
	Patterns []string `json:",omitempty"` // of RE2
}

// json writes the meta data.
func (m *meta) json() ([]byte, error) {
	content, err := json.Marshal(m)
	if err == nil && len(content) > maxMeta {
		err = fmt.Errorf("the lists' names and patterns take %d bytes; %d are allowed", len(content), maxMeta)
	}
	return content, err
}

func (m *meta) lists() []List {
	out := make([]List, len(m.Lists))
	for i, l := range m.Lists {
		out[i] = l.List
	}
	return out
}

// key is what an entry, or a part of a value, is found by.
func (m *meta) key(text string) uint64 {
	room := make([]byte, 0, maxHost+1)
	half := binary.LittleEndian.Uint64
	return siphash.Hash(half(m.Salt), half(m.Salt[8:]), append(room, text...))
}

// split parts a key into what the fan tells and what a record has.
func (m *meta) split(key uint64) (beginning int, rest uint64) {
	return int(key >> (64 - m.FanBits)), key << m.FanBits >> 16
}

// checksum is CRC-32C, which processors compute by themselves.
func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

// sections are put one after another, each padded to a multiple of 8.
type sections struct {
	data    []byte
	lengths []uint64
}

func (w *sections) add(content []byte) {
	w.lengths = append(w.lengths, uint64(len(content)))
	w.data = append(w.data, content...)
	for len(w.data)%8 != 0 {
		w.data = append(w.data, 0)
	}
}

// file puts the header, the head and the body together. About is the meta data.
func (w *sections) file(about []byte, offsets []uint32, members []uint16) []byte {
	var head []byte
	for _, content := range [][]byte{
		about,
		written(offsets, binary.LittleEndian.AppendUint32),
		written(members, binary.LittleEndian.AppendUint16),
		written(w.lengths, binary.LittleEndian.AppendUint64),
	} {
		one := sections{data: binary.LittleEndian.AppendUint64(head, uint64(len(content)))}
		one.add(content)
		head = one.data
	}
	return whole(head, w.data)
}

// whole puts the header before head and body.
func whole(head, body []byte) []byte {
	out := make([]byte, 0, headerSize+len(head)+len(body))
	out = append(out, magic...)
	out = binary.LittleEndian.AppendUint32(out, format)
	out = binary.LittleEndian.AppendUint32(out, checksum(head))
	out = binary.LittleEndian.AppendUint64(out, uint64(headerSize+len(head)+len(body)))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(head)))
	out = binary.LittleEndian.AppendUint32(out, checksum(body))
	return append(append(out, head...), body...)
}

// written gives numbers as a section has them.
func written[N any](numbers []N, write func([]byte, N) []byte) []byte {
	var content []byte
	for _, n := range numbers {
		content = write(content, n)
	}
	return content
}

func writeRecord(b []byte, r record) []byte {
	b = binary.LittleEndian.AppendUint64(b, r.key|uint64(r.set)<<48)
	return append(b, byte(r.set>>16))
}

func writeLow(b []byte, n number) []byte {
	return binary.LittleEndian.AppendUint32(b, uint32(n.lo))
}

func writeNumber(b []byte, n number) []byte {
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, n.hi), n.lo)
}

// parts checks the header and the head, and gives head and body.
func parts(data []byte) (head, body []byte, err error) {
	if len(data) < headerSize || string(data[:len(magic)]) != magic {
		return nil, nil, ErrDamaged
	}
	if f := binary.LittleEndian.Uint32(data[8:]); f != format {
		return nil, nil, fmt.Errorf("%w: format %d, this one reads %d", ErrFormat, f, format)
	}
	if size := binary.LittleEndian.Uint64(data[16:]); size != uint64(len(data)) {
		return nil, nil, fmt.Errorf("%w: %d bytes of %d are there", ErrDamaged, len(data), size)
	}
	size := uint64(binary.LittleEndian.Uint32(data[24:]))
	if size > uint64(len(data)-headerSize) {
		return nil, nil, fmt.Errorf("%w: its head is longer than the file", ErrDamaged)
	}
	head, body = data[headerSize:headerSize+size], data[headerSize+size:]
	if checksum(head) != binary.LittleEndian.Uint32(data[12:]) {
		return nil, nil, fmt.Errorf("%w: the checksum of its head is another", ErrDamaged)
	}
	return head, body, nil
}

// reader takes sections apart. After the first that is not there it gives
// empty ones, and broken says so.
type reader struct {
	data   []byte
	broken bool
}

// section gives the next one of the head.
func (r *reader) section(width int) []byte {
	if len(r.data) < 8 {
		r.broken = true
		return nil
	}
	size := binary.LittleEndian.Uint64(r.data)
	r.data = r.data[8:]
	return r.next(size, width)
}

// next gives what follows, of that size, which must be a multiple of width.
func (r *reader) next(size uint64, width int) []byte {
	if r.broken || size > uint64(len(r.data)) || size%uint64(width) != 0 {
		r.broken = true
		return nil
	}
	content := r.data[:size:size]
	r.data = r.data[min(uint64(len(r.data)), (size+7)&^7):]
	return content
}

// record says that entries with a key are on a set of lists.
type record struct {
	key uint64 // the 48 bits after those that the fan tells
	set uint32 // less than maxSets
}

const (
	recordSize = 9
	maxSets    = 1 << 24
)

// Sections of numbers, which stay in the file.
type (
	u16s    []byte
	u32s    []byte
	u64s    []byte
	records []byte
)

func (s records) len() int { return len(s) / recordSize }
func (s records) at(i int) record {
	b := s[recordSize*i:]
	n := binary.LittleEndian.Uint64(b)
	return record{n & (1<<48 - 1), uint32(n>>48) | uint32(b[8])<<16}
}

func (s u16s) len() int        { return len(s) / 2 }
func (s u16s) at(i int) uint16 { return binary.LittleEndian.Uint16(s[2*i:]) }
func (s u32s) len() int        { return len(s) / 4 }
func (s u32s) at(i int) uint32 { return binary.LittleEndian.Uint32(s[4*i:]) }
func (s u64s) len() int        { return len(s) / 8 }
func (s u64s) at(i int) uint64 { return binary.LittleEndian.Uint64(s[8*i:]) }
