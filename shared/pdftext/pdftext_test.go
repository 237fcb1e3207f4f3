package pdftext_test

import (
	"bytes"
	"context"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/pdftext"
	"github.com/waggle-cti/waggle/shared/pdftext/pdftexttest"
)

// one gives a file of one page.
func one(font, content string) []byte {
	f := pdftexttest.New()
	f.Page(f.Add(font), f.Flate("", content))
	return f.Bytes()
}

// stored gives a file whose page is encoded in some way.
func stored(dict, data string) []byte {
	f := pdftexttest.New()
	f.Page(f.Add(pdftexttest.Helvetica), f.Stream(dict, data))
	return f.Bytes()
}

// mapped gives a file with a font that has its own codes.
func mapped(font, cmap, content string) []byte {
	f := pdftexttest.New()
	m := f.Flate("", cmap)
	f.Page(f.Add(fmt.Sprintf("<< /Type /Font %s /ToUnicode %d 0 R >>", font, m)), f.Flate("", content))
	return f.Bytes()
}

// inForm gives a file whose text is in a form, with the page's font.
func inForm() []byte {
	f := pdftexttest.New()
	font := f.Add(pdftexttest.Helvetica)
	form := f.Flate("/Type /XObject /Subtype /Form /Matrix [1 0 0 1 5 5]", pdftexttest.Content("inside"))
	content := f.Flate("", pdftexttest.Content("before")+" q 1 0 0 1 0 -50 cm /X Do Q")
	f.Page(f.Add(fmt.Sprintf("<< >> %% %d", font)), content)
	return bytes.Replace(f.Bytes(), []byte("/Font << /F1"), fmt.Appendf(nil, "/XObject << /X %d 0 R >> /Font << /F1 %d 0 R /F2", form, font), 1)
}

// linked gives a file whose text is a link that leads elsewhere.
func linked() []byte {
	file := pdftexttest.Lines("shown.example")
	link := "/Annots [<< /Subtype /Link /A << /S /URI /URI (http://elsewhere.example/a\\)) >> >> << /A << /S /GoTo /URI (no) >> >>]"
	return bytes.Replace(file, []byte("/Type /Page "), []byte("/Type /Page "+link+" "), 1)
}

func a85(s string) string {
	out := make([]byte, ascii85.MaxEncodedLen(len(s)))
	return string(out[:ascii85.Encode(out, []byte(s))]) + "~>"
}

func packed() []byte {
	f := pdftexttest.New()
	f.Page(f.Add(pdftexttest.Helvetica), f.Flate("", pdftexttest.Content("packed")))
	return f.Packed()
}

