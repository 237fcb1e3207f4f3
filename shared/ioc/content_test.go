package ioc

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadContent(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		want Content
	}{
		"text":                 {"bad-host[.]net\n", Content{PlainText, "text/plain", "bad-host[.]net\n"}},
		"text with a mark":     {"\xEF\xBB\xBFbad-host[.]net", Content{PlainText, "text/plain", "bad-host[.]net"}},
		"UTF-16":               {"\xFF\xFEb\x00a\x00d\x00", Content{PlainText, "text/plain", "bad"}},
		"Windows-1252":         {"caf\xE9 \x93a\x94", Content{PlainText, "text/plain", "café “a”"}},
		"HTML":                 {"<!DOCTYPE html><p>a", Content{HTML, "text/html", "<!DOCTYPE html><p>a"}},
		"part of HTML":         {"<p>a</p>\n", Content{HTML, "text/html", "<p>a</p>\n"}},
		"HTML that says Latin": {"<html><meta charset=\"iso-8859-1\">\xE9", Content{HTML, "text/html", "<html><meta charset=\"iso-8859-1\">é"}},
		"Markdown with a tag":  {"<p align=\"center\"></p>\n# Title\n", Content{PlainText, "text/html", "<p align=\"center\"></p>\n# Title\n"}},
		"binary":               {"MZ\x90\x00\x03bad-host.net\x00", Content{Strings, "application/octet-stream", "bad-host.net\n"}},
		"nothing":              {"", Content{PlainText, "text/plain", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadContent([]byte(c.data))
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestContentFind(t *testing.T) {
	link := Content{Form: HTML, Text: `<p>bad-2<b>[.]</b>net</p>`}
	require.Len(t, link.Find(Options{}), 1)
	assert.Equal(t, "bad-2.net", link.Find(Options{})[0].Value)
	link.Form = PlainText
	assert.Empty(t, link.Find(Options{}), "the tags divide it")
}

func TestRuns(t *testing.T) {
	for name, c := range map[string]struct{ data, want string }{
		"nothing":             {"", ""},
		"plain":               {"\x00\x01abcdef\x02", "abcdef\n"},
		"too short":           {"\x00abcde\x00", ""},
		"to the end":          {"\x7fabcdef", "abcdef\n"},
		"wide":                {"\x01a\x00b\x00c\x00d\x00e\x00f\x00\x00\x00", "abcdef\n"},
		"wide, cut at end":    {"a\x00b\x00c\x00d\x00e\x00f\x00g", "abcdef\n"},
		"C strings stay two":  {"abcdef\x00ghijkl\x00", "abcdef\nghijkl\n"},
		"plain, then wide":    {"abcdef\x00\x01g\x00h\x00i\x00j\x00k\x00l\x00", "abcdef\nghijkl\n"},
		"bytes above ASCII":   {"abcdef\xffghijkl\xc3\xa9", "abcdef\nghijkl\n"},
		"line breaks end one": {"abcdef\nghijkl", "abcdef\nghijkl\n"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, Runs([]byte(c.data))) })
	}
}

func FuzzRuns(f *testing.F) {
	f.Add([]byte("MZ\x90\x00http://example.com/\x00a\x00b\x00c\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, c := range []byte(Runs(data)) {
			assert.True(t, printable(c) || c == '\n')
		}
	})
}
