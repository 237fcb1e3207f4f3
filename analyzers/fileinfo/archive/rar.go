package archive

import (
	"context"
	"errors"
	"io"

	"github.com/nwaples/rardecode/v2"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

// RAR lists a RAR file. What is in it is passed over unread, but in a solid
// archive, which has to be unpacked for that: there the first entries must do.
func RAR(ctx context.Context, f *sample.File) (*Archive, error) {
	l := newList(f, "RAR")
	defer l.weigh()
	in, err := rardecode.NewReader(f.Whole(), rardecode.MaxDictionarySize(16<<20), rardecode.SkipCheck)
	for err == nil && ctx.Err() == nil {
		var header *rardecode.FileHeader
		if header, err = in.Next(); err != nil {
			break
		}
		one := Entry{Name: header.Name, Size: header.UnPackedSize, Encrypted: header.Encrypted || header.HeaderEncrypted, Modified: at(header.ModificationTime), Folder: header.IsDir}
		if !l.add(one) {
			return l.Archive, nil
		}
	}
	if errors.Is(err, rardecode.ErrArchiveEncrypted) || errors.Is(err, rardecode.ErrArchivedFileEncrypted) {
		l.Encrypted = true
		return l.Archive, nil
	}
	if errors.Is(err, io.EOF) {
		return l.Archive, nil
	}
	return l.Archive, errors.Join(err, ctx.Err())
}
