package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

const (
	sector = 2048
	// mostFolder is how much of one folder of a disk image is read, in bytes.
	mostFolder = 1 << 20
	// firstDescriptor is the sector in which the descriptors of an image begin, and
	// mostDescriptors how many are looked at.
	firstDescriptor, mostDescriptors = 16, 64
)

// Disk lists the image of an optical disk: its UDF file system if it has one,
// as Windows does, else ISO 9660, with the names of Joliet or Rock Ridge. An
// image is opened with a double click and what is in it bears no mark of having
// come from elsewhere.
func Disk(ctx context.Context, f *sample.File) (*Archive, error) {
	file := f.Headers()
	udf := newList(f, "UDF")
	failed := udf.listUDF(ctx, file)
	if udf.Total > 0 {
		udf.weigh()
		return udf.Archive, failed
	}
	iso := newList(f, "ISO 9660")
	if err := iso.listISO(ctx, file); err != nil {
		failed = errors.Join(err, failed)
	}
	iso.weigh()
	return iso.Archive, failed
}

// extent is where a folder or file lies in an image.
type extent struct {
	path string
	at   int64 // bytes from the start of the image
	size int64
}

// listISO walks the folders of ISO 9660, breadth first.
// https://ecma-international.org/publications-and-standards/standards/ecma-119/
func (l *list) listISO(ctx context.Context, file io.ReaderAt) error {
	root, joliet, err := isoRoot(file)
	if err != nil {
		return err
	}
	seen := []int64{root.at}
	for folders := []extent{root}; len(folders) > 0 && ctx.Err() == nil; folders = folders[1:] {
		data, err := read(file, folders[0])
		if err != nil {
			return err
		}
		for _, one := range isoRecords(data) {
			name := path.Join(folders[0].path, one.name(joliet))
			if !l.add(Entry{Name: name, Size: one.bytes(), Modified: one.modified(), Folder: one.isFolder(), Hidden: one.isHidden()}) {
				return nil
			}
			if at := one.at(); one.isFolder() && !slices.Contains(seen, at) {
				seen = append(seen, at)
				folders = append(folders, extent{name, at, one.length()})
			}
		}
	}
	return ctx.Err()
}

// read reads a folder.
func read(file io.ReaderAt, e extent) ([]byte, error) {
	data := make([]byte, max(0, min(e.size, mostFolder)))
	n, err := file.ReadAt(data, e.at)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return data[:n], err
}

// isoRoot finds the folder that the others are in: Joliet's if there is one.
func isoRoot(file io.ReaderAt) (root extent, joliet bool, err error) {
	for i := range int64(mostDescriptors) {
		data, err := read(file, extent{at: (firstDescriptor + i) * sector, size: sector})
		if err != nil || string(data[1:6]) != "CD001" {
			break
		}
		const rootRecord = 156
		record := isoRecord(data[rootRecord : rootRecord+34])
		escapes := data[88:91]
		switch isJoliet := slices.Contains([]string{"%/@", "%/C", "%/E"}, string(escapes)); {
		case data[0] == 1:
			root = extent{at: record.at(), size: record.length()}
		case data[0] == 2 && isJoliet:
			return extent{at: record.at(), size: record.length()}, true, nil
		}
		if data[0] == 255 {
			break
		}
	}
	if root.at == 0 {
		return root, false, errors.New("it names no folder")
	}
	return root, false, nil
}

// isoRecord is an entry of a folder (ECMA-119, 9.1).
type isoRecord []byte

// isoRecords cuts a folder into its entries, but itself and the one above. An
// entry lies in one sector.
func isoRecords(data []byte) []isoRecord {
	var out []isoRecord
	for at := 0; at < len(data); {
		size := int(data[at])
		if size == 0 {
			at = (at/sector + 1) * sector
			continue
		}
		if size < 34 || at+size > len(data) || 33+int(data[at+32]) > size {
			break
		}
		one := isoRecord(data[at : at+size])
		if name := one[33 : 33+one[32]]; len(name) != 1 || name[0] > 1 {
			out = append(out, one)
		}
		at += size
	}
	return out
}

func (r isoRecord) at() int64     { return int64(binary.LittleEndian.Uint32(r[2:])) * sector }
func (r isoRecord) length() int64 { return int64(binary.LittleEndian.Uint32(r[10:])) }

// bytes is the length of a file; a folder's is no news.
func (r isoRecord) bytes() int64 {
	if r.isFolder() {
		return 0
	}
	return r.length()
}

func (r isoRecord) isHidden() bool { return r[25]&1 != 0 }
func (r isoRecord) isFolder() bool { return r[25]&2 != 0 }

// modified reads years since 1900, month, day, hour, minute, second, and quarters
// of an hour from UTC.
func (r isoRecord) modified() string {
	if r[18] == 0 || r[19] == 0 {
		return ""
	}
	zone := time.FixedZone("", int(int8(r[24]))*15*60)
	return at(time.Date(1900+int(r[18]), time.Month(r[19]), int(r[20]), int(r[21]), int(r[22]), int(r[23]), 0, zone))
}

// name is the entry's, in UTF-16 for Joliet; the longer one of Rock Ridge comes
// first. A version (";1") is no part of it.
func (r isoRecord) name(joliet bool) string {
	raw := r[33 : 33+r[32]]
	name := string(raw)
	if joliet {
		var units []uint16
		for ; len(raw) >= 2; raw = raw[2:] {
			units = append(units, binary.BigEndian.Uint16(raw))
		}
		name = string(utf16.Decode(units))
	} else if long := r.rockRidge(); long != "" {
		return long
	}
	name, _, _ = strings.Cut(name, ";")
	return strings.TrimSuffix(name, ".")
}

// rockRidge gives the name in the entries NM behind the record's own name (IEEE
// P1282, 4.1.4).
func (r isoRecord) rockRidge() string {
	var name bytes.Buffer
	rest := r[min(len(r), 33+int(r[32])+(1-int(r[32])%2)):]
	for len(rest) >= 4 && int(rest[2]) >= 4 && int(rest[2]) <= len(rest) {
		if string(rest[:2]) == "NM" && rest[2] > 5 {
			name.Write(rest[5:rest[2]])
		}
		rest = rest[rest[2]:]
	}
	return name.String()
}
