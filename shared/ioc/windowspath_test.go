package ioc

import "testing"

func TestWindowsPaths(t *testing.T) {
	one := func(v string) []string { return []string{"path " + v} }
	run(t, []readCase{
		{"a folder", `It writes to C:\ProgramData\Loader and waits.`, one(`C:\ProgramData\Loader`)},
		{"a file", `C:\Users\Public\loader.exe.`, []string{`path C:\Users\Public\loader.exe`, "filename loader.exe"}},
		{"spaces in a folder", `runs C:\Program Files (x86)\Bad Tool\x.bin now`, one(`C:\Program Files (x86)\Bad Tool\x.bin`)},
		{"spaces in a quoted file", `"C:\Bad Tool\my data.bin" is written`, one(`C:\Bad Tool\my data.bin`)},
		{"separators doubled", `C:\\Users\\Public\\d3.txt`, one(`C:\Users\Public\d3.txt`)},
		{"slashes", `c:/windows/temp/d3.txt`, one(`c:/windows/temp/d3.txt`)},
		{"a placeholder", `C:\Users\<user name>\AppData\x.bin`, one(`C:\Users\<user name>\AppData\x.bin`)},
		{"a placeholder in square brackets", `C:\Users\[username]\x.bin,`, one(`C:\Users\[username]\x.bin`)},
		{"in curly quotes", `dropped to “D:\a b\c”.`, one(`D:\a b\c`)},
		{"in a cell", `|C:\a\b.bin|x|`, one(`C:\a\b.bin`)},
		{"a variable", `%APPDATA%\Microsoft\x.bin`, one(`%APPDATA%\Microsoft\x.bin`)},
		{"a variable with brackets", "`%ProgramFiles(x86)%\\Bad\\x.bin`", one(`%ProgramFiles(x86)%\Bad\x.bin`)},
		{"a variable of PowerShell", `$env:TEMP\x.bin`, one(`$env:TEMP\x.bin`)},
		{"a share", `from \\files.bad-host\public\x.bin`, one(`\\files.bad-host\public\x.bin`)},
		{"a share, separators doubled", `\\\\fileserver\\public\\x.bin`, one(`\\fileserver\public\x.bin`)},
		{"with a hash in it", `C:\x\0f1e2d3c4b5a69780f1e2d3c4b5a6978.bin`,
			[]string{`path C:\x\0f1e2d3c4b5a69780f1e2d3c4b5a6978.bin`, "md5 0f1e2d3c4b5a69780f1e2d3c4b5a6978"}},
		{"two on a line", `copies C:\a\b to D:\c\d`, []string{`path C:\a\b`, `path D:\c\d`}},
		{"a file before words with a backslash", `drops C:\a\b.exe and makes the mutex Global\x1`, []string{`path C:\a\b.exe`, "filename b.exe"}},
		{"the end of a sentence before words with a backslash", `drops C:\a\loader. The mutex Global\x1`, one(`C:\a\loader`)},
		{"an abbreviation in a folder", `runs C:\Example Corp. Tools\x.bin now`, one(`C:\Example Corp. Tools\x.bin`)},
		{"a program's debug symbols", `d:\work\!new\Bin\x86\fsflt.pdb`, one(`d:\work\!new\Bin\x86\fsflt.pdb`)},
		{"a drive alone", `C:\ and D:`, nil},
		{"a word with a colon", `abc:\def ab:\x`, nil},
		{"a share of nothing", `\\ \\a \\server \\\\`, nil},
		{"an expression", `\\d+\\w (\\.|[^\\"]) \\1\2`, nil},
		{"a format", `100%\n %s\t %d%\x`, nil},
		{"the end of a path, separators doubled", `\\Temp\\x1`, nil},
		{"part of another path", `Local\\Temp\\x`, nil},
	})
}

func TestNamedPipes(t *testing.T) {
	run(t, []readCase{
		{"local", `opens \\.\pipe\bad_pipe-1.`, []string{`pipe \\.\pipe\bad_pipe-1`}},
		{"separators doubled", `"\\\\.\\pipe\\bad{1}"`, []string{`pipe \\.\pipe\bad{1}`}},
		{"without the dot", `\\pipe\\atctl (named pipe)`, []string{`pipe \\.\pipe\atctl`}},
		{"of another host", `\\*\pipe\x1`, []string{`pipe \\.\pipe\x1`}},
		{"without a name", `\\.\pipe\ is where they are`, nil},
	})
}
