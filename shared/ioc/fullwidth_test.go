package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inFullWidth writes ASCII in full-width letters.
func inFullWidth(ascii string) string {
	var out []rune
	for _, r := range ascii {
		out = append(out, r-'!'+0xFF01)
	}
	return string(out)
}

func TestFullWidth(t *testing.T) {
	md5 := "0f1e2d3c4b5a69780f1e2d3c4b5a6978"
	run(t, []readCase{
		{"a name", inFullWidth("bad-host.net"), []string{"domain bad-host.net"}},
		{"a name's end", "bad-host" + inFullWidth(".net") + " is", []string{"domain bad-host.net"}},
		{"a URL", "访问" + inFullWidth("http://bad-host.net/a"), []string{"url http://bad-host.net/a"}},
		{"an address", inFullWidth("198.51.100.7"), []string{"ip 198.51.100.7"}},
		{"a hash", inFullWidth(md5), []string{"md5 " + md5}},
		{"a CVE", inFullWidth("CVE-2021-0001"), []string{"cve CVE-2021-0001"}},
		{"words", inFullWidth("Hello") + "，" + inFullWidth("2020") + "年", nil},
	})
}

func TestFullWidthKeepsItsPlace(t *testing.T) {
	text := "见 " + inFullWidth("bad-host.net") + " 等"
	got := Find(text, Options{})
	require.Len(t, got, 1)
	assert.Equal(t, inFullWidth("bad-host.net"), text[got[0].Start:got[0].End])
	assert.True(t, got[0].Defanged)
}
