package officetext_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/officetext"
)

// document packs parts, name and content in turn.
func document(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		require.NoError(t, err)
		_, err = w.Write([]byte(parts[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return out.Bytes()
}

const types = "[Content_Types].xml"

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		parts []string
		want  string
	}{
		"paragraphs": {[]string{"word/document.xml", `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>bad-host</w:t></w:r><w:r><w:t>[.]net</w:t></w:r></w:p><w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p></w:body></w:document>`}, "bad-host[.]net\na\tb\nc"},
		"a table":    {[]string{"word/document.xml", `<d><tbl><tr><tc><p><t>C2</t></p></tc><tc><p><t>x</t></p></tc></tr></tbl></d>`}, "C2\n\tx"},
		"footnotes":  {[]string{"word/document.xml", `<p><t>one</t></p>`, "word/footnotes.xml", `<p><t>two</t></p>`, "word/styles.xml", `<p><t>no</t></p>`}, "one\ntwo"},
		"a sheet":    {[]string{"xl/worksheets/sheet1.xml", `<s><row><c t="s"><v>1</v></c><c><v>8443</v></c><c t="inlineStr"><is><t>here</t></is></c><c t="s"><v>99</v></c></row></s>`, "xl/sharedStrings.xml", `<sst><si><t>no</t></si><si><r><t>bad-</t></r><r><t>host.net</t></r></si></sst>`}, "bad-host.net\t8443\there"},
		"slides":     {[]string{"ppt/slides/slide1.xml", `<a:p xmlns:a="a"><a:r><a:t>bad-host.net</a:t></a:r></a:p>`}, "bad-host.net"},
		"links":      {[]string{"word/document.xml", `<p><t>click</t></p>`, "word/_rels/document.xml.rels", `<Relationships><Relationship Target="http://moth-panel.top/" TargetMode="External"/><Relationship Target="styles.xml"/></Relationships>`}, "http://moth-panel.top/\n\nclick"},
		"damaged":    {[]string{"word/document.xml", `<d><p><t>one</t></p><p><t>two`, "word/header1.xml", `<p><t>three</t></p>`}, "one\nthree"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := officetext.Text(t.Context(), document(t, append([]string{types, "<Types/>"}, c.parts...)...))
			require.NoError(t, err)
			assert.Equal(t, c.want, strings.TrimSpace(strings.ReplaceAll(got, "\t\n", "\n")))
		})
	}
}

func TestWhatIsNotRead(t *testing.T) {
	many := []string{types, "<Types/>"}
	for i := range 5001 {
		many = append(many, fmt.Sprint(i), "")
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	good := document(t, types, "<Types/>", "word/document.xml", "<p><t>x</t></p>")
	for name, c := range map[string]struct {
		ctx  context.Context
		data []byte
		want error
	}{
		"nothing":     {t.Context(), nil, officetext.ErrNotOffice},
		"an archive":  {t.Context(), document(t, "word/document.xml", "<p><t>x</t></p>"), officetext.ErrNotOffice},
		"cut":         {t.Context(), good[:len(good)-10], officetext.ErrNotOffice},
		"no text":     {t.Context(), document(t, types, "<Types/>"), officetext.ErrNoText},
		"many parts":  {t.Context(), document(t, many...), officetext.ErrLimit},
		"a bomb":      {t.Context(), document(t, types, "<Types/>", "word/document.xml", "<p><t>"+strings.Repeat("a", 65<<20)), officetext.ErrLimit},
		"over by now": {cancelled, good, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := officetext.Text(c.ctx, c.data)
			require.ErrorIs(t, err, c.want)
		})
	}
}

func FuzzText(f *testing.F) {
	f.Add(`<d><p><t>one</t></p><tr><tc><p><t>x</t></p></tc></tr></d>`, `<sst><si><t>no</t></si></sst>`)
	f.Add(`<s><row><c t="s"><v>0</v></c><c t="s"><v>-1</v></c></row></s>`, `<sst><si><r><t>bad-</t></r><r><t>host.net</t></r></si>`)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		text, err := officetext.Text(t.Context(), document(t, types, "", "xl/worksheets/sheet1.xml", sheet, "word/document.xml", sheet, "xl/sharedStrings.xml", shared, "a.rels", shared))
		if err != nil {
			require.ErrorIs(t, err, officetext.ErrNoText)
		}
		assert.True(t, utf8.ValidString(text))
	})
}
