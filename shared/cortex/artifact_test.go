package cortex

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestArtifactFits(t *testing.T) {
	for name, c := range map[string]struct {
		dataType, data string
		fits           bool
	}{
		"address":                {"ip", "198.51.100.7", true},
		"address of version 6":   {"ip", "2001:db8::7", true},
		"network":                {"ip", "198.51.100.0/24", true},
		"address with a port":    {"ip", "198.51.100.7:443", false},
		"name for an address":    {"ip", "www.example.com", false},
		"host":                   {"fqdn", "_dmarc.www.example.com", true},
		"host with a dot":        {"fqdn", "www.example.com.", true},
		"host beyond ASCII":      {"domain", "b\u00fccher.example", true},
		"host in Punycode":       {"domain", "xn--bcher-kva.example", true},
		"wildcard":               {"fqdn", "*.example.com", false},
		"one label":              {"domain", "localhost", false},
		"markup for a host":      {"fqdn", "x<b>.example.com", false},
		"address for a host":     {"domain", "198.51.100.7", false},
		"MD5":                    {"hash", strings.Repeat("0a", 16), true},
		"SHA-512, capitals":      {"hash", strings.Repeat("0A", 64), true},
		"short hash":             {"hash", "0a0b", false},
		"hash with other digits": {"hash", strings.Repeat("xy", 16), false},
		"URL":                    {"url", "http://www.example.com/a?b=c#d", true},
		"URL with a bad escape":  {"url", "http://198.51.100.7:8080/%zz", true},
		"URL beyond ASCII":       {"url", "https://b\u00fccher.example/\u00fc", true},
		"URL without a host":     {"url", "http://", false},
		"URL without a scheme":   {"url", "www.example.com/a", false},
		"URL with markup":        {"url", `http://www.example.com/"><script>`, false},
		"URL that turns around":  {"url", "http://www.example.com/\u202egpj.exe", false},
		"type without a form":    {"other", "x<b>", true},
		"file":                   {"file", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.fits, Artifact{DataType: c.dataType, Data: c.data}.fits())
		})
	}
}
