package extract

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// line is one line of output, by its fields.
type line struct {
	Doc string `json:"doc"`
	ioc.Indicator
}

// encoded is the line as encoding/json writes it.
func encoded(t *testing.T, l line) string {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	require.NoError(t, enc.Encode(l))
	return out.String()
}

// full is a value each of whose fields has something in it, the text where there
// is room for one.
func full(t *testing.T, text string) ioc.Indicator {
	t.Helper()
	var i ioc.Indicator
	v := reflect.ValueOf(&i).Elem()
	for n := range v.NumField() {
		switch f := v.Field(n); f.Kind() {
		case reflect.String:
			f.SetString(text)
		case reflect.Int:
			f.SetInt(int64(n + 7))
		case reflect.Uint16:
			f.SetUint(uint64(n + 7))
		case reflect.Bool:
			f.SetBool(true)
		default:
			require.Fail(t, "a field that the test can't fill", v.Type().Field(n).Name)
		}
	}
	return i
}

func TestLinesAreWrittenAsEncodingJSONWritesThem(t *testing.T) {
	for name, text := range map[string]string{
		"plain":              "http://bad-host.net/a?b=c&d=<e>",
		"nothing":            "",
		"quotes":             `say "hi"`,
		"backslashes":        `HKLM\Software\bad`,
		"control characters": "a\tb\r\n\b\f\x00\x1f\x7f",
		"beyond ASCII":       "bäd。例え.net",
		"line separators":    "a\u2028b\u2029c",
		"no UTF-8":           "a\xff\xc3b\xed\xa0\x80",
	} {
		t.Run(name, func(t *testing.T) {
			i := full(t, text)
			assert.Equal(t, encoded(t, line{text, i}), string(appendLine(nil, text, &i)))
		})
	}
	t.Run("empty fields", func(t *testing.T) {
		assert.Equal(t, encoded(t, line{}), string(appendLine(nil, "", &ioc.Indicator{})))
	})
}
