package lists

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Limits, in bytes. The project's archive has some 40 MB, its largest list 30.
const (
	MaxArchive = 256 << 20 // of an archive, packed; also what Options.Getter and Options.MISP should let through
	maxList    = 128 << 20 // of one list
	maxAll     = 1 << 30   // of all lists of a place
)

// listFile is the name that each list's file has, in a folder of its own.
const listFile = "list.json"

// archive takes the lists of a ZIP, a packed tar, or a single list.json: which,
// its first bytes tell.
func (g *gathering) archive(ctx context.Context, data []byte) error {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return fmt.Errorf("reading the ZIP: %w", err)
		}
		return g.tree(ctx, z)
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		return g.tar(ctx, data)
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")):
		g.file("this file", data)
		return nil
	}
	return errors.New("neither a ZIP nor a .tar.gz nor a list.json: give the address or path of an archive of lists")
}

// folder takes the lists below a folder.
func (g *gathering) folder(ctx context.Context, name string) error {
	return g.tree(ctx, os.DirFS(name))
}

// tree takes each list.json of a file tree. Links are not followed.
func (g *gathering) tree(ctx context.Context, tree fs.FS) error {
	left := int64(maxAll)
	return fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		if !e.Type().IsRegular() || path.Base(name) != listFile {
			return nil
		}
		f, err := tree.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		return g.take(name, f, &left)
	})
}

// tar takes each list.json of a packed tar.
func (g *gathering) tar(ctx context.Context, data []byte) error {
	unpacked, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("reading the archive: %w", err)
	}
	left, files := int64(maxAll), tar.NewReader(io.LimitReader(unpacked, 2*maxAll))
	for ctx.Err() == nil {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the archive: %w", err)
		}
		if header.Typeflag != tar.TypeReg || path.Base(header.Name) != listFile {
			continue
		}
		if err := g.take(header.Name, files, &left); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// take reads a list of which so many bytes may still be read.
func (g *gathering) take(name string, from io.Reader, left *int64) error {
	most := min(*left, maxList)
	data, err := io.ReadAll(io.LimitReader(from, most+1))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(data)) > most {
		return tooLarge(name, most)
	}
	*left -= int64(len(data))
	g.file(name, data)
	return nil
}

func tooLarge(name string, most int64) error {
	return fmt.Errorf("%s: more than %d MB, which no collection of lists has", name, most>>20)
}
