package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ulikunitz/xz/lzma"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

// mostList bounds the list of a 7z file, packed or not, in bytes.
const mostList = 4 << 20

// errDamaged is that a list contradicts itself.
var errDamaged = errors.New("its list is damaged")

// errSealed is that a list wants a password.
var errSealed = errors.New("its list is encrypted")

// errUnread is that a list is packed in none of the ways that programs use for it.
var errUnread = errors.New("its list is packed in a way that is not read")

// SevenZip lists a 7z file. Its list is unpacked, by LZMA mostly, and
// nothing else. Written by hand, as libraries believe the counts that a list
// begins with and make room for billions of entries.
//
// Format: https://py7zr.readthedocs.io/en/latest/archive_format.html.
func SevenZip(ctx context.Context, f *sample.File) (*Archive, error) {
	l := newList(f, "7z")
	list, err := readSevenZip(f)
	if errors.Is(err, errSealed) {
		l.Encrypted, err = true, nil
	}
	for _, one := range list {
		if ctx.Err() != nil || !l.add(one) {
			break
		}
	}
	l.weigh()
	return l.Archive, errors.Join(err, ctx.Err())
}

// readSevenZip finds the list, unpacks it if it is packed, and reads it.
func readSevenZip(f *sample.File) ([]Entry, error) {
	const start = 32
	var head [start]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	offset, size := binary.LittleEndian.Uint64(head[12:]), binary.LittleEndian.Uint64(head[20:])
	if size == 0 {
		return nil, nil // an archive of nothing
	}
	list, err := part(f, start, offset, size)
	for range 4 { // a packed list may be packed again
		if err != nil {
			return nil, err
		}
		c := &cursor{data: list}
		switch c.byte() {
		case idHeader:
			return c.header()
		case idEncodedHeader:
			list, err = unpackList(f, start, c.streams())
		default:
			return nil, errDamaged
		}
	}
	return nil, errDamaged
}

// part reads so many bytes of the file.
func part(f *sample.File, start int64, offset, size uint64) ([]byte, error) {
	if size > mostList {
		return nil, fmt.Errorf("its list has more than %d MB", mostList>>20)
	}
	if offset > uint64(f.Size) {
		return nil, io.ErrUnexpectedEOF
	}
	data := make([]byte, size)
	if _, err := f.ReadAt(data, start+int64(offset)); err == io.EOF {
		return nil, io.ErrUnexpectedEOF
	} else if err != nil {
		return nil, err
	}
	return data, nil
}

// unpackList unpacks a list that says of itself how it is packed.
func unpackList(f *sample.File, start int64, s streams) ([]byte, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case len(s.folders) != 1 || len(s.packed) == 0:
		return nil, errDamaged
	case s.folders[0].encrypted():
		return nil, errSealed
	case len(s.folders[0].coders) != 1:
		return nil, errUnread
	}
	packed, err := part(f, start, s.at, s.packed[0])
	if err != nil {
		return nil, err
	}
	size, how := s.folders[0].size(), s.folders[0].coders[0]
	if size > mostList {
		return nil, fmt.Errorf("its list unpacks to more than %d MB", mostList>>20)
	}
	var in io.Reader
	switch {
	case bytes.Equal(how.id, coderCopy):
		return packed, nil
	case bytes.Equal(how.id, coderLZMA) && len(how.properties) == 5:
		in, err = ofLZMA(how.properties, size, packed)
	case bytes.Equal(how.id, coderLZMA2):
		in, err = lzma.Reader2Config{DictCap: mostList}.NewReader2(bytes.NewReader(packed))
	default:
		return nil, errUnread
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(in, int64(size)))
}

// ofLZMA unpacks bytes of so many. A dictionary larger than a list is of no use.
func ofLZMA(properties []byte, size uint64, packed []byte) (io.Reader, error) {
	// The properties are the first five bytes of the header of an .lzma file, the
	// size is the rest.
	head := slices.Clone(properties)
	binary.LittleEndian.PutUint32(head[1:], min(binary.LittleEndian.Uint32(head[1:]), mostList))
	head = binary.LittleEndian.AppendUint64(head, size)
	return lzma.NewReader(io.MultiReader(bytes.NewReader(head), bytes.NewReader(packed)))
}
