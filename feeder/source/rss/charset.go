package rss

import (
	"bytes"
	"mime"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// declaration is an XML declaration that names an encoding.
var declaration = regexp.MustCompile(`^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["'][^>]{0,100}\?>`)

// toUTF8 brings a body to UTF-8. What decides, in this order: a byte order
// mark, being valid UTF-8 already (declarations lie more often than bytes do),
// the XML declaration, the media type's charset, and last windows-1252, which
// reads anything.
//
// The declaration is left in place; rooted drops it, so that nobody downstream
// decodes a second time.
func toUTF8(body []byte, contentType string) []byte {
	if decoder := byMark(body); decoder != nil {
		return decode(decoder, body)
	}
	declared := declaration.FindSubmatch(body[:min(len(body), 1024)])
	if utf8.Valid(body) && !sevenBitOther(declared) {
		return body
	}
	if declared != nil {
		if e, name := charset.Lookup(string(declared[1])); e != nil && name != "utf-8" {
			return decode(e, body)
		}
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		if e, name := charset.Lookup(params["charset"]); e != nil && name != "utf-8" {
			return decode(e, body)
		}
	}
	if mostlyUTF8(body) {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return decode(charmap.Windows1252, body)
}

// sevenBitOther tells the encodings whose bytes look like ASCII and are not.
func sevenBitOther(declared [][]byte) bool {
	return declared != nil && bytes.HasPrefix(bytes.ToLower(declared[1]), []byte("iso-2022-"))
}

func byMark(body []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(body, []byte{0xFE, 0xFF}), bytes.HasPrefix(body, []byte{0, '<', 0}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}), bytes.HasPrefix(body, []byte{'<', 0, '?', 0}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	return nil
}

// mostlyUTF8 tells a UTF-8 text with a few broken bytes from one in an 8-bit
// charset: there, bytes above 127 almost never form valid sequences.
func mostlyUTF8(body []byte) bool {
	valid, broken := 0, 0
	for len(body) > 0 {
		if body[0] < utf8.RuneSelf {
			body = body[1:]
			continue
		}
		r, size := utf8.DecodeRune(body)
		if r == utf8.RuneError && size == 1 {
			broken++
		} else {
			valid++
		}
		body = body[size:]
	}
	return valid > broken
}

func decode(e encoding.Encoding, body []byte) []byte {
	out, err := e.NewDecoder().Bytes(body)
	if err != nil {
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return out
}
