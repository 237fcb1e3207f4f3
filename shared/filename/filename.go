// Package filename tells what the name of a file, which a stranger chose, is made
// to look like.
package filename

import (
	"path"
	"slices"
	"strings"
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

// ending gives what stands behind a name's last dot, in lower case.
func ending(name string) string {
	return strings.TrimPrefix(strings.ToLower(path.Ext(strings.TrimRight(name, ". "))), ".")
}

// IsProgram tells a name that a double click runs.
func IsProgram(name string) bool { return slices.Contains(programNames, ending(name)) }

// IsDocument tells a name of what people open without a thought.
func IsDocument(name string) bool { return slices.Contains(documentNames, ending(name)) }

// Disguise says how a name hides that it is a program's; "" if it does not.
func Disguise(name string) string {
	if strings.ContainsAny(name, "\u202e\u202d\u2066\u2067\u2068") {
		return "is written in part from right to left, which hides its ending"
	}
	last := strings.TrimSpace(strings.TrimSuffix(strings.ToLower(strings.TrimRight(name, ". ")), "."+ending(name)))
	if IsProgram(name) && slices.Contains(documentNames, ending(last)) {
		return "ends like a document before it ends like a program"
	}
	return ""
}