func TestText(t *testing.T) {
	hello := pdftexttest.Content("hello")
	whole := pdftexttest.Lines("first\nsecond", "next page")
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"pages and lines":        {whole, "first\nsecond\n\nnext page"},
		"plain":                  {stored("", hello), "hello"},
		"ASCII85":                {stored("/Filter /ASCII85Decode", a85(hello)), "hello"},
		"hexadecimal":            {stored("/Filter [/ASCIIHexDecode]", hex.EncodeToString([]byte(hello))+">"), "hello"},
		"two filters":            {stored("/Filter [/A85 /Fl]", a85(pdftexttest.Compress(hello))), "hello"},
		"an object stream":       {packed(), "packed"},
		"without a table":        {bytes.Split(whole, []byte("xref"))[0], "first\nsecond\n\nnext page"},
		"cut within the pages":   {bytes.Split(whole, []byte("6 0 obj"))[0], "first\nsecond"},
		"no tree of pages":       {bytes.Replace(whole, []byte("/Kids"), []byte("/Lost"), 1), "first\nsecond\n\nnext page"},
		"a wrong length":         {bytes.ReplaceAll(whole, []byte("/Length "), []byte("/Length 9")), "first\nsecond\n\nnext page"},
		"changed behind the end": {append(whole, []byte("\n4 0 obj\n<< /Length 40 >>\nstream\nBT /F1 9 Tf (changed) Tj ET\nendstream\nendobj\n")...), "changed\n\nnext page"},
		"a link":                 {linked(), "shown.example\nhttp://elsewhere.example/a)"},
		"a form":                 {inForm(), "before\n\ninside"},
		"escapes": {one(pdftexttest.Helvetica, `BT /F1 9 Tf (a\(b\)\\ (c) \101\
b \344) Tj ET`), `a(b)\ (c) Ab ä`},
		"a string in hexadecimal": {one(pdftexttest.Helvetica, "BT /F1 9 Tf <68 65 6C6C6f2> Tj ET"), "hello"},
		"letters moved apart":     {one(pdftexttest.Helvetica, "BT /F1 9 Tf [(moth) -60 (-panel) 40 (.top) -300 (next)] TJ ET"), "moth-panel.top next"},
		"each word placed":        {one(pdftexttest.Helvetica, "BT /F1 10 Tf 1 0 0 1 50 700 Tm (ab) Tj 1 0 0 1 60 700 Tm (cd) Tj 1 0 0 1 73 700 Tm (ef) Tj ET"), "abcd ef"},
		"a table's row":           {one(pdftexttest.Helvetica, "BT /F1 9 Tf (C2) Tj 100 0 Td (moth-panel.top) Tj -100 -11 Td (mail) Tj 100 0 Td (x) Tj ET"), "C2\tmoth-panel.top\nmail\tx"},
		"on its side":             {one(pdftexttest.Helvetica, "BT /F1 9 Tf 0 1 -1 0 50 50 Tm 11 TL (one) Tj T* (two) Tj ET"), "one\ntwo"},
		"quotes move on":          {one(pdftexttest.Helvetica, "BT /F1 9 Tf 11 TL (one) Tj (two) ' 0 0 (three) \" ET"), "one\ntwo\nthree"},
		"TD sets the leading":     {one(pdftexttest.Helvetica, "BT /F1 9 Tf (one) Tj 0 -11 TD (two) Tj T* (three) Tj ET"), "one\ntwo\nthree"},
		"an inline image":         {one(pdftexttest.Helvetica, "BI /W 1 ID (\x00 EI BT /F1 9 Tf (behind) Tj ET"), "behind"},
		"named glyphs":            {one("<< /Subtype /Type1 /Encoding << /Differences [1 /h /one /period /uni0074 /fi] >> >>", "BT /F1 9 Tf <0102030405> Tj ET"), "h1.tfi"},
		"Macintosh":               {one("<< /Subtype /TrueType /Encoding /MacRomanEncoding >>", "BT /F1 9 Tf <8A> Tj ET"), "ä"},
		"a map of characters":     {mapped("/Subtype /Type0 /Encoding /Identity-H", "2 beginbfchar <0003> <0068> <0004> <FB01> endbfchar", "BT /F1 9 Tf <00030004> Tj ET"), "hfi"},
		"a map of ranges": {mapped("/Subtype /Type0 /DescendantFonts [<< /DW 600 /W [16 [500 500] 18 20 400] >>]",
			"2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0078> <0079007A>] endbfrange", "BT /F1 9 Tf <0010001100120020002100FF> Tj ET"), "abcxyz"},
		"beyond 16 bits": {mapped("/Subtype /TrueType", "1 beginbfchar <41> <D83DDC1D> endbfchar", "BT /F1 9 Tf (AB) Tj ET"), "🐝B"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := pdftext.Text(t.Context(), c.file, pdftext.Limits{})
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

func TestWidthsTellWords(t *testing.T) {
	const content = "BT /F1 10 Tf (ii) Tj 6 0 Td (ii) Tj 9 0 Td (ii) Tj ET"
	for name, font := range map[string]string{
		"of a simple font": "<< /Subtype /Type1 /FirstChar 105 /Widths [300] >>",
		"of Type 3":        "<< /Subtype /Type3 /FontMatrix [0.01 0 0 0.01 0 0] /FirstChar 105 /Widths [30] >>",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := pdftext.Text(t.Context(), one(font, content), pdftext.Limits{})
			require.NoError(t, err)
			assert.Equal(t, "iiii ii", got)
		})
	}
}

