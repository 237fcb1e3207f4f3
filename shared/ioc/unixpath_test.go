package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnixPaths(t *testing.T) {
	one := func(v string) []string { return []string{"path " + v} }
	run(t, []readCase{
		{"a temporary file", "drops /tmp/.X11-unix/x1.", one("/tmp/.X11-unix/x1")},
		{"in backticks", "`/var/tmp/qwe`", one("/var/tmp/qwe")},
		{"in a list", " - /dev/shm/sys.png\n", one("/dev/shm/sys.png")},
		{"of a Mac", "(/Library/LaunchAgents/com.bad.plist)", one("/Library/LaunchAgents/com.bad.plist")},
		{"of a user", "~/.config/autostart/bad.desktop and $HOME/Library/x", []string{"path ~/.config/autostart/bad.desktop", "path $HOME/Library/x"}},
		{"in curly quotes", "“/home/bad/x.go”", one("/home/bad/x.go")},
		{"behind a redirection", "echo x>/etc/cron.d/bad", one("/etc/cron.d/bad")},
		{"in a URL", "http://bad-host.net/tmp/x", []string{"url http://bad-host.net/tmp/x"}},
		{"behind a host that is none", "bad.dok/tmp/x", nil},
		{"a page that is asked for", "GET /etc/passwd HTTP/1.1", nil},
		{"a page", "/home/login.php and /home/search?q=1", nil},
		{"another root", "/api/v1/users /search/tmp/x", nil},
		{"a root alone", "/tmp/ or /etc, and/or/tmp", nil},
		{"a file URL", "file:///etc/passwd", nil},
		{"a home alone", "~/x ~user $HOMER/x", nil},
	})
}

func TestPathRoles(t *testing.T) {
	for _, c := range []struct {
		name, text, value string
		want              Role
	}{
		{"in a text about an attack", attackTalk + `It writes C:\ProgramData\x.bin there.`, `C:\ProgramData\x.bin`, Attack},
		{"in a manual", `It writes C:\ProgramData\x.bin there.`, `C:\ProgramData\x.bin`, Reference},
		{"under references", attackTalk + "\n## References\n\nSee /tmp/x.\n", "/tmp/x", Reference},
		{"a program of Windows", attackTalk + `C:\Windows\System32\cmd.exe`, `C:\Windows\System32\cmd.exe`, Benign},
		{"a program that Windows doesn't have", attackTalk + `C:\Windows\System32\cmd1.exe`, `C:\Windows\System32\cmd1.exe`, Attack},
		{"a program's name elsewhere", attackTalk + `C:\ProgramData\cmd.exe`, `C:\ProgramData\cmd.exe`, Attack},
		{"a folder of Windows", attackTalk + `%WINDIR%\System32`, `%WINDIR%\System32`, Benign},
		{"a command of Unix", attackTalk + "/usr/bin/python3.11", "/usr/bin/python3.11", Benign},
		{"a command that Unix doesn't have", attackTalk + "/usr/bin/kdevtmp", "/usr/bin/kdevtmp", Attack},
		{"a file of every Unix", attackTalk + "reads /etc/passwd", "/etc/passwd", Benign},
		{"a file in the root", attackTalk + "reads /opt/x", "/opt/x", Attack},
		{"a pipe of Windows", attackTalk + `\\.\pipe\lsass`, `\\.\pipe\lsass`, Benign},
		{"a pipe", attackTalk + `\\.\pipe\bad`, `\\.\pipe\bad`, Attack},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why := roleOf(t, c.text, c.value, Options{})
			assert.Equal(t, c.want, got, why)
		})
	}
}
