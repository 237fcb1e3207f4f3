package store

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWords(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":                  {"", ""},
		"signs":                    {" -- ^* ", ""},
		"small letters":            {"The LOADER, v2", "the loader v2"},
		"defanged":                 {"hxxps://evil-cdn[.]top/a", "hxxps evil cdn top a"},
		"accents":                  {"Café Ångström ấ", "cafe angstrom a"},
		"accents apart":            {"Cafe\u0301", "cafe"},
		"capitals of other kinds":  {"ЁЛКА ΆΛΦΑ", "елка αλφα"},
		"a script without spaces":  {"は脆弱性", "は 脆 弱 性"},
		"beside one with":          {"Windows脆弱性CVE", "windows 脆 弱 性 cve"},
		"Korean keeps its letters": {"악성 코드", "악성 코드"},
		"no text at all":           {"a\xffb\x00c", "a b c"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, words(c.text)) })
	}
	assert.Equal(t, []string{"evil top", "loader"}, phrases("evil[.]top -- loader"))
}