func TestWhatIsNotRead(t *testing.T) {
	encrypted := pdftexttest.New()
	encrypted.Page(encrypted.Add(pdftexttest.Helvetica), encrypted.Flate("", "x"))
	encrypted.Trailer("/Encrypt << /Filter /Standard >>")
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"empty":                    {nil, pdftext.ErrNotPDF},
		"another file":             {[]byte("hello"), pdftext.ErrNotPDF},
		"only a head":              {[]byte("%PDF-1.7"), pdftext.ErrNoText},
		"encrypted":                {encrypted.Bytes(), pdftext.ErrEncrypted},
		"no text":                  {one(pdftexttest.Helvetica, "0 0 5 5 re f"), pdftext.ErrNoText},
		"glyphs without a meaning": {one("<< /Subtype /Type0 >>", "BT /F1 9 Tf <00010002> Tj ET"), pdftext.ErrNoText},
		"a filter not known":       {stored("/Filter /LZWDecode", "x"), pdftext.ErrNoText},
		"a predictor":              {stored("/Filter /FlateDecode /DecodeParms << /Predictor 12 >>", pdftexttest.Compress(pdftexttest.Content("x"))), pdftext.ErrNoText},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := pdftext.Text(t.Context(), c.file, pdftext.Limits{})
			require.ErrorIs(t, err, c.want)
			assert.Empty(t, text)
		})
	}
}

