package ioc

import "strings"

// What every system has, malware or not.

// systemPrograms are the programs that systems come with.
var systemPrograms = newLexicon(map[uint8]string{
	1: "arp at attrib bash bitsadmin cat certreq certutil chmod chown cmd conhost cp crontab cscript csh curl dash dd dllhost env " +
		"esentutl explorer extrac echo find findstr ftp grep hh hostname icacls id ifconfig installutil ip ipconfig iptables kill " +
		"killall ksh launchctl ls lsass makecab mkdir mount mshta msbuild msiexec mv nc net netsh netstat nltest nohup nslookup " +
		"nsupdate osascript perl php ping pkill pkexec powershell ps pwsh python qwinsta reg regasm regedit regsvcs regsvr32 rm rundll32 sc " +
		"schtasks services sh smss spoolsv ssh sshd su sudo svchost systemctl systeminfo tar taskhost tasklist taskkill tee test " +
		"touch tsh uname userinit useradd vssadmin wbadmin wevtutil wget whoami wininit winlogon wmic wmiprvse wscript wuauclt xargs zsh",
})

func isSystemProgram(name string) bool {
	return name != "" && systemPrograms.find(name, 0, len(name)) > 0
}

// isSystemPath reports whether the path is of a program, file or folder that
// comes with the system.
func isSystemPath(p string) bool {
	if !maySystem(p) {
		return false
	}
	last := strings.LastIndexAny(p, `\/`)
	folder, name := strings.ToLower(p[:last]), strings.ToLower(p[last+1:])
	if p[0] == '/' || p[0] == '~' || p[0] == '$' && !hasFold(p, 0, "$env:") {
		return unixSystem(folder, name)
	}
	program := strings.TrimSuffix(name, ".exe")
	return programFolder(folder) && isSystemProgram(program) || systemFolder(folder+`\`+name)
}

// maxSystem is the length of the longest path that isSystemPath knows outside of
// Windows' own folder.
const maxSystem = len(`c:\program files (x86)`)

// maySystem reports whether isSystemPath has to look at the path, by how it
// begins: most are of users' files and programs.
func maySystem(p string) bool {
	switch p[0] {
	case '/', '~', '$', '%':
		return true
	}
	return len(p) <= maxSystem || hasFold(p, 0, `c:\windows`)
}

// programFolder tells the folders in which Windows has its programs.
func programFolder(p string) bool {
	p = strings.Replace(p, "c:\\windows", "%windir%", 1)
	p = strings.Replace(p, "%systemroot%", "%windir%", 1)
	switch p {
	case "%windir%", `%windir%\system32`, `%windir%\syswow64`, `%windir%\system32\wbem`,
		`%windir%\system32\windowspowershell\v1.0`, `%windir%\syswow64\windowspowershell\v1.0`:
		return true
	}
	return strings.HasPrefix(p, `%windir%\microsoft.net\framework`)
}

// systemFolder tells the folders that Windows comes with.
func systemFolder(p string) bool {
	switch p {
	case `c:\windows\temp`, `%windir%\temp`, `c:\windows\system32\drivers`, `c:\program files`, `c:\program files (x86)`,
		`c:\programdata`, `c:\users`, `c:\users\public`, `c:\temp`, `c:\tmp`:
		return true
	}
	return programFolder(p)
}

// unixSystem tells files and programs that Unix systems come with.
func unixSystem(folder, name string) bool {
	switch folder {
	case "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin":
		return isSystemProgram(strings.TrimRight(name, "0123456789."))
	case "/dev":
		switch name {
		case "null", "zero", "random", "urandom", "stdin", "stdout", "stderr", "tty", "tcp", "udp", "shm", "fd":
			return true
		}
	case "/etc":
		switch name {
		case "passwd", "shadow", "hosts", "group", "sudoers", "crontab", "profile", "resolv.conf", "os-release", "fstab", "issue",
			"machine-id", "hostname", "services", "cron.d", "init.d", "rc.local", "ld.so.preload":
			return true
		}
	case "", "/usr", "/var", "/usr/local", "/var/spool":
		return true
	}
	return strings.HasPrefix(folder, "/proc")
}

// isSystemPipe reports whether the pipe is one that Windows itself opens
// (https://learn.microsoft.com/openspecs/windows_protocols/ms-cifs).
func isSystemPipe(p string) bool {
	switch strings.ToLower(p[len(`\\.\pipe\`):]) {
	case "lsass", "lsarpc", "samr", "netlogon", "svcctl", "srvsvc", "wkssvc", "atsvc", "spoolss", "epmapper", "eventlog", "winreg",
		"browser", "ntsvcs", "initshutdown", "efsrpc", "mojo", "protected_storage", "w32time", "wkssvc_np":
		return true
	}
	return false
}

// fromSystem reports whether the path or pipe is one that systems come with. It
// looks once.
func (e *entry) fromSystem() bool {
	if e.system == 0 {
		e.system = -1
		if e.kind == FilePath && isSystemPath(e.value) || e.kind == NamedPipe && isSystemPipe(e.value) {
			e.system = 1
		}
	}
	return e.system > 0
}

// file judges a path or a pipe's name.
func (j *judge) file(m *mark, e *entry) verdict {
	section := j.lines[m.line].section
	switch {
	case e.fromSystem():
		return verdict{Benign, 80, "comes with the system"}
	case !j.attack:
		return verdict{Reference, 40, "nothing says that it is malicious"}
	case section == refs:
		return verdict{Reference, 60, "cited"}
	case section == iocs || j.lines[m.line].listing || j.place(m).alone:
		return verdict{Attack, 65, "listed in a text about an attack"}
	}
	return verdict{Attack, 45, "in a text about an attack"}
}
