package ioc

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// Form is the way in which a file is read.
type Form string

// The forms.
const (
	PlainText Form = "text"
	HTML      Form = "html"
	Strings   Form = "strings" // the readable runs of a binary file, one a line
)

// Content is what there is to read in a file.
type Content struct {
	Form Form
	Type string // media type, by the first bytes: "text/html"
	Text string // UTF-8
}

// ReadContent reads a file by what it holds, as browsers do
// (https://mimesniff.spec.whatwg.org/): its name and its sender's type are not to
// be trusted. Text becomes UTF-8. What is compressed or encoded in a binary file
// is not read.
func ReadContent(data []byte) (Content, error) {
	mediaType, _, _ := strings.Cut(http.DetectContentType(data), ";") // it says UTF-8 of all text
	c := Content{Form: Strings, Type: mediaType}
	if !strings.HasPrefix(mediaType, "text/") {
		c.Text = Runs(data)
		return c, nil
	}
	text, err := decode(data)
	if err != nil {
		return Content{}, fmt.Errorf("the file can't be read as text: %w", err)
	}
	c.Form, c.Text = PlainText, text
	if IsHTML(text) {
		c.Form = HTML
	}
	return c, nil
}

// IsHTML tells HTML from text by its first bytes. Markdown that merely begins
// with a tag stays text: a document says what it is, and a part of one ends with
// a tag, too.
func IsHTML(text string) bool {
	head := text[:min(len(text), 1024)]
	if !strings.HasPrefix(http.DetectContentType([]byte(head)), "text/html") {
		return false
	}
	head = strings.ToLower(head)
	for _, mark := range []string{"<html", "<!doctype", "<body", "<head"} {
		if strings.Contains(head, mark) {
			return true
		}
	}
	return strings.HasSuffix(strings.TrimRight(text, " \t\r\n"), ">")
}

// Find reads the indicators in the content.
func (c Content) Find(o Options) []Indicator {
	if c.Form == HTML {
		return FindHTML(c.Text, o)
	}
	return Find(c.Text, o)
}

// decode gives text as UTF-8: as it is if it is that already, else by its byte
// order mark or what it says of itself, else as Windows-1252
// (https://encoding.spec.whatwg.org/).
func decode(data []byte) (string, error) {
	if utf8.Valid(data) {
		return strings.TrimPrefix(string(data), "\uFEFF"), nil
	}
	encoding, _, _ := charset.DetermineEncoding(data, "")
	text, err := encoding.NewDecoder().String(string(data))
	return strings.TrimPrefix(text, "\uFEFF"), err
}

// shortestRun is how many printable characters in a row count as text in a
// binary file, as with strings -n 6: an IPv4 address has at least seven.
const shortestRun = 6

// Runs gives the runs of printable ASCII in data, one a line. A run may have a
// zero byte after each character, as UTF-16LE has, the text of Windows programs.
func Runs(data []byte) string {
	var out strings.Builder
	var run []byte
	for i := 0; i < len(data); {
		step := 1
		if wide(data, i) && wide(data, i+2) {
			step = 2
		}
		for run = run[:0]; i < len(data) && printable(data[i]) && (step == 1 || wide(data, i)); i += step {
			run = append(run, data[i])
		}
		if len(run) >= shortestRun {
			out.Write(run)
			out.WriteByte('\n')
		}
		if len(run) == 0 {
			i++
		}
	}
	return out.String()
}

func printable(b byte) bool { return b >= ' ' && b <= '~' || b == '\t' }

func wide(data []byte, i int) bool { return i+1 < len(data) && printable(data[i]) && data[i+1] == 0 }
