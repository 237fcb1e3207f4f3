package misp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/misp"
)

func TestFiltered(t *testing.T) {
	for name, c := range map[string]struct {
		value, want string
		ok          bool
	}{
		"roaming":        {`C:\Users\x\AppData\Roaming\a\b.exe`, `%APPDATA%\a\b.exe`, true},
		"local":          {`c:\users\x\appdata\local\b.exe`, `%LOCALAPPDATA%\b.exe`, true},
		"temporary":      {`C:\Users\x\AppData\Local\Temp\b.exe`, `%TEMP%\b.exe`, true},
		"profile":        {`C:\Users\x\b.exe`, `%USERPROFILE%\b.exe`, true},
		"public":         {`C:\Users\Public\b.exe`, `%PUBLIC%\b.exe`, true},
		"programs":       {`C:\Program Files\bad.exe`, `%PROGRAMFILES%\bad.exe`, true},
		"programs, x86":  {`C:\Program Files (x86)\bad.exe`, `%PROGRAMFILES%\(x86)\bad.exe`, true},
		"several":        {`run C:\Windows\a.exe and C:\Windows\b.exe`, `run %WINDIR%\a.exe and %WINDIR%\b.exe`, true},
		"of a composite": {`C:\ProgramData\b.exe|0a`, `%ALLUSERSPROFILE%\b.exe|0a`, true},
		"key":            {`\REGISTRY\MACHINE\Software\Bad`, `HKLM\Software\Bad`, true},
		"other path":     {`D:\tools\b.exe`, `D:\tools\b.exe`, true},
		"URL":            {"http://bad-host.net/a", "http://bad-host.net/a", true},
		"refused":        {`C:\Users\x\AppData\Roaming\Microsoft\UProof\z`, `%APPDATA%\Microsoft\UProof\z`, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := misp.Filtered(c.value)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.ok, ok)
		})
	}
}
