package archive

import (
	"archive/zip"
	"context"
	"errors"
	"strings"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

// mostZIP bounds what is read of a ZIP file's directory, in bytes.
const mostZIP = 4 << 20

// OpenZIP reads the directory of a ZIP file, if it is of a size that can be kept.
func OpenZIP(f *sample.File) (*zip.Reader, error) {
	limited := f.Headers()
	limited.Left = mostZIP
	z, err := zip.NewReader(limited, f.Size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	limited.Left = 1 << 40 // what is read of the entries has limits of its own
	return z, nil
}

// ZIP lists a ZIP file, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
func ZIP(_ context.Context, f *sample.File) (*Archive, error) {
	z, err := OpenZIP(f)
	if err != nil {
		return nil, err
	}
	l := newList(f, "ZIP")
	for _, one := range z.File {
		folder := strings.HasSuffix(one.Name, "/")
		if !l.add(Entry{Name: one.Name, Size: int64(min(one.UncompressedSize64, 1<<62)), Encrypted: one.Flags&1 != 0, Modified: at(one.Modified), Folder: folder}) {
			break
		}
	}
	l.weigh()
	return l.Archive, nil
}
