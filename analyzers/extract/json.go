package extract

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/waggle-cti/waggle/shared/ioc"
)

// appendLine adds the line of output for one value to b, as encoding/json writes
// line. That takes longer by reflection than it took to find the value.
func appendLine(b []byte, doc string, i *ioc.Indicator) []byte {
	b = appendText(append(b, `{"doc":`...), doc)
	b = appendText(append(b, `,"type":`...), string(i.Kind))
	b = appendText(append(b, `,"value":`...), i.Value)
	if i.Raw != "" {
		b = appendText(append(b, `,"raw":`...), i.Raw)
	}
	b = strconv.AppendInt(append(b, `,"start":`...), int64(i.Start), 10)
	b = strconv.AppendInt(append(b, `,"end":`...), int64(i.End), 10)
	if i.Defanged {
		b = append(b, `,"defanged":true`...)
	}
	b = appendText(append(b, `,"role":`...), string(i.Role))
	b = strconv.AppendInt(append(b, `,"confidence":`...), int64(i.Confidence), 10)
	if i.Why != "" {
		b = appendText(append(b, `,"why":`...), i.Why)
	}
	if i.Port != 0 {
		b = strconv.AppendInt(append(b, `,"port":`...), int64(i.Port), 10)
	}
	if i.With != "" {
		b = appendText(append(b, `,"with":`...), i.With)
	}
	return append(b, '}', '\n')
}

// appendText adds a JSON string. What has to be escaped in it, or mended, is left
// to encoding/json.
func appendText(b []byte, text string) []byte {
	if special(text) {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(text) // no string fails, and no buffer
		return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
	}
	return append(append(append(b, '"'), text...), '"')
}

// special reports whether the text is more than printable ASCII.
func special(text string) bool {
	for k := range len(text) {
		if c := text[k]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return true
		}
	}
	return false
}
