// Package message reads mail messages that nobody vouches for: those of the
// Internet (RFC 5322, MIME by RFC 2045 to 2047 and 2231), as .eml files hold them,
// and Outlook's (.msg).
//
// It takes what there is: net/mail and mime/multipart give up at the first line
// of a header that is none, and mail made to deceive has such lines. Encodings
// that are damaged are read as far as they go. All is bounded by [Limits]; what
// goes beyond one stands in the notes.
package message

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"strings"

	"github.com/waggle-cti/waggle/shared/codepage"
	"github.com/waggle-cti/waggle/shared/compound"
)

// Limits bound what is read of a message. Zero fields mean the defaults.
type Limits struct {
	Fields int // of a header; default 1,000
	Parts  int // of the message and those within it; default 500
	Depth  int // parts and messages within one another; default 10
	Bytes  int // that the parts hold, decoded, in all; default 64 MiB
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *int
		value int
	}{{&l.Fields, 1000}, {&l.Parts, 500}, {&l.Depth, 10}, {&l.Bytes, 64 << 20}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

// ErrNotMessage is that the bytes do not begin with a header as mail has, or are
// a file of Outlook's format and no message.
var ErrNotMessage = errors.New("it is no mail message")

// Message is a message, or a part of one that is a message.
type Message struct {
	Header Header
	Parts  []Part   // that hold something, in order, those of messages within it too
	Notes  []string // what was not read, and why
}

// Part is a part that is not made of others.
type Part struct {
	Header      Header
	Path        string // its place: "1.2" is the second part of the first
	Type        string // media type, as the message says; text/plain if it does not
	Charset     string // as the message says
	Disposition string // inline, attachment, or nothing
	Filename    string // hostile, and not a path; often nothing
	Data        []byte // decoded
	Within      string // the place of the message within this one that it is part of; mostly nothing
}

// IsText tells a part that is to be read and not to be saved.
func (p Part) IsText() bool {
	return strings.HasPrefix(p.Type, "text/") && p.Disposition != "attachment" && p.Filename == ""
}

// Text gives the data of a part of text as UTF-8.
func (p Part) Text() string { return codepage.Text(p.Data, p.Charset) }

// Read reads a message. The error is [ErrNotMessage], which a .msg file that is
// damaged beyond reading gives too.
func Read(data []byte, limits Limits) (Message, error) {
	r := &reader{limits: limits.withDefaults()}
	if compound.Is(data) {
		err := r.readOutlook(data)
		return r.message, err
	}
	data = withoutEnvelope(data)
	header, body := r.header(data)
	if !header.isMail() {
		return Message{}, ErrNotMessage
	}
	r.message.Header = header
	r.part(header, body, "", "", 0)
	return r.message, nil
}

// withoutEnvelope drops what a mailbox file or a careless export puts before a
// message: white space, a byte order mark, a line "From …".
func withoutEnvelope(data []byte) []byte {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), "\r\n\t ")
	if bytes.HasPrefix(data, []byte("From ")) {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return data
}

// reader reads one message, and counts.
type reader struct {
	limits  Limits
	message Message
	parts   int
	bytes   int
}

func (r *reader) note(format string, args ...any) {
	const most = 20
	if note := fmt.Sprintf(format, args...); len(r.message.Notes) < most {
		r.message.Notes = append(r.message.Notes, note)
	}
}

// part reads a part and those in it.
func (r *reader) part(header Header, body []byte, path, within string, depth int) {
	if r.parts++; r.parts > r.limits.Parts {
		if r.parts == r.limits.Parts+1 {
			r.note("Only the first %d parts were read.", r.limits.Parts)
		}
		return
	}
	media, params := mediaType(header.Get("Content-Type"))
	if strings.HasPrefix(media, "multipart/") && params["boundary"] != "" {
		if depth >= r.limits.Depth {
			r.note("Parts deeper than %d were not read.", r.limits.Depth)
			return
		}
		for i, one := range split(body, params["boundary"], r.limits.Parts) {
			inner, rest := r.header(one)
			r.part(inner, rest, join(path, i+1), within, depth+1)
		}
		return
	}
	disposition, more := mediaType(header.Get("Content-Disposition"))
	one := Part{
		Header: header, Path: orOne(path), Type: media, Charset: params["charset"], Disposition: disposition,
		Filename: decodeWords(firstOf(more["filename"], params["name"])), Within: within,
	}
	if one.Type == "" {
		one.Type = "text/plain"
	}
	one.Data = r.decode(header.Get("Content-Transfer-Encoding"), body)
	r.message.Parts = append(r.message.Parts, one)
	if one.Type != "message/rfc822" || depth >= r.limits.Depth {
		return
	}
	if inner, rest := r.header(withoutEnvelope(one.Data)); inner.isMail() {
		r.part(inner, rest, join(path, 1), one.Path, depth+1)
	}
}

func join(path string, n int) string {
	if path == "" {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s.%d", path, n)
}

func orOne(path string) string { return firstOf(path, "1") }

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// split cuts the body of a multipart at its boundary (RFC 2046, 5.1.1). What
// stands before the first one is no part; the last may lack its end.
func split(body []byte, boundary string, most int) [][]byte {
	var parts [][]byte
	mark := []byte("--" + boundary)
	from := -1
	for at := 0; at < len(body) && len(parts) <= most; {
		end := len(body)
		if i := bytes.IndexByte(body[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if line := bytes.TrimRight(body[at:end], " \t\r\n"); bytes.HasPrefix(line, mark) {
			rest := string(line[len(mark):])
			if rest == "" || rest == "--" {
				if from >= 0 {
					parts = append(parts, trimLine(body[from:at]))
				}
				if from = end; rest == "--" {
					return parts
				}
			}
		}
		at = end
	}
	if from >= 0 && from < len(body) {
		parts = append(parts, body[from:])
	}
	return parts
}

// trimLine drops the end of the last line, which belongs to the boundary.
func trimLine(data []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(data, []byte("\n")), []byte("\r"))
}

// mediaType reads a value with parameters, leniently: what package mime refuses
// is read up to the first parameter, and the names that matter behind it.
func mediaType(value string) (string, map[string]string) {
	if media, params, err := mime.ParseMediaType(value); err == nil || media != "" && len(params) > 0 {
		return media, params
	}
	media, rest, _ := strings.Cut(value, ";")
	params := map[string]string{}
	for _, one := range strings.Split(rest, ";") {
		name, text, ok := strings.Cut(one, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); ok && len(params) < 20 && params[name] == "" {
			params[name] = strings.Trim(strings.TrimSpace(text), `"'`)
		}
	}
	return strings.ToLower(strings.TrimSpace(media)), params
}
