package ioc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBesideTags(t *testing.T) {
	md5 := strings.Repeat("0a", 16)
	for name, c := range map[string]struct {
		in   Indicator
		tags []string
		misp string
	}{
		"nothing":             {Indicator{Kind: IP, Value: "203.0.113.7"}, nil, "ip-dst 203.0.113.7"},
		"address and port":    {Indicator{Kind: IP, Value: "203.0.113.7", Port: 8443}, []string{"waggle:port=8443"}, "ip-dst|port 203.0.113.7|8443"},
		"host and port":       {Indicator{Kind: Domain, Value: "bad-host.net", Port: 81}, []string{"waggle:port=81"}, "hostname|port bad-host.net|81"},
		"host and address":    {Indicator{Kind: Domain, Value: "bad-host.net", With: "203.0.113.7"}, []string{"waggle:with=203.0.113.7"}, "domain|ip bad-host.net|203.0.113.7"},
		"digest and name":     {Indicator{Kind: MD5, Value: md5, With: "a b.exe"}, []string{"waggle:with=a b.exe"}, "filename|md5 a b.exe|" + md5},
		"a name without room": {Indicator{Kind: MD5, Value: md5, With: strings.Repeat("x", 117)}, nil, "md5 " + md5},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.tags, c.in.BesideTags())
			typ, _, value := Indicator{Kind: c.in.Kind, Value: c.in.Value}.Beside(append([]string{"other"}, c.tags...)).MISP()
			assert.Equal(t, c.misp, typ+" "+value)
		})
	}
}

func TestTagged(t *testing.T) {
	md5 := strings.Repeat("0a", 16)
	for name, c := range map[string]struct {
		tag, dataType, value string
		want                 Kind
	}{
		"told by its label alone": {"waggle:type=imphash", "other", md5, Imphash},
		"told by its shape":       {"waggle:type=path", "filename", `C:\Temp\a.exe`, FilePath},
		"of a type of its own":    {"waggle:type=user-agent", "user-agent", "BadLoader/1.2", UserAgent},
		"a type that is missing":  {"waggle:type=user-agent", "other", "BadLoader/1.2", UserAgent},
		"a type that was made":    {"waggle:type=cve", "vulnerability", "CVE-2026-12345", CVE},
		"another shape":           {"waggle:type=ip", "ip", "bad-host.net", ""},
		"another data type":       {"waggle:type=imphash", "hash", md5, ""},
		"no kind":                 {"waggle:type=nothing", "other", md5, ""},
		"no value":                {"waggle:type=imphash", "other", " ", ""},
		"no tag":                  {"imphash", "other", md5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			i, ok := Tagged([]string{"waggle", c.tag}, c.dataType, c.value)
			assert.Equal(t, c.want != "", ok)
			assert.Equal(t, c.want, i.Kind)
		})
	}
}

func TestBesideLeavesOutWhatDoesNotFit(t *testing.T) {
	for name, c := range map[string]struct {
		in  Indicator
		tag string
	}{
		"no number":           {Indicator{Kind: IP, Value: "203.0.113.7"}, "waggle:port=https"},
		"no port":             {Indicator{Kind: IP, Value: "203.0.113.7"}, "waggle:port=70000"},
		"port of a digest":    {Indicator{Kind: MD5, Value: strings.Repeat("0a", 16)}, "waggle:port=80"},
		"name of a host":      {Indicator{Kind: Domain, Value: "bad-host.net"}, "waggle:with=a.exe"},
		"name of an address":  {Indicator{Kind: IP, Value: "203.0.113.7"}, "waggle:with=a.exe"},
		"a name that is none": {Indicator{Kind: MD5, Value: strings.Repeat("0a", 16)}, "waggle:with="},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.in, c.in.Beside([]string{c.tag})) })
	}
}
