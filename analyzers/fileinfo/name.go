package fileinfo

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/waggle-cti/waggle/shared/cortex"
)

// programNames are the endings of what a double click runs.
// https://support.microsoft.com/office/blocked-attachments-in-outlook-434752e1-02d3-4e90-9124-8b81e49a8519
var programNames = []string{
	"apk", "app", "appimage", "appinstaller", "application", "appx", "bat", "chm", "cmd", "com", "command", "cpl", "dll", "dmg", "elf", "exe", "hta", "img", "inf", "iso",
	"jar", "js", "jse", "jnlp", "lnk", "msc", "msi", "msix", "msp", "one", "pif", "pkg", "ps1", "psm1", "py", "rdp", "reg", "scf", "scr", "sct", "settingcontent-ms",
	"sh", "sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "wsf", "wsh", "xll", "xlam",
}

// documentNames are the endings of what people open without a thought.
var documentNames = []string{
	"bmp", "csv", "doc", "docx", "eml", "gif", "htm", "html", "jpeg", "jpg", "mp3", "mp4", "odt", "pdf", "png", "ppt", "pptx", "rtf", "txt", "xls", "xlsx", "xml",
}

// programTypes are the types of programs, whatever they are called.
var programTypes = []string{
	"application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary", "application/x-ms-shortcut",
	"application/x-ms-installer", "application/java-archive", "application/vnd.android.package-archive",
}

// ending gives what stands behind a name's last dot, in lower case.
func ending(name string) string {
	return strings.TrimPrefix(strings.ToLower(path.Ext(strings.TrimRight(name, ". "))), ".")
}

// isProgram tells a name that a double click runs.
func isProgram(name string) bool { return slices.Contains(programNames, ending(name)) }

// disguise says how a name hides that it is a program's; "" if it does not.
func disguise(name string) string {
	if strings.ContainsAny(name, "\u202e\u202d\u2066\u2067\u2068") {
		return "is written in part from right to left, which hides its ending"
	}
	last := strings.TrimSpace(strings.TrimSuffix(strings.ToLower(strings.TrimRight(name, ". ")), "."+ending(name)))
	if isProgram(name) && slices.Contains(documentNames, ending(last)) {
		return "ends like a document before it ends like a program"
	}
	return ""
}

// pretends notes a name that says something else than the content.
func (s *subject) pretends() {
	if how := disguise(s.Name); how != "" {
		s.find(cortex.Suspicious, "disguised name", "The file's name "+how+".", fmt.Sprintf("%+q", s.Name))
	}
	if slices.Contains(documentNames, ending(s.Name)) && slices.ContainsFunc(programTypes, s.is) {
		s.find(cortex.Suspicious, "disguised program", "The file has the name of a document and is a program.", s.Name)
	}
}
