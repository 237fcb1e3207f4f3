package message

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"
)

// decode undoes a transfer encoding (RFC 2045, 6) as far as it goes. What no
// encoding is named for is taken as it is.
func (r *reader) decode(encoding string, body []byte) []byte {
	left := r.limits.Bytes - r.bytes
	var out []byte
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		out = fromBase64(body)
	case "quoted-printable":
		out, _ = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body))) // what was read until an error counts
		if len(out) == 0 {
			out = body
		}
	default:
		out = body
	}
	if len(out) > left {
		r.note("Only the first %d bytes of the parts were read.", r.limits.Bytes)
		out = out[:left]
	}
	r.bytes += len(out)
	return out
}

// fromBase64 decodes what there is of Base64 in a text: other signs are passed
// over, as mail programs do (RFC 2045, 6.8), a broken end is left out, and more
// may follow behind the signs that fill one up.
func fromBase64(text []byte) []byte {
	var out []byte
	for piece := range bytes.SplitSeq(text, []byte("=")) {
		clean := make([]byte, 0, len(piece))
		for _, c := range piece {
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/' {
				clean = append(clean, c)
			}
		}
		if len(clean)%4 == 1 {
			clean = clean[:len(clean)-1]
		}
		out, _ = base64.RawStdEncoding.AppendDecode(out, clean) // only Base64 is left
	}
	return out
}
