package misp

import (
	"regexp"
	"sync"
)

// Filtered gives a value as MISP's import filters leave it: paths and registry
// keys in which a variable stands for what differs from machine to machine,
// `%APPDATA%\a.exe` for `C:\Users\bob\AppData\Roaming\a.exe`. With ok false MISP
// refuses the value. The filters are those of a new installation, for every type;
// an administrator may change them.
// https://github.com/MISP/MISP/blob/2.5/app/Model/Behavior/RegexpBehavior.php
func Filtered(value string) (filtered string, ok bool) {
	for _, f := range importFilters() {
		if f.with != "" {
			value = f.pattern.ReplaceAllLiteralString(value, f.with)
		} else if f.pattern.MatchString(value) {
			return value, false
		}
	}
	return value, true
}

// importFilter is an expression, and what is put in the place of what it
// matches; without that, a value that it matches is refused.
type importFilter struct {
	pattern *regexp.Regexp
	with    string
}

// importFilters are MISP's, in its order, but for those that an earlier one
// leaves nothing to match. "Program Files (x86)" has none that fits it there:
// the one for "Program Files" takes its beginning.
// https://github.com/MISP/MISP/blob/2.5/INSTALL/MYSQL.sql (table regexp)
var importFilters = sync.OnceValue(func() []importFilter {
	var out []importFilter
	for _, f := range [...]struct{ pattern, with string }{
		{`.:.ProgramData.`, `%ALLUSERSPROFILE%\`},
		{`.:.Documents and Settings.All Users.`, `%ALLUSERSPROFILE%\`},
		{`.:.Program Files.Common Files.`, `%COMMONPROGRAMFILES%\`},
		{`.:.Users\\(.*?)\\AppData.Local.Temp.`, `%TEMP%\`},
		{`.:.Program Files.`, `%PROGRAMFILES%\`},
		{`.:.Users.Public.`, `%PUBLIC%\`},
		{`.:.Documents and Settings\\(.*?)\\Local Settings.Temp.`, `%TEMP%\`},
		{`.:.Users\\(.*?)\\AppData.Local.`, `%LOCALAPPDATA%\`},
		{`.:.Users\\(.*?)\\AppData.Roaming.`, `%APPDATA%\`},
		{`.:.Users\\(.*?)\\Application Data.`, `%APPDATA%\`},
		{`.:.Windows\\(.*?)\\Application Data.`, `%APPDATA%\`},
		{`.:.Users\\(.*?)\\`, `%USERPROFILE%\`},
		{`.:.DOCUME~1.\\(.*?)\\`, `%USERPROFILE%\`},
		{`.:.Documents and Settings\\(.*?)\\`, `%USERPROFILE%\`},
		{`.:.Windows.`, `%WINDIR%\`},
		{`.REGISTRY.USER.S(-[0-9]){2}-[0-9]{2}-[0-9]{9}-[0-9]{10}-[0-9]{9}-[0-9]{4}`, `HKCU`},
		{`.REGISTRY.USER.S(-[0-9]){2}-[0-9]{2}(-[0-9]{10}){2}-[0-9]{9}-[0-9]{4}`, `HKCU`},
		{`.REGISTRY.USER.S(-[0-9]){2}-[0-9]{2}(-[0-9]{10}){3}-[0-9]{4}`, `HKCU`},
		{`.REGISTRY.MACHINE.`, `HKLM\`},
		{`%USERPROFILE%.Application Data.Microsoft.UProof`, ``},
		{`%USERPROFILE%.Local Settings.History`, ``},
		{`%APPDATA%.Microsoft.UProof`, ``},
		{`%LOCALAPPDATA%.Microsoft.Windows.Temporary Internet Files`, ``},
	} {
		out = append(out, importFilter{regexp.MustCompile("(?i)" + f.pattern), f.with})
	}
	return out
})
