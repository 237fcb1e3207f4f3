package harmless_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/harmless"
	"github.com/waggle-cti/waggle/shared/ioc"
)

func TestPublication(t *testing.T) {
	found := []ioc.Indicator{
		{Kind: ioc.URL, Value: "https://bad.example/kit/", Role: ioc.Attack},
		{Kind: ioc.Domain, Value: "worse.example", Role: ioc.Attack},
		{Kind: ioc.IP, Value: "2001:db8::7", Role: ioc.Attack},
		{Kind: ioc.Domain, Value: "cert.example", Role: ioc.Reference},
	}
	for _, c := range []struct {
		name, address string
		linked        bool
	}{
		{"publisher", "https://blog.example/post?id=1#top", true},
		{"plain http", "http://blog.example/", true},
		{"a reference", "https://cert.example/adv", true},
		{"nothing", "", false},
		{"script", "javascript:alert(1)", false},
		{"script in disguise", "JaVaScRiPt://blog.example/%0aalert(1)", false},
		{"data", "data:text/html,hello", false},
		{"file", "file:///etc/passwd", false},
		{"no scheme", "//blog.example/", false},
		{"no host", "https:///post", false},
		{"password", "https://user:secret@blog.example/", false},
		{"broken", "https://blog.example/%zz", false},
		{"line break", "https://blog.example/\nx", false},
		{"the indicator itself", "https://bad.example/kit", false},
		{"another page of its host", "https://bad.example/about", true},
		{"on an indicator's host", "http://Worse.example:8080/x", false},
		{"on an indicator's address", "http://[2001:db8::7]/x", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := ""
			if c.linked {
				want = c.address
			}
			assert.Equal(t, want, harmless.Publication(c.address, found))
		})
	}
}

func TestCut(t *testing.T) {
	for text, want := range map[string]string{"": "", "abcd": "abcd", "abcde": "abc…", "äöüß": "äöüß", "äöüßx": "äöü…", "a\nb": "a\nb"} {
		assert.Equal(t, want, harmless.Cut(text, 4), text)
	}
}

func TestCell(t *testing.T) {
	for text, want := range map[string]string{"": "", "a": "a", "=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@x": "'@x"} {
		assert.Equal(t, want, harmless.Cell(text))
	}
}
