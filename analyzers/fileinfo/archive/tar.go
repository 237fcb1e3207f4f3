package archive

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
)

// mostUnpacked bounds what is unpacked to find the headers of a tar, in bytes.
const mostUnpacked = 256 << 20

// TAR lists a tar file.
func TAR(ctx context.Context, f *sample.File) (*Archive, error) {
	return listTAR(ctx, f, f.Whole(), "TAR")
}

func listTAR(ctx context.Context, f *sample.File, from io.Reader, format string) (*Archive, error) {
	l := newList(f, format)
	defer l.weigh()
	in := tar.NewReader(from)
	for ctx.Err() == nil {
		header, err := in.Next()
		if err == io.EOF {
			return l.Archive, nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return l.Archive, err
		}
		if !l.add(Entry{Name: header.Name, Size: header.Size, Modified: at(header.ModTime), Folder: header.Typeflag == tar.TypeDir}) {
			return l.Archive, nil
		}
	}
	return l.Archive, ctx.Err()
}

// GZIP lists a tar within gzip (RFC 1952), or names the one file.
func GZIP(ctx context.Context, f *sample.File) (*Archive, error) {
	z, err := gzip.NewReader(f.Whole())
	if err != nil {
		return nil, err
	}
	limited := &io.LimitedReader{R: z, N: mostUnpacked}
	tar, failed := listTAR(ctx, f, limited, "TAR within GZIP")
	if tar.Total == 0 {
		name := z.Name
		if name == "" {
			name = strings.TrimSuffix(f.Name, ".gz")
		}
		l := newList(f, "GZIP")
		l.add(Entry{Name: name, Modified: at(z.ModTime)})
		return l.Archive, nil
	}
	if limited.N == 0 {
		return tar, fmt.Errorf("it unpacks to more than %d MB", mostUnpacked>>20)
	}
	return tar, failed
}
