package sample

import (
	"fmt"
	"slices"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/filename"
)

// programTypes are the types of programs, whatever they are called.
var programTypes = []string{
	"application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary", "application/x-ms-shortcut",
	"application/x-ms-installer", "application/java-archive", "application/vnd.android.package-archive",
}

// judgeName notes a name that says something else than the content.
func (f *File) judgeName() {
	if how := filename.Disguise(f.Name); how != "" {
		f.Find(cortex.Suspicious, "disguised name", "The file's name "+how+".", fmt.Sprintf("%+q", f.Name))
	}
	if filename.IsDocument(f.Name) && slices.ContainsFunc(programTypes, f.Is) {
		f.Find(cortex.Suspicious, "disguised program", "The file has the name of a document and is a program.", f.Name)
	}
}
