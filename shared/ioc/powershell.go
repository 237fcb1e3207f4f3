package ioc

import (
	"bytes"
	"encoding/base64"
	"unicode/utf16"
	"unicode/utf8"
)

// maxCommand bounds an encoded command, in bytes of its text.
const maxCommand = 64 << 10

// minCommand is the length from which Base64 is looked at, in signs: a dozen
// characters.
const minCommand = 32

// command reads the Base64 whose first word is s[i:end], if it is text in
// UTF-16LE, as PowerShell takes its commands (-EncodedCommand,
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_powershell_exe)
// and hardly anything else is. What it says is read once: a command within it is
// not. The values stand where the command does. It gives the command's end.
func (s *scanner) command(i, end int) (next int, ok bool) {
	t := s.text
	if s.decoded || !wideASCII(t[i:min(len(t), i+minCommand)]) {
		return 0, false
	}
	if next = base64End(t, end); next-i < minCommand {
		return 0, false
	}
	for n := 0; n < 2 && nextIs(t, next, '='); n++ {
		next++
	}
	text, ok := decodeWide(t[i:next])
	if !ok {
		return 0, false
	}
	s.add(PowerShell, t[i:next], i, next, false)
	s.addDecoded(text, i, next)
	return next, true
}

// wideASCII reports whether Base64 may be of ASCII in UTF-16LE: each second byte
// is zero, so that the fifth and the eighth sign of each eight are "A".
func wideASCII(w string) bool {
	for n := 0; n+8 <= len(w); n += 8 {
		if w[n+4] != 'A' || w[n+7] != 'A' || !has("AQgw", w[n+1]) {
			return false
		}
	}
	return len(w) >= minCommand
}

// decodeWide gives the text that the Base64 is, from UTF-16LE. A broken end is
// left out; ok is false if it is no text.
func decodeWide(w string) (text string, ok bool) {
	for len(w) > 0 && w[len(w)-1] == '=' {
		w = w[:len(w)-1]
	}
	w = w[:min(len(w), 2*maxCommand/3*4)]
	if len(w)%4 == 1 {
		w = w[:len(w)-1]
	}
	b, err := base64.RawStdEncoding.DecodeString(w)
	if err != nil {
		return "", false
	}
	units := make([]uint16, len(b)/2)
	for k := range units {
		units[k] = uint16(b[2*k]) | uint16(b[2*k+1])<<8
		if c := units[k]; c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0xFFFD {
			return "", false
		}
	}
	return string(utf16.Decode(units)), true
}

// base64String reads the Base64 in quotes at i, whose sign is right before it, if
// PowerShell decodes it there: "FromBase64String('…')". Text in UTF-16LE is read
// as a command is.
func (s *scanner) base64String(i int) {
	t := s.text
	const name = "frombase64string("
	if s.decoded || !hasFold(t, i-1-len(name), name) {
		return
	}
	end := base64End(t, i)
	b, err := base64.RawStdEncoding.DecodeString(t[i:min(end, i+maxCommand/3*4)])
	if err != nil || len(b) == 0 || !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return
	}
	s.addDecoded(string(b), i, end)
}

// addDecoded notes the values that the decoded text has, at the place where it is
// written.
func (s *scanner) addDecoded(text string, start, end int) {
	in := newScanner(text)
	defer in.done()
	in.decoded = true
	in.scan()
	for n := range in.marks {
		if m := &in.marks[n]; !m.doubtful {
			e := &in.values.all[m.of]
			s.add(e.kind, e.value, start, end, m.fanged).encoded = true
		}
	}
}
