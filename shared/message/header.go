package message

import (
	"bytes"
	"io"
	"mime"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"

	"github.com/waggle-cti/waggle/shared/codepage"
)

// Field is a line of a header, unfolded.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"` // as it stands there; Decoded gives it as people read it
}

// Decoded is the value with its encoded words (RFC 2047) as UTF-8.
func (f Field) Decoded() string { return decodeWords(f.Value) }

// Header is a header in its order: the latest server stands first.
type Header []Field

// Get gives the first field of a name, whatever its case; "" if there is none.
func (h Header) Get(name string) string {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Decoded gives the first field of a name as people read it.
func (h Header) Decoded(name string) string { return decodeWords(h.Get(name)) }

// All gives the fields of a name.
func (h Header) All(name string) []string {
	var out []string
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			out = append(out, f.Value)
		}
	}
	return out
}

// isMail tells a header of mail from text that has a colon somewhere.
func (h Header) isMail() bool {
	return slices.ContainsFunc(h, func(f Field) bool {
		return slices.Contains([]string{"from", "to", "subject", "received", "message-id", "mime-version", "return-path", "delivered-to"}, strings.ToLower(f.Name))
	})
}

const (
	mostHeader = 1 << 20  // bytes of a header
	mostField  = 64 << 10 // and of a field
)

// header cuts a header off its body. Lines that are no field are passed over.
func (r *reader) header(data []byte) (Header, []byte) {
	var out Header
	var folded strings.Builder // the value of the last field
	end := func() {
		if len(out) > 0 {
			out[len(out)-1].Value = folded.String()
		}
	}
	defer end()
	rest := data
	for len(rest) > 0 {
		line, next, _ := bytes.Cut(rest, []byte("\n"))
		text := strings.TrimRight(string(line[:min(len(line), mostField)]), "\r")
		if text == "" {
			return out, next
		}
		if len(data)-len(next) > mostHeader || len(out) == r.limits.Fields {
			r.note("Only the first %d fields of a header were read.", len(out))
			return out, afterHeader(rest)
		}
		rest = next
		if text[0] == ' ' || text[0] == '\t' {
			if len(out) > 0 && folded.Len() < mostField {
				folded.WriteString(" " + strings.TrimSpace(text))
			}
			continue
		}
		if name, value, ok := strings.Cut(text, ":"); ok && isName(strings.TrimRight(name, " \t")) {
			end()
			folded.Reset()
			folded.WriteString(strings.TrimSpace(value))
			out = append(out, Field{Name: strings.TrimRight(name, " \t")})
		}
	}
	return out, nil
}

// afterHeader gives the body of a header that was not read to its end.
func afterHeader(data []byte) []byte {
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		if len(bytes.TrimRight(line, "\r")) == 0 {
			return data
		}
	}
	return nil
}

// isName tells a field's name (RFC 5322, 3.6.8).
func isName(name string) bool {
	return name != "" && len(name) <= 200 && strings.IndexFunc(name, func(c rune) bool { return c <= ' ' || c > '~' }) < 0
}

// decodeWords decodes encoded words, of any character set that browsers know;
// what can't be decoded stays.
func decodeWords(text string) string {
	decoder := mime.WordDecoder{CharsetReader: func(label string, in io.Reader) (io.Reader, error) {
		if known, err := charset.NewReaderLabel(label, in); err == nil {
			return known, nil
		}
		return in, nil // one set that is not known must not keep the other words from being read
	}}
	if decoded, err := decoder.DecodeHeader(text); err == nil {
		text = decoded
	}
	return codepage.Text([]byte(text), "")
}
