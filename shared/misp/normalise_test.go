package misp

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/tidwall/gjson"
)

func TestNormalise(t *testing.T) {
	for name, test := range map[string]struct{ typ, value, want string }{
		"trimmed":            {"text", "  a b \n", "a b"},
		"domain":             {"domain", "Evil.Example.COM", "evil.example.com"},
		"domain, defanged":   {"domain", "evil[.]example[.]com", "evil.example.com"},
		"domain, dots":       {"domain", ".evil.example.", "evil.example"},
		"domain, German":     {"domain", "Bücher.example", "xn--bcher-kva.example"},
		"domain, underscore": {"domain", "_dmarc.example.org", "_dmarc.example.org"},
		"host, last dot":     {"hostname", "www.example.org.", "www.example.org"},
		"IPv4":               {"ip-dst", " 198.51.100.7 ", "198.51.100.7"},
		"IPv4, defanged":     {"ip-src", "198.51.100[.]7", "198.51.100.7"},
		"IPv6":               {"ip-dst", "2001:0DB8:0:0::1", "2001:db8::1"},
		"range":              {"ip-dst", "198.51.100.0/24", "198.51.100.0/24"},
		"range, IPv6":        {"ip-dst", "2001:0DB8::/32", "2001:db8::/32"},
		"range of one":       {"ip-dst", "198.51.100.7/32", "198.51.100.7"},
		"range of one, IPv6": {"ip-src", "2001:0DB8::1/128", "2001:db8::1"},
		"no address":         {"ip-dst", "Not-An-IP", "Not-An-IP"},
		"address and port":   {"ip-dst|port", "198.51.100.71|8080", "198.51.100.71|8080"},
		"address, colon":     {"ip-dst|port", "198.51.100.72:8080", "198.51.100.72|8080"},
		"IPv6 and port":      {"ip-dst|port", "[2001:0db8::1]:80", "2001:db8::1|80"},
		"IPv6, bar":          {"ip-src|port", "2001:0db8::1|80", "2001:db8::1|80"},
		"host and port":      {"hostname|port", "WWW.example.org:443", "www.example.org|443"},
		"domain and address": {"domain|ip", "X.example.org|2001:0DB8::1", "x.example.org|2001:db8::1"},
		"half a composite":   {"domain|ip", "x.example.org", "x.example.org"},
		"file and hash":      {"filename|sha256", "Evil.EXE|ABCD", "Evil.EXE|abcd"},
		"hash":               {"sha256", "E3B0", "e3b0"},
		"fingerprint":        {"x509-fingerprint-sha1", "AA:BB:cc", "aabbcc"},
		"mail":               {"email-src", "Attacker@Example.com", "attacker@example.com"},
		"CVE":                {"vulnerability", "cve-2024-3400", "CVE-2024-3400"},
		"CVE with a dash":    {"vulnerability", "CVE–2024–3400", "CVE-2024-3400"},
		"CWE":                {"weakness", "cwe-79", "CWE-79"},
		"URL, defanged":      {"url", "hxxp://evil[.]example.org/x", "http://evil.example.org/x"},
		"AS":                 {"AS", "as64500", "64500"},
		"AS, dotted":         {"AS", "1.10", "65546"},
		"AS, no number":      {"AS", "1.x", "1.x"},
		"MAC":                {"mac-address", "00-1A-2b.3c 4D:5e", "00:1a:2b:3c:4d:5e"},
		"beyond three bytes": {"text", "boom 💥 end", "boom ? end"},
		"in a URL":           {"url", "http://c2.example.net/💥?q=a💥b#ü", "http://c2.example.net/%F0%9F%92%A5?q=a%F0%9F%92%A5b#ü"},
		"in a URL's host":    {"url", "http://💥.example.net/a", "http://xn--hs8h.example.net/a"},
		"in a URL's user":    {"url", "http://💥@c2.example.net", "http://%F0%9F%92%A5@c2.example.net"},
		"in a URL's path":    {"uri", "/a/💥", "/a/%F0%9F%92%A5"},
		"not even text":      {"text", "a\xffb", "a?b"},
		"a name keeps case":  {"filename", "Evil.EXE", "Evil.EXE"},
		"a type of tomorrow": {"quantum-hash", " Q ", "Q"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, Normalise(test.typ, test.value))
			assert.Equal(t, test.want, Normalise(test.typ, test.want), "it stays so")
		})
	}
}

// FuzzNormalise: whatever a value was, it comes back as MISP can hold it.
func FuzzNormalise(f *testing.F) {
	for _, typ := range []string{"ip-dst", "domain", "ip-dst|port", "domain|ip", "url", "AS", "mac-address", "vulnerability", "text", "|"} {
		f.Add(typ, "198.51.100.7:80|x")
	}
	f.Fuzz(func(t *testing.T, typ, value string) {
		once := Normalise(typ, value)
		if strings.ContainsFunc(once, func(r rune) bool { return r > 0xFFFF }) {
			t.Errorf("%q holds what MISP cannot", once)
		}
	})
}

func TestUUIDs(t *testing.T) {
	assert.Equal(t, uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://github.com/waggle-cti/waggle")).String(), space)
	event := EventUUID("https://thehive.example.com/", "case", "~4096")
	assert.Equal(t, "8c0504d6-c881-519e-93fe-c449ce527ce5", event, "it never changes")
	assert.Equal(t, event, EventUUID("https://thehive.example.com", "case", "~4096"))
	assert.NotEqual(t, event, EventUUID("https://thehive.example.com", "alert", "~4096"))
	attribute := attributeUUID(event, "domain", "c2.example.net")
	assert.Equal(t, attribute, attributeUUID(strings.ToUpper(event), "domain", " C2[.]example.NET"))
	assert.NotEqual(t, attribute, attributeUUID(event, "hostname", "c2.example.net"))
	object := ObjectUUID(event, "file", "a")
	assert.NotEqual(t, object, ObjectUUID(event, "url", "a"))
	assert.NotEqual(t, objectAttributeUUID(object, "sha256", "sha256", "aa"), objectAttributeUUID(object, "md5", "sha256", "aa"))
	for _, id := range []string{event, attribute, object} {
		assert.Equal(t, uuid.Version(5), uuid.MustParse(id).Version())
	}
}

func TestProblems(t *testing.T) {
	for name, test := range map[string]struct{ errors, want string }{
		"none":       {`null`, ""},
		"text":       {`"Event was empty."`, "Event was empty."},
		"object":     {`{"value":["a","b"],"type":["c"]}`, "value: a; value: b; type: c"},
		"nested":     {`{"Event":{"info":["valueNotEmpty"]}}`, "info: valueNotEmpty"},
		"text below": {`{"Event":"empty"}`, "Event: empty"},
		"a list":     {`{"attribute_1":{"value":["x"]}}`, "value: x"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, problems(gjson.Parse(test.errors)))
		})
	}
}

func TestClip(t *testing.T) {
	assert.Equal(t, "abc", clip("abc", 3))
	assert.Equal(t, "a…", clip("abcde", 4))
	assert.Equal(t, "…", clip("漢字", 4))
	assert.Equal(t, "漢…", clip("漢字漢", 6))
}
