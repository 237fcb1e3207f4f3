package rtftext_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/rtftext"
)

const limit = 1 << 20

// The first example of MS-OXRTFCP, section 4.
const example = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"

func TestDecompress(t *testing.T) {
	data, err := hex.DecodeString(example)
	require.NoError(t, err)
	document := "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
	for name, c := range map[string]struct {
		data  []byte
		limit int
		want  string
	}{
		"the example of the specification": {data, limit, document},
		"as far as the limit":              {data, 5, document[:5]},
		"cut":                              {data[:26], limit, document[:21]},
		"not compressed":                   {append([]byte("\x10\x00\x00\x00\x04\x00\x00\x00MELA\x00\x00\x00\x00"), "{rtfmore"...), limit, "{rtf"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := rtftext.Decompress(c.data, c.limit)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(got))
		})
	}
	for name, data := range map[string]string{"empty": "", "short": "LZFu", "something else": strings.Repeat("x", 40)} {
		t.Run(name, func(t *testing.T) {
			_, err := rtftext.Decompress([]byte(data), limit)
			assert.ErrorIs(t, err, rtftext.ErrNotCompressed)
		})
	}
}

func TestHTML(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"text":                       {`{\rtf1\ansi\ansicpg1252\pard hello world}`, "hello world"},
		"lines and signs":            {`{\rtf1 one\par two\tab\'e9 \{x\} <b>\emdash }`, "one<br>\ntwo\té {x} &lt;b&gt;—"},
		"what holds no text":         {`{\rtf1{\fonttbl{\f0 Arial;}}{\*\generator Riched20;}{\info{\author x}}y}`, "y"},
		"letters of Unicode":         {`{\rtf1 \u8364?\uc2\u-10179\'3f\'3f\u-8704\'3f\'3f!}`, "€😀!"},
		"a code page":                {`{\rtf1\ansi\ansicpg1251 \'ef\'f0\'e8}`, "при"},
		"a link":                     {`{\rtf1 see {\field{\*\fldinst{HYPERLINK "https://a.example/?x=1&y=2"}}{\fldrslt{\ul https://b.example}}} now}`, `see <a href="https://a.example/?x=1&amp;y=2">https://b.example</a> now`},
		"another field":              {`{\rtf1 {\field{\*\fldinst PAGE}{\fldrslt 1}}}`, "1"},
		"HTML that was packed":       {`{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \par \htmlrtf0 Hi {\*\htmltag84 <a href="https://a.example">}\htmlrtf {\field{\*\fldinst{HYPERLINK "https://no.example"}}{\fldrslt\htmlrtf0 here\htmlrtf }}\htmlrtf0 {\*\htmltag92 </a>}{\*\mhtmltag64 <p>}}`, `<p>Hi <a href="https://a.example">here</a>`},
		"packed, with lines":         {`{\rtf1\fromhtml1 {\*\htmltag <div>\par\tab x</div>}}`, "<div>\n\tx</div>"},
		"binary data":                {`{\rtf1 a\bin3 }}}b}`, "ab"},
		"no end":                     {`{\rtf1 a{\b b`, "ab"},
		"what stands behind the end": {`{\rtf1 a}b`, "a"},
		"cut in a byte":              {`{\rtf1 a\'4`, "a4"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := rtftext.HTML([]byte(c.in), limit)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
	_, err := rtftext.HTML([]byte("hello"), limit)
	assert.ErrorIs(t, err, rtftext.ErrNotRTF)
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte(`{\rtf1\fromhtml1 {\*\htmltag64 <p>}\htmlrtf \par \htmlrtf0 \u-10179?\u-8704?{\field{\*\fldinst HYPERLINK "x"}{\fldrslt y}}\bin2 xx\'e9}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if out, err := rtftext.HTML(data, 1000); err == nil {
			assert.Less(t, len(out), 100_000)
			assert.True(t, len(out) == 0 || strings.ToValidUTF8(out, "") == out)
		}
		if out, err := rtftext.Decompress(data, 1000); err == nil {
			assert.LessOrEqual(t, len(out), 1000)
		}
	})
}
