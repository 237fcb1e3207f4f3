package misp_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/misp"
)

func TestFromObservable(t *testing.T) {
	md5 := strings.Repeat("0a", 16)
	for name, c := range map[string]struct {
		dataType, data       string
		typ, category, value string
		ids                  bool
	}{
		"address":          {"ip", "203.0.113.7", "ip-dst", "Network activity", "203.0.113.7", true},
		"domain":           {"domain", "bad-host.net", "domain", "Network activity", "bad-host.net", true},
		"domain, a host":   {"domain", "Www.Bad-Host.net", "hostname", "Network activity", "Www.Bad-Host.net", true},
		"fqdn, defanged":   {"fqdn", "bad-host[.]net", "domain", "Network activity", "bad-host[.]net", true},
		"not what it says": {"ip", "not an address", "ip-dst", "Network activity", "not an address", true},
		"url":              {"url", "http://bad-host.net/a", "url", "Network activity", "http://bad-host.net/a", true},
		"mail":             {"mail", "a@bad-host.net", "email-src", "Payload delivery", "a@bad-host.net", true},
		"subject":          {"mail-subject", "Your parcel", "email-subject", "Payload delivery", "Your parcel", true},
		"agent":            {"user-agent", "curl/8", "user-agent", "Network activity", "curl/8", true},
		"path":             {"uri_path", "/gate.php", "uri", "Network activity", "/gate.php", true},
		"hash":             {"hash", strings.ToUpper(md5), "md5", "Payload delivery", strings.ToUpper(md5), true},
		"hash, no hex":     {"hash", strings.Repeat("xy", 16), "text", "Other", strings.Repeat("xy", 16), false},
		"hash that isn't":  {"hash", "12", "text", "Other", "12", false},
		"system":           {"autonomous-system", "AS64496", "AS", "Network activity", "AS64496", false},
		"other, a URL":     {"other", "hxxp://bad-host[.]net/a", "url", "Network activity", "http://bad-host.net/a", true},
		"other":            {"other", "some words", "text", "Other", "some words", false},
		"custom type":      {"cve", "cve-2026-0001", "vulnerability", "External analysis", "CVE-2026-0001", false},
	} {
		t.Run(name, func(t *testing.T) {
			want := misp.Attribute{Type: c.typ, Category: c.category, Value: c.value, ToIDS: c.ids}
			assert.Equal(t, want, misp.FromObservable(c.dataType, c.data))
		})
	}
}

func TestFromFile(t *testing.T) {
	sha256, sha1, md5 := strings.Repeat("0a", 32), strings.Repeat("0b", 20), strings.Repeat("0c", 16)
	var got []string
	for _, a := range misp.FromFile("a|b.exe", []string{sha256, sha1, md5, "none", ""}) {
		assert.Equal(t, "Payload delivery", a.Category)
		assert.True(t, a.ToIDS)
		got = append(got, a.Type+" "+a.Value)
	}
	assert.Equal(t, []string{"filename|sha256 a_b.exe|" + sha256, "filename|sha1 a_b.exe|" + sha1, "filename|md5 a_b.exe|" + md5}, got)
	assert.Equal(t, "file|"+md5, misp.FromFile("", []string{md5})[0].Value)
	assert.Empty(t, misp.FromFile("a.exe", nil))
}

func TestSpellings(t *testing.T) {
	assert.Equal(t, []string{"Bad-Host[.]net", "bad-host.net"}, misp.Spellings("Bad-Host[.]net"))
	assert.Equal(t, []string{"bad-host.net"}, misp.Spellings("bad-host.net"))
	assert.Equal(t, []string{"bücher.nowhere", "xn--bcher-kva.nowhere"}, misp.Spellings("bücher.nowhere"), "no public suffix")
	assert.Equal(t, []string{"user@xn--bcher-kva.nowhere", "user@bücher.nowhere"}, misp.Spellings("user@xn--bcher-kva.nowhere"))
	assert.Equal(t, []string{"https://xn--zz--.nowhere/"}, misp.Spellings("https://xn--zz--.nowhere/"), "no punycode")
	assert.Equal(t, []string{"Rechnung März.pdf"}, misp.Spellings("Rechnung März.pdf"), "no host")
	assert.Equal(t, []string{"http://bad-host.net/💥", "http://bad-host.net/%F0%9F%92%A5", "http://bad-host.net/?"}, misp.Spellings("http://bad-host.net/💥"))
	assert.Equal(t, []string{"some words"}, misp.Spellings("some words"))
	assert.Equal(t, []string{`C:\Users\x\AppData\Roaming\a.exe`, `%APPDATA%\a.exe`}, misp.Spellings(`C:\Users\x\AppData\Roaming\a.exe`))
	assert.Equal(t, []string{`%APPDATA%\a.exe`}, misp.Spellings(`%APPDATA%\a.exe`))
}
