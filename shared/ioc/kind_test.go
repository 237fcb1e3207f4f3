package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKindsElsewhere(t *testing.T) {
	for _, c := range []struct {
		kind                       Kind
		value, hive, typ, category string
	}{
		{IP, "198.51.100.7", "ip", "ip-dst", "Network activity"},
		{CIDR, "198.51.100.0/24", "other", "ip-dst", "Network activity"},
		{Domain, "bad-host.co.uk", "domain", "domain", "Network activity"},
		{Domain, "www.bad-host.co.uk", "fqdn", "hostname", "Network activity"},
		{URL, "http://bad-host.net/", "url", "url", "Network activity"},
		{Email, "x@bad-host.net", "mail", "email-src", "Payload delivery"},
		{MD5, "…", "hash", "md5", "Payload delivery"},
		{SHA512, "…", "hash", "sha512", "Payload delivery"},
		{CVE, "CVE-2021-0001", "other", "vulnerability", "External analysis"},
		{Technique, "T1059", "other", "text", "Other"},
		{Tactic, "TA0001", "other", "text", "Other"},
		{CWE, "CWE-79", "other", "weakness", "External analysis"},
		{GHSA, "GHSA-2345-cfgh-jmpq", "other", "vulnerability", "External analysis"},
		{EUVD, "EUVD-2024-1234", "other", "vulnerability", "External analysis"},
		{SSDeep, "…", "other", "ssdeep", "Payload delivery"},
		{TLSH, "…", "other", "tlsh", "Payload delivery"},
		{JARM, "…", "other", "jarm-fingerprint", "Network activity"},
		{JA4, "…", "other", "text", "Network activity"},
		{JA3, "…", "other", "ja3-fingerprint-md5", "Network activity"},
		{JA3S, "…", "other", "text", "Network activity"},
		{HASSH, "…", "other", "hassh-md5", "Network activity"},
		{Imphash, "…", "other", "imphash", "Payload delivery"},
		{Authentihash, "…", "other", "authentihash", "Payload delivery"},
		{MAC, "00:1b:44:11:3a:b7", "other", "mac-address", "Network activity"},
		{TRON, "…", "other", "text", "Financial fraud"},
		{ETH, "…", "other", "text", "Financial fraud"},
		{XMR, "…", "other", "xmr", "Financial fraud"},
		{DASH, "…", "other", "dash", "Financial fraud"},
		{ASN, "AS64496", "autonomous-system", "AS", "Network activity"},
		{BTC, "…", "other", "btc", "Financial fraud"},
		{Registry, `HKLM\x`, "registry", "regkey", "Persistence mechanism"},
		{Filename, "x.exe", "filename", "filename", "Payload delivery"},
		{FilePath, `C:\x.exe`, "filename", "filename", "Artifacts dropped"},
		{FilePath, `C:\x.pdb`, "filename", "pdb", "Artifacts dropped"},
		{Mutex, "x", "other", "mutex", "Artifacts dropped"},
		{Task, "x", "other", "windows-scheduled-task", "Artifacts dropped"},
		{Service, "x", "other", "windows-service-name", "Artifacts dropped"},
		{UserAgent, "x/1", "user-agent", "user-agent", "Network activity"},
		{Subject, "x", "mail-subject", "email-subject", "Payload delivery"},
		{Telegram, "@x", "other", "text", "Social network"},
		{YARARule, "x", "other", "text", "Other"},
		{NamedPipe, `\\.\pipe\x`, "other", "named pipe", "Artifacts dropped"},
	} {
		t.Run(string(c.kind)+" "+c.value, func(t *testing.T) {
			assert.Equal(t, c.hive, c.kind.TheHive(c.value))
			typ, category := c.kind.MISP(c.value)
			assert.Equal(t, c.typ, typ)
			assert.Equal(t, c.category, category)
		})
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       Kind
		value      string
		role       Role
	}{
		{"a URL", " hxxp://bad-host[.]net/a\n", URL, "http://bad-host.net/a", Attack},
		{"a domain", "Bad-Host.net", Domain, "bad-host.net", Attack},
		{"an address", "2001:DB8::1", IP, "2001:db8::1", Benign},
		{"a private address", "10.0.0.1", IP, "10.0.0.1", Benign},
		{"a network", "93.184.216.0/24", CIDR, "93.184.216.0/24", Attack},
		{"a mail address", "X@bad-host.net", Email, "x@bad-host.net", Attack},
		{"a CVE", "cve-2021-0001", CVE, "CVE-2021-0001", Attack},
		{"a technique", "T1059.001", Technique, "T1059.001", Attack},
		{"a file name", "x.exe", Filename, "x.exe", Attack},
		{"a path with spaces", `C:\Bad Tool\my data.exe`, FilePath, `C:\Bad Tool\my data.exe`, Attack},
		{"a pipe", `\\.\pipe\bad`, NamedPipe, `\\.\pipe\bad`, Attack},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Parse(c.text)
			require.True(t, ok)
			assert.Equal(t, c.kind, got.Kind)
			assert.Equal(t, c.value, got.Value)
			assert.Equal(t, c.role, got.Role)
		})
	}
	for _, none := range []string{"", "  ", "word", "two bad-host.net", "bad-host.net c.com", "bad-host.net.", "198.51.100.7:80", "http://"} {
		_, ok := Parse(none)
		assert.False(t, ok, "%q", none)
	}
}

func TestDefang(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"http://bad-host.net/a.php?b=c.d", "hxxp://bad-host[.]net/a.php?b=c.d"},
		{"https://u.v:w@bad-host.net:80/", "hxxps://u.v:w@bad-host[.]net:80/"},
		{"ftp://bad-host.net", "fxp://bad-host[.]net"},
		{"bad-host.net", "bad-host[.]net"},
		{"93.184.216.34", "93[.]184[.]216[.]34"},
		{"93.184.216.0/24", "93[.]184[.]216[.]0/24"},
		{"2a02:4780::1", "2a02[:]4780[:][:]1"},
		{"a.b@bad-host.net", "a.b[@]bad-host[.]net"},
		{"CVE-2021-0001", "CVE-2021-0001"},
		{"x.exe", "x.exe"},
	} {
		t.Run(c.value, func(t *testing.T) {
			assert.Equal(t, c.want, Defang(c.value))
			assert.Equal(t, c.value, Refang(c.want))
			assert.Equal(t, c.value, Refang(c.value))
		})
	}
	assert.Equal(t, "no value", Defang("no value"))
	assert.Equal(t, "see a.b or c:d", Refang("see a[.]b or c[:]d"))
}

func TestSubject(t *testing.T) {
	for kind, want := range map[Kind]bool{
		CVE: true, GHSA: true, EUVD: true, Technique: true, Tactic: true, Group: true, Software: true,
		CWE: false, IP: false, Domain: false, SHA256: false, ASN: false,
	} {
		assert.Equal(t, want, kind.Subject(), kind)
	}
}
