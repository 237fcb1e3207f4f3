package archive

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"slices"
	"time"
	"unicode/utf16"
)

// The kinds of descriptors that are read (ECMA-167, 3/7.2.1 and 4/7.2.1).
const (
	udfAnchor     = 2
	udfPartition  = 5
	udfVolume     = 6
	udfEnd        = 8
	udfFileSet    = 256
	udfIdentifier = 257
	udfFile       = 261
	udfLongFile   = 266
)

// udf is a file system by ECMA-167, which UDF is made of.
// https://ecma-international.org/publications-and-standards/standards/ecma-167/
type udf struct {
	io.ReaderAt
	start int64 // of the partition, in bytes
}

// listUDF walks the folders of UDF, breadth first. An image without UDF has none.
func (l *list) listUDF(ctx context.Context, file io.ReaderAt) error {
	u := &udf{ReaderAt: file}
	root, err := u.root()
	if err != nil || root == 0 {
		return err
	}
	type folder struct {
		path  string
		block uint32
	}
	seen := []uint32{root}
	for folders := []folder{{"", root}}; len(folders) > 0 && ctx.Err() == nil; folders = folders[1:] {
		data, err := u.content(folders[0].block)
		if err != nil {
			return err
		}
		for _, one := range udfNames(data) {
			one.Name = path.Join(folders[0].path, one.Name)
			if file, err := u.descriptor(u.start+int64(one.block)*sector, udfFile, udfLongFile); err == nil && !one.Folder {
				one.Size, one.Modified = int64(min(binary.LittleEndian.Uint64(file[56:]), 1<<62)), udfTime(file)
			}
			if !l.add(one.Entry) {
				return nil
			}
			if one.Folder && !slices.Contains(seen, one.block) {
				seen = append(seen, one.block)
				folders = append(folders, folder{one.Name, one.block})
			}
		}
	}
	return ctx.Err()
}

// errNoDescriptor is that a sector holds none of the kind that is looked for.
var errNoDescriptor = errors.New("its UDF file system is damaged, or of a kind that is not read")

// descriptor reads a descriptor of one of these kinds. Its first bytes have a
// checksum (ECMA-167, 3/7.2).
func (u *udf) descriptor(at int64, kinds ...uint16) ([]byte, error) {
	data, err := read(u, extent{at: at, size: sector})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(kinds, udfKind(data)) {
		return nil, errNoDescriptor
	}
	return data, nil
}

// udfKind is a descriptor's; 0 is none at all.
func udfKind(data []byte) uint16 {
	sum := byte(0)
	for i, b := range data[:16] {
		if i != 4 {
			sum += b
		}
	}
	if sum != data[4] {
		return 0
	}
	return binary.LittleEndian.Uint16(data)
}

// root finds the partition, and the block in it of the folder that the others are
// in: 0 is no UDF.
func (u *udf) root() (uint32, error) {
	anchor, err := u.descriptor(256*sector, udfAnchor)
	if err != nil {
		return 0, nil
	}
	first := int64(binary.LittleEndian.Uint32(anchor[20:]))
	set := int64(-1)
	for i := range int64(mostDescriptors) {
		one, err := u.descriptor((first+i)*sector, 1, 4, udfPartition, udfVolume, 7, udfEnd)
		if err != nil || udfKind(one) == udfEnd {
			break
		}
		switch udfKind(one) {
		case udfPartition:
			u.start = int64(binary.LittleEndian.Uint32(one[188:])) * sector
		case udfVolume:
			set = int64(binary.LittleEndian.Uint32(one[252:]))
		}
	}
	if u.start == 0 || set < 0 {
		return 0, errNoDescriptor
	}
	files, err := u.descriptor(u.start+set*sector, udfFileSet)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint32(files[404:]), nil
}

// content reads what a folder holds: within its descriptor, or in the blocks that
// it names (ECMA-167, 4/14.9 and 14.17).
func (u *udf) content(block uint32) ([]byte, error) {
	file, err := u.descriptor(u.start+int64(block)*sector, udfFile, udfLongFile)
	if err != nil {
		return nil, err
	}
	head := int64(176)
	if udfKind(file) == udfLongFile {
		head = 216
	}
	from := head + int64(binary.LittleEndian.Uint32(file[head-8:]))
	size := int64(binary.LittleEndian.Uint32(file[head-4:]))
	if from+size > int64(len(file)) {
		return nil, errNoDescriptor
	}
	allocation := file[from : from+size]
	how := file[34] & 7
	if how == 3 {
		return allocation, nil
	}
	step := map[byte]int{0: 8, 1: 16}[how]
	if step == 0 {
		return nil, errNoDescriptor
	}
	var out []byte
	for ; len(allocation) >= step && len(out) < mostFolder; allocation = allocation[step:] {
		length := int64(binary.LittleEndian.Uint32(allocation) & 0x3FFFFFFF) // the highest bits are its kind
		data, err := read(u, extent{at: u.start + int64(binary.LittleEndian.Uint32(allocation[4:]))*sector, size: length})
		out = append(out, data...)
		if err != nil || length == 0 {
			return out, err
		}
	}
	return out, nil
}

// udfEntry is one of a folder, and where its descriptor is.
type udfEntry struct {
	Entry
	block uint32
}

// udfNames reads the entries of a folder, but the one above and those that were
// deleted (ECMA-167, 4/14.4).
func udfNames(data []byte) []udfEntry {
	var out []udfEntry
	for len(data) >= 38 && udfKind(data) == udfIdentifier {
		const hidden, folder, deleted, above = 1, 2, 4, 8
		flags, length, extra := data[18], int(data[19]), int(binary.LittleEndian.Uint16(data[36:]))
		if 38+extra+length > len(data) {
			break
		}
		name := udfText(data[38+extra : 38+extra+length])
		if flags&(deleted|above) == 0 {
			out = append(out, udfEntry{Entry{Name: name, Folder: flags&folder != 0, Hidden: flags&hidden != 0}, binary.LittleEndian.Uint32(data[24:])})
		}
		data = data[min(len(data), (38+extra+length+3)/4*4):]
	}
	return out
}

// udfText reads a name: of bytes that are Unicode's first 256 signs, or of UTF-16
// (UDF 2.60, 2.1.1).
func udfText(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	wide := raw[0] == 16
	var units []uint16
	for raw = raw[1:]; len(raw) > 0; {
		if !wide {
			units, raw = append(units, uint16(raw[0])), raw[1:]
			continue
		}
		if len(raw) < 2 {
			break
		}
		units, raw = append(units, binary.BigEndian.Uint16(raw)), raw[2:]
	}
	return string(utf16.Decode(units))
}

// udfTime reads when a file was changed (ECMA-167, 1/7.3): minutes from UTC in
// twelve bits, year, month, day, hour, minute, second.
func udfTime(file []byte) string {
	t := file[84:96]
	if udfKind(file) == udfLongFile {
		t = file[92:104]
	}
	minutes := int(int16(binary.LittleEndian.Uint16(t)<<4) >> 4)
	if minutes < -1440 || minutes > 1440 { // not told
		minutes = 0
	}
	year := int(int16(binary.LittleEndian.Uint16(t[2:])))
	if year <= 0 {
		return ""
	}
	return at(time.Date(year, time.Month(t[4]), int(t[5]), int(t[6]), int(t[7]), int(t[8]), 0, time.FixedZone("", minutes*60)))
}
