package extract

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadDocument(t *testing.T) {
	for name, line := range map[string]string{
		"plain":             `{"doc":"one","text":"bad-1[.]net"}`,
		"the other way":     ` { "text" : "b" , "doc" : "a" } `,
		"escapes":           `{"doc":"a\"b","text":"\\a\/\b\f\n\r\t\u00e9\u2028\u0000"}`,
		"escape first":      `{"doc":"a","text":"\nb"}`,
		"surrogates":        `{"doc":"a","text":"\ud83d\ude00 \ud83d \ude00"}`,
		"beyond ASCII":      `{"doc":"ä","text":"例え.net"}`,
		"no UTF-8":          "{\"doc\":\"a\",\"text\":\"b\xff\"}",
		"one field":         `{"text":"b"}`,
		"no field":          `{}`,
		"twice":             `{"doc":"a","text":"b","text":"c"}`,
		"other letters":     `{"DOC":"a","Text":"b"}`,
		"more fields":       `{"doc":"a","text":"b","n":1,"more":{"text":"c"}}`,
		"more strings":      `{"doc":"a","split":"x\n","text":"b"}`,
		"no digits":         "{\"doc\":\"a\",\"text\":\"\\u00\x109\"}",
		"null":              `{"doc":null,"text":"b"}`,
		"a number":          `{"doc":1,"text":"b"}`,
		"control character": "{\"doc\":\"a\",\"text\":\"b\tc\"}",
		"bad escape":        `{"doc":"a","text":"\x"}`,
		"bad digits":        `{"doc":"a","text":"\u00-9"}`,
		"capital digits":    `{"doc":"a","text":"\u00E9"}`,
		"short escape":      `{"doc":"a","text":"\u00`,
		"cut":               `{"doc":"a","text":"b`,
		"cut escape":        `{"doc":"a","text":"b\`,
		"more behind":       `{"doc":"a","text":"b"} c`,
		"comma behind":      `{"doc":"a","text":"b",}`,
		"not an object":     `["doc","text"]`,
	} {
		t.Run(name, func(t *testing.T) { sameAsEncodingJSON(t, []byte(line)) })
	}
}

// sameAsEncodingJSON checks that the line is read as encoding/json reads it, by
// itself too if that says that it can.
func sameAsEncodingJSON(t *testing.T, line []byte) {
	t.Helper()
	var want document
	fails := json.Unmarshal(line, &want)
	got, err := readDocument(line)
	assert.Equal(t, fails, err)
	assert.Equal(t, want, got)
	if d, ok := plainDocument(line); ok {
		require.NoError(t, fails)
		assert.Equal(t, want, d)
	}
}

func TestPlainDocumentsNeedNoReflection(t *testing.T) {
	_, ok := plainDocument([]byte(`{"doc": "a", "text": "hxxp://bad-1[.]net\n\"\u00e9\""}`))
	assert.True(t, ok)
}

func FuzzReadDocument(f *testing.F) {
	f.Add([]byte(`{"doc":"a\u00e9","text":"b\n"}`))
	f.Fuzz(sameAsEncodingJSON)
}
