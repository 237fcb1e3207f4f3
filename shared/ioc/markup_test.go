package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMarkup(t *testing.T) {
	run(t, []readCase{
		{"underscores that are the value's", "_dmarc.bad-host[.]net and a_@bad-host.net", []string{"domain _dmarc.bad-host.net", "email a_@bad-host.net"}},
		{"two pairs", "__bad-host[.]net__, __c[.]com__.", []string{"domain bad-host.net", "domain c.com"}},
		{"a pair round two values", "_bad-host[.]net,c[.]com_", []string{"domain bad-host.net", "domain c.com"}},
		{"a pair round nothing", "__ ____ _._ +~+", nil},
		{"an address behind its end", "_a_ hxxp://bad-host[.]net/a_", []string{"url http://bad-host.net/a_"}},
		{"escaped slashes and signs", `{"u": "http:\/\/bad-host.net\/a\/b?c=1\u0026d\u003d2"}`, []string{"url http://bad-host.net/a/b?c=1&d=2"}},
		{"escaped tabs", `{"t": "x\tbad-host[.]net\tc[.]com"}`, []string{"domain bad-host.net", "domain c.com"}},
		{"a share in JSON", `{"t": "\\\\nas.bad-host[.]net\\x"}`, []string{"domain nas.bad-host.net"}},
		{"a path outside JSON", `C:\new.net\x`, []string{`path C:\new.net\x`}},
	})
}

func TestJSONIsToldByItsStart(t *testing.T) {
	for text, want := range map[string]bool{
		"{\"a\": 1}": true, " {\n\t\"a\": 1}": true, "[{\"a\": 1}]": true, "[ \"a\"]": true,
		"": false, "{": false, "[": false, "[a](b)": false, "{a}": false, "{{ a }}": false,
	} {
		assert.Equal(t, want, isJSON(text), text)
	}
}
