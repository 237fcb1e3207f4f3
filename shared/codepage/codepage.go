// Package codepage reads text of a character set that somebody says it has, as old
// files, mail and messages of Outlook do.
package codepage

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// Name gives the name of a code page of Windows by its number; "" if none is known.
// https://learn.microsoft.com/windows/win32/intl/code-page-identifiers
func Name(number int) string {
	switch {
	case number >= 1250 && number <= 1258, number == 874:
		return fmt.Sprintf("windows-%d", number)
	case number >= 28591 && number <= 28606:
		return fmt.Sprintf("iso-8859-%d", number-28590)
	}
	return map[int]string{
		866: "ibm866", 932: "shift_jis", 936: "gbk", 949: "euc-kr", 950: "big5", 10000: "macintosh",
		20866: "koi8-r", 50220: "iso-2022-jp", 54936: "gb18030", 65001: "utf-8",
	}[number]
}

// Text gives text as UTF-8: by the character set that it is said to have, else as
// it is, else as Windows-1252.
func Text(data []byte, name string) string {
	if e, _ := charset.Lookup(name); e != nil && name != "" {
		if text, err := e.NewDecoder().Bytes(data); err == nil {
			return strings.ToValidUTF8(string(text), "\uFFFD")
		}
	}
	if utf8.Valid(data) {
		return string(data)
	}
	text, _ := charmap.Windows1252.NewDecoder().Bytes(data) // has a character for each byte
	return string(text)
}
