// Package archive lists what archives and images of optical disks hold. Nothing
// in them is unpacked, but for the headers of a tar within gzip and the list of a
// 7z file.
package archive

import (
	"fmt"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
)

// Archive is what an archive lists.
type Archive struct {
	Format    string  `json:"format"`
	Entries   []Entry `json:"entries"` // the first of them
	Total     int     `json:"total"`
	Unpacked  int64   `json:"unpacked"` // bytes, as the archive says
	Encrypted bool    `json:"encrypted,omitempty"`
}

// Entry is a file or folder in it.
type Entry struct {
	Name      string `json:"name"`
	Size      int64  `json:"size"` // unpacked
	Encrypted bool   `json:"encrypted,omitempty"`
	Modified  string `json:"modified,omitempty"`
	Folder    bool   `json:"folder,omitempty"`
	Hidden    bool   `json:"hidden,omitempty"` // in a disk image
}

const (
	// mostEntries is how many entries are looked at, be they shown or not.
	mostEntries = 20_000
	// From these on an archive counts as a bomb: so many times its size, and so
	// many bytes at least.
	bombRatio, bombSize = 200, 1 << 30
)

// list is an archive that is being listed.
type list struct {
	*sample.File
	*Archive
}

func newList(f *sample.File, format string) *list {
	return &list{f, &Archive{Format: format, Entries: []Entry{}}}
}

// add notes an entry and tells whether to go on.
func (l *list) add(one Entry) bool {
	l.Total++
	if one.Size > 0 && l.Unpacked+one.Size > 0 { // a sum too large for a number stays as it was
		l.Unpacked += one.Size
	}
	l.Encrypted = l.Encrypted || one.Encrypted
	l.judge(one)
	if len(l.Entries) < sample.Most {
		one.Name = sample.Clip(one.Name, sample.MostWords)
		l.Entries = append(l.Entries, one)
	}
	if l.Total == mostEntries {
		l.Note("Only the first %d entries of the archive were looked at.", mostEntries)
	}
	return l.Total < mostEntries
}

// judge looks at an entry's name.
func (l *list) judge(one Entry) {
	if how := filename.Disguise(one.Name); how != "" {
		l.Find(cortex.Suspicious, "disguised name", "A name in the archive "+how+".", one.Name)
	}
	switch {
	case !filename.IsProgram(one.Name) || one.Folder || l.Is("application/java-archive"):
	case one.Hidden:
		l.Find(cortex.Suspicious, "hidden program inside", "The disk image holds what a double click runs, and hides it.", one.Name)
	case one.Encrypted:
		l.Find(cortex.Suspicious, "encrypted program inside", "The archive wants a password, and holds what a double click runs.", one.Name)
	default:
		l.Find(cortex.Info, "program inside", "The archive holds what a double click runs.", one.Name)
	}
	if escapes(one.Name) {
		l.Find(cortex.Suspicious, "path out of the archive", "A name in the archive leads out of the folder that it is unpacked to.", one.Name)
	}
}

// escapes tells a name that leads out of the folder it is unpacked to.
func escapes(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	return strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../") || strings.Contains(name, "/../") || len(name) > 2 && name[1:3] == ":/"
}

// weigh judges the archive as a whole.
func (l *list) weigh() {
	if l.Encrypted {
		l.Find(cortex.Info, "encrypted archive", "The archive wants a password: scanners on the way could not look into it.", "")
	}
	if times := l.Unpacked / max(1, l.File.Size); l.Unpacked >= bombSize && times >= bombRatio {
		l.Find(cortex.Suspicious, "archive bomb", "The archive says that it unpacks to very much more than its size.", fmt.Sprintf("%d bytes, %d times", l.Unpacked, times))
	}
}

// at writes a time; "" is one that the archive does not tell.
func at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(sample.TimeLayout)
}
