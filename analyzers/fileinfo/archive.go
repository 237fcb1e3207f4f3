package fileinfo

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nwaples/rardecode/v2"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
)

// archive is what an archive lists. Nothing in it is unpacked, but for the
// headers of a tar within gzip.
type archive struct {
	Format    string  `json:"format"`
	Entries   []entry `json:"entries"`
	Total     int     `json:"total"`
	Unpacked  int64   `json:"unpacked"` // bytes, as the archive says
	Encrypted bool    `json:"encrypted,omitempty"`
}

type entry struct {
	Name      string `json:"name"`
	Size      int64  `json:"size"` // unpacked
	Encrypted bool   `json:"encrypted,omitempty"`
	Modified  string `json:"modified,omitempty"`
	Folder    bool   `json:"folder,omitempty"`
}

const (
	// mostEntries is how many entries are looked at, be they shown or not.
	mostEntries = 20_000
	// mostUnpacked bounds what is unpacked to find the headers of a tar, in bytes.
	mostUnpacked = 256 << 20
	// From these on an archive counts as a bomb: so many times its size, and so
	// many bytes at least.
	bombRatio, bombSize = 200, 1 << 30
)

// add notes an entry and tells whether to go on.
func (s *subject) add(one entry) bool {
	a := s.Archive
	a.Total++
	if one.Size > 0 && a.Unpacked+one.Size > 0 { // a sum too large for a number stays as it was
		a.Unpacked += one.Size
	}
	a.Encrypted = a.Encrypted || one.Encrypted
	if how := filename.Disguise(one.Name); how != "" {
		s.find(cortex.Suspicious, "disguised name", "A name in the archive "+how+".", one.Name)
	}
	switch {
	case !filename.IsProgram(one.Name) || one.Folder || s.is("application/java-archive"):
	case one.Encrypted:
		s.find(cortex.Suspicious, "encrypted program inside", "The archive wants a password, and holds what a double click runs.", one.Name)
	default:
		s.find(cortex.Info, "program inside", "The archive holds what a double click runs.", one.Name)
	}
	if escapes(one.Name) {
		s.find(cortex.Suspicious, "path out of the archive", "A name in the archive leads out of the folder that it is unpacked to.", one.Name)
	}
	if len(a.Entries) < most {
		one.Name = clip(one.Name, mostWords)
		a.Entries = append(a.Entries, one)
	}
	if a.Total == mostEntries {
		s.note("Only the first %d entries of the archive were looked at.", mostEntries)
	}
	return a.Total < mostEntries
}

// escapes tells a name that leads out of the folder it is unpacked to.
func escapes(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	return strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../") || strings.Contains(name, "/../") || len(name) > 2 && name[1:3] == ":/"
}

// weigh judges the archive as a whole.
func (s *subject) weigh() {
	a := s.Archive
	if a.Encrypted {
		s.find(cortex.Info, "encrypted archive", "The archive wants a password: scanners on the way could not look into it.", "")
	}
	if a.Unpacked >= bombSize && a.Unpacked/max(1, s.size) >= bombRatio {
		s.find(cortex.Suspicious, "archive bomb", "The archive says that it unpacks to very much more than its size.", fmt.Sprintf("%d bytes, %d times", a.Unpacked, a.Unpacked/max(1, s.size)))
	}
}

// openZIP reads the directory of a ZIP file, if it is of a size that can be kept.
func (s *subject) openZIP() (*zip.Reader, error) {
	limited := &budget{s.file, mostHeader / 2}
	z, err := zip.NewReader(limited, s.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	limited.left = 1 << 40 // what is read of the entries has limits of its own
	return z, nil
}

// readZIP lists a ZIP file, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
// Office documents are ones, too, and shown as what they are.
func readZIP(_ context.Context, s *subject) error {
	if s.Office != nil {
		return nil
	}
	z, err := s.openZIP()
	if err != nil {
		return err
	}
	s.Archive = &archive{Format: "ZIP", Entries: []entry{}}
	for _, f := range z.File {
		one := entry{Name: f.Name, Size: int64(min(f.UncompressedSize64, 1<<62)), Encrypted: f.Flags&1 != 0, Folder: strings.HasSuffix(f.Name, "/")}
		if !f.Modified.IsZero() {
			one.Modified = f.Modified.UTC().Format(timeLayout)
		}
		if !s.add(one) {
			break
		}
	}
	s.weigh()
	return nil
}

// readTAR lists a tar file.
func readTAR(ctx context.Context, s *subject) error {
	return s.listTAR(ctx, s.whole(), "TAR")
}

func (s *subject) listTAR(ctx context.Context, from io.Reader, format string) error {
	s.Archive = &archive{Format: format, Entries: []entry{}}
	defer s.weigh()
	list := tar.NewReader(from)
	for ctx.Err() == nil {
		header, err := list.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		if !s.add(entry{Name: header.Name, Size: header.Size, Modified: header.ModTime.UTC().Format(timeLayout), Folder: header.Typeflag == tar.TypeDir}) {
			return nil
		}
	}
	return ctx.Err()
}

// readGZIP lists a tar within gzip (RFC 1952), or names the one file.
func readGZIP(ctx context.Context, s *subject) error {
	z, err := gzip.NewReader(s.whole())
	if err != nil {
		return err
	}
	limited := &io.LimitedReader{R: z, N: mostUnpacked}
	failed := s.listTAR(ctx, limited, "TAR within GZIP")
	if s.Archive.Total == 0 {
		name := z.Name
		if name == "" {
			name = strings.TrimSuffix(s.Name, ".gz")
		}
		s.Archive = &archive{Format: "GZIP", Entries: []entry{}}
		s.add(entry{Name: name, Modified: s.zipTime(z)})
		return nil
	}
	if limited.N == 0 {
		return fmt.Errorf("it unpacks to more than %d MB", mostUnpacked>>20)
	}
	return failed
}

func (s *subject) zipTime(z *gzip.Reader) string {
	if z.ModTime.IsZero() {
		return ""
	}
	return z.ModTime.UTC().Format(timeLayout)
}

// readRAR lists a RAR file. What is in it is passed over unread, but in a solid
// archive, which has to be unpacked for that: there the first entries must do.
func readRAR(ctx context.Context, s *subject) error {
	s.Archive = &archive{Format: "RAR", Entries: []entry{}}
	defer s.weigh()
	list, err := rardecode.NewReader(s.whole(), rardecode.MaxDictionarySize(16<<20), rardecode.SkipCheck)
	for err == nil && ctx.Err() == nil {
		var header *rardecode.FileHeader
		if header, err = list.Next(); err != nil {
			break
		}
		one := entry{Name: header.Name, Size: header.UnPackedSize, Encrypted: header.Encrypted || header.HeaderEncrypted, Folder: header.IsDir}
		if !header.ModificationTime.IsZero() {
			one.Modified = header.ModificationTime.UTC().Format(timeLayout)
		}
		if !s.add(one) {
			return nil
		}
	}
	if errors.Is(err, rardecode.ErrArchiveEncrypted) || errors.Is(err, rardecode.ErrArchivedFileEncrypted) {
		s.Archive.Encrypted = true
		return nil
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return errors.Join(err, ctx.Err())
}
