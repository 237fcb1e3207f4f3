package archive

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/gabriel-vasile/mimetype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/bounded"
)

func inMemory(data []byte) *sample.File {
	media := mimetype.Detect(data)
	return &sample.File{ReaderAt: bytes.NewReader(data), Size: int64(len(data)), Media: media, Type: media.String()}
}

// unzipped reads a file of testdata, which are mostly zeros and therefore packed.
func unzipped(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name+".gz"))
	require.NoError(t, err)
	defer file.Close()
	in, err := gzip.NewReader(file)
	require.NoError(t, err)
	data, err := io.ReadAll(in)
	require.NoError(t, err)
	return data
}

// The files were made by py7zr and pycdlib of Python; how 7-Zip packs a list, and
// Joliet, have cases of the analyzer.
func TestWhatIsListed(t *testing.T) {
	long := []string{"Documents/", "Documents/update.dll 402", "Invoice 2026-11.pdf.lnk 104", "Read me first.txt 25"}
	for name, want := range map[string][]string{
		"tree.7z":       {"d/", "d/b.js 1", "d/sub/", "d/sub/a.txt 5"},
		"plain.iso":     {"DOCS/", "DOCS/UPDATE.DLL 402", "INVOICE.LNK 104", "README.TXT 25"},
		"rockridge.iso": long,
		"udf.iso":       long,
	} {
		t.Run(name, func(t *testing.T) {
			list := Disk
			if filepath.Ext(name) == ".7z" {
				list = SevenZip
			}
			a, err := list(t.Context(), inMemory(unzipped(t, name)))
			require.NoError(t, err)
			var got []string
			for _, e := range a.Entries {
				line := e.Name + "/"
				if !e.Folder {
					line = e.Name + " " + strconv.FormatInt(e.Size, 10)
					assert.Equal(t, "2026-11-20 09:30:00", e.Modified)
				}
				got = append(got, line)
			}
			slices.Sort(got)
			assert.Equal(t, want, got)
		})
	}
}

// sevenZip makes a file of a list that is not packed.
func sevenZip(list []byte) []byte {
	out := append([]byte("7z\xBC\xAF\x27\x1C\x00\x04"), make([]byte, 24)...)
	binary.LittleEndian.PutUint64(out[20:], uint64(len(list)))
	return append(out, list...)
}

func TestHostileSevenZip(t *testing.T) {
	many := append([]byte{idHeader, idFiles, 0xC0, 0x20, 0x4E}, make([]byte, 30_000)...) // 20,000
	large := sevenZip(nil)
	binary.LittleEndian.PutUint64(large[20:], mostList+1)
	for name, c := range map[string]struct {
		data  []byte
		wrong error
		says  string
	}{
		"more files than bytes":   {data: sevenZip([]byte{idHeader, idFiles, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}), wrong: errDamaged},
		"files without names":     {data: sevenZip(append(many, idNames)), wrong: nil},
		"more folders than bytes": {data: sevenZip([]byte{idHeader, idMainStreams, idUnpackInfo, idFolder, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF}), wrong: errDamaged},
		"too many folders":        {data: sevenZip(append([]byte{idHeader, idMainStreams, idUnpackInfo, idFolder, 0xC0, 0x21, 0x4E}, make([]byte, 30_000)...)), wrong: bounded.ErrTooMuch},
		"a list behind the end":   {data: sevenZip([]byte{idHeader})[:32], wrong: io.ErrUnexpectedEOF},
		"a large list":            {data: large, says: "its list has more than 4 MB"},
		"a sign that is none":     {data: sevenZip([]byte{0x42}), wrong: errDamaged},
		"a list packed in itself": {data: sevenZip(packedAgain()), wrong: errDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := SevenZip(t.Context(), inMemory(c.data))
			require.NotNil(t, a)
			switch {
			case c.says != "":
				assert.EqualError(t, err, c.says)
			case c.wrong != nil:
				assert.ErrorIs(t, err, c.wrong)
			default:
				assert.NoError(t, err)
			}
		})
	}
}

// packedAgain is a list that says that it is packed by copying, and that it is
// itself what was packed.
func packedAgain() []byte {
	list := []byte{idEncodedHeader, idPackInfo, 0, 1, idSize, 0, idEnd, idUnpackInfo, idFolder, 1, 0, 1, 1, 0, idCodersSize, 0, idEnd, idEnd}
	list[5], list[15] = byte(len(list)), byte(len(list))
	return list
}

// A folder that is the one above it.
func TestFoldersInACircle(t *testing.T) {
	data := unzipped(t, "plain.iso")
	root := data[16*sector+156:]
	folder := int(binary.LittleEndian.Uint32(root[2:])) * sector
	record := folder + bytes.Index(data[folder:], []byte("DOCS")) - 33
	copy(data[record+2:record+6], root[2:6])
	a, err := Disk(t.Context(), inMemory(data))
	require.NoError(t, err)
	assert.Equal(t, 3, a.Total)
}

// FuzzLists lists any bytes as each of the kinds that are read by hand.
func FuzzLists(f *testing.F) {
	for _, name := range []string{"tree.7z", "plain.iso", "rockridge.iso"} {
		f.Add(unzipped(f, name))
	}
	f.Add(sevenZip(packedAgain()))
	f.Add(unzipped(f, "udf.iso"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := inMemory(data)
		for _, list := range []func() (*Archive, error){
			func() (*Archive, error) { return SevenZip(t.Context(), file) },
			func() (*Archive, error) { return Disk(t.Context(), file) },
		} {
			a, err := list()
			require.NotNil(t, a, err)
			assert.LessOrEqual(t, len(a.Entries), sample.Most)
			assert.LessOrEqual(t, a.Total, mostEntries)
			assert.GreaterOrEqual(t, a.Unpacked, int64(0))
		}
	})
}
