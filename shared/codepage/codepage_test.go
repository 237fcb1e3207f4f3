package codepage_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/waggle-cti/waggle/shared/codepage"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		page int
		want string
	}{
		"the West's":               {"\xe9\x80", 1252, "é€"},
		"Cyrillic":                 {"\xef\xf0\xe8", 1251, "при"},
		"Japanese":                 {"\x93\xfa\x96\x7b", 932, "日本"},
		"of ISO":                   {"\xe9", 28592, "é"},
		"UTF-8":                    {"é", 65001, "é"},
		"UTF-8 that is damaged":    {"a\xff", 65001, "a\uFFFD"},
		"not known, and UTF-8":     {"é", 4711, "é"},
		"not known, and not UTF-8": {"\xe9", 4711, "é"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, codepage.Text([]byte(c.data), codepage.Name(c.page))) })
	}
}

// Every name that is given is one by which text can be read.
func TestNames(t *testing.T) {
	for number := range 70_000 {
		if name := codepage.Name(number); name != "" {
			assert.NotEmpty(t, codepage.Text([]byte("a"), name), name)
		}
	}
}
