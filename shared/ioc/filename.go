package ioc

// file notes the file name that the chain read at i is, if its ending is one
// that malware comes with.
func (s *scanner) file(i, end int) {
	c := &s.host
	if c.start != i || c.end != end || c.over || c.count < 2 || c.fanged || c.n > 128 {
		return
	}
	if !malwareEnding(string(c.label(c.count-1))) || c.label(0)[0] == '.' {
		return
	}
	s.add(Filename, s.text[i:end], i, end, false).doubtful = true
}

// malwareEnding reports whether the ending is of a file that runs, or that
// carries one that does.
func malwareEnding(e string) bool {
	switch e {
	case "exe", "dll", "scr", "sys", "bat", "cmd", "ps1", "vbs", "vbe", "jse", "wsf", "hta", "lnk", "msi", "msix",
		"jar", "apk", "elf", "iso", "img", "vhd", "doc", "docm", "docx", "xls", "xlsm", "xlsx", "xlsb", "ppt", "pptm",
		"rtf", "one", "chm", "cpl", "ocx", "rar", "7z", "zip", "cab", "ace", "dmg", "pkg":
		return true
	}
	return false
}