func TestLimits(t *testing.T) {
	file := pdftexttest.Lines("first", strings.Repeat("second ", 200), "third")
	for name, c := range map[string]struct {
		limits pdftext.Limits
		begins string
	}{
		"pages":   {pdftext.Limits{Pages: 1}, "first"},
		"text":    {pdftext.Limits{Text: 7}, "first"},
		"decoded": {pdftext.Limits{Decoded: 500}, "first"},
		"steps":   {pdftext.Limits{Steps: 10}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := pdftext.Text(t.Context(), file, c.limits)
			require.ErrorIs(t, err, pdftext.ErrLimit)
			assert.Equal(t, c.begins, text)
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := pdftext.Text(ctx, pdftexttest.Lines(strings.Repeat("many words ", 5000)), pdftext.Limits{})
	require.ErrorIs(t, err, context.Canceled)
}

// Each of these made one reader or another hang, crash or eat all memory.
func TestHostileFilesEnd(t *testing.T) {
	bomb := pdftexttest.New()
	bomb.Page(bomb.Add(pdftexttest.Helvetica), bomb.Flate("", strings.Repeat(" ", 40<<20)))
	itself := pdftexttest.New()
	form := itself.Flate("/Subtype /Form /Resources << /XObject << /X 3 0 R >> >>", strings.Repeat("/X Do ", 50))
	require.Equal(t, 3, form)
	itself.Page(itself.Add(pdftexttest.Helvetica), form)
	circle := bytes.Replace(itself.Bytes(), []byte("/Font <<"), []byte("/XObject << /X 3 0 R >> /Font <<"), 1)
	names := fmt.Sprintf("/F1 << /Subtype /Type1 /Encoding << /Differences [%s] >> >>", strings.Repeat("/a", 50_000))
	fonts := pdftexttest.New()
	fonts.Page(0, fonts.Flate("", strings.Repeat("/F1 9 Tf ", 100_000)))
	manyNames := bytes.Replace(fonts.Bytes(), []byte("/F1 0 0 R"), []byte(names), 1)
	require.Contains(t, string(manyNames), names)
	long := "%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n"
	kids := long + "2 0 obj << /Type /Pages /Kids [" + strings.Repeat("2 0 R ", 100_000) + "] >> endobj\n"
	for name, file := range map[string]string{
		"a bomb":                        string(bomb.Bytes()),
		"a form that shows itself":      string(circle),
		"a font of many names, often":   string(manyNames),
		"pages in a circle":             kids,
		"an object that is itself":      long + "2 0 obj 2 0 R endobj",
		"arrays in arrays":              long + "2 0 obj " + strings.Repeat("[", 1<<20),
		"dictionaries in dictionaries":  long + "2 0 obj " + strings.Repeat("<</A ", 1<<18),
		"streams without an end":        long + strings.Repeat("3 0 obj << >> stream\n", 1<<16),
		"objects without an end":        long + strings.Repeat("3 0 obj (", 1<<17),
		"a large number of pages":       long + "2 0 obj << /Count 99999999999999999999 /Size 1e300 >> endobj",
		"an object stream in a circle":  long + "2 0 obj << /Type /ObjStm /N 9 /First 4 /Extends 2 0 R >> stream\n2 0 2 0 R\nendstream",
		"a first object below the data": long + "2 0 obj << /Type /ObjStm /N 9 /First -4 >> stream\n2 0 2 0 R\nendstream",
		"a length below nothing":        long + "2 0 obj << /Length -5 >> stream\nx\nendstream",
		"one long string, read often":   long + "2 0 obj << /Type /ObjStm /First 500000 >> stream\n" + strings.Repeat("7 0 ", 125_000) + "(" + strings.Repeat("x", 1<<20) + "\nendstream",
	} {
		t.Run(name, func(t *testing.T) {
			text, err := pdftext.Text(t.Context(), []byte(file), pdftext.Limits{Steps: 300_000})
			require.Error(t, err)
			assert.Empty(t, text)
		})
	}
}

func TestIndicatorsAreReadInPDF(t *testing.T) {
	const digest = "0f3a9c5d7e1b2a4c6d8e0f1a3b5c7d9e2f4a6b8c0d1e3f5a7b9c2d4e6f8a0b1c"
	file := pdftexttest.Lines("Indicators of compromise\n" + digest[:44] + "\n" + digest[44:] +
		"\nhxxp://moth-panel[.]top/a/long/path/of/many/folders/that-fills-the-\nline.php\n")
	text, err := pdftext.Text(t.Context(), file, pdftext.Limits{})
	require.NoError(t, err)
	var got []string
	for _, i := range ioc.Find(text, ioc.Options{}) {
		got = append(got, string(i.Kind)+" "+i.Value)
	}
	assert.Contains(t, got, "sha256 "+digest)
	assert.Contains(t, got, "url http://moth-panel.top/a/long/path/of/many/folders/that-fills-the-line.php")
}

func FuzzText(f *testing.F) {
	f.Add(pdftexttest.Lines("first", "second"))
	f.Add(packed())
	f.Add(inForm())
	f.Add(mapped("/Subtype /Type0", "1 beginbfrange <0010> <0012> <0061> endbfrange", "BT /F1 9 Tf <0010> Tj ET"))
	f.Add(one("<< /Subtype /Type1 /Encoding << /Differences [1 /h /one] >> >>", "BT /F1 9 Tf [<0102> -300 (a\\(b)] TJ BI ID x EI ET"))
	f.Fuzz(func(t *testing.T, data []byte) {
		limits := pdftext.Limits{Pages: 50, Decoded: 1 << 20, Text: 1 << 16, Steps: 200_000}
		text, err := pdftext.Text(t.Context(), data, limits)
		assert.LessOrEqual(t, len(text), limits.Text)
		if err == nil {
			assert.NotEmpty(t, text)
		}
		assert.Equal(t, strings.ToValidUTF8(text, ""), text)
	})
}
