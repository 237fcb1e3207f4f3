package fileinfo

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

// pretends notes a name that says something else than the content.
func (s *subject) pretends() {
	if how := filename.Disguise(s.Name); how != "" {
		s.find(cortex.Suspicious, "disguised name", "The file's name "+how+".", fmt.Sprintf("%+q", s.Name))
	}
	if filename.IsDocument(s.Name) && slices.ContainsFunc(programTypes, s.is) {
		s.find(cortex.Suspicious, "disguised program", "The file has the name of a document and is a program.", s.Name)
	}
}
