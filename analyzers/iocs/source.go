package iocs

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/ioc"
)

// source says what was read, and how.
type source struct {
	ReadAs string `json:"read_as"`        // text, html, or strings: the readable runs of a binary file
	Type   string `json:"type,omitempty"` // of a file, by its first bytes
	Bytes  int    `json:"bytes"`
	Note   string `json:"note,omitempty"`
}

// read reads the job's text, or its file by what its content is: the sender's
// type and the name are not to be trusted.
func read(job *cortex.Job) (source, []ioc.Indicator, error) {
	if job.DataType != "file" {
		return source{ReadAs: "text", Bytes: len(job.Data)}, ioc.Find(job.Data, ioc.Options{}), nil
	}
	file, err := job.File.Open()
	if err != nil {
		return source{}, nil, fmt.Errorf("the job's file can't be read: %w", err)
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return source{}, nil, fmt.Errorf("the job's file can't be read: %w", err)
	}
	contentType, _, _ := strings.Cut(http.DetectContentType(data), ";") // it says UTF-8 of all text
	src := source{Type: contentType, Bytes: len(data)}
	if !strings.HasPrefix(src.Type, "text/") {
		src.ReadAs, src.Note = "strings", "A binary file: only its readable runs were searched. What is compressed or encoded in it was not."
		return src, ioc.Find(runs(data), ioc.Options{}), nil
	}
	text, err := decode(data)
	if err != nil {
		return source{}, nil, fmt.Errorf("the job's file can't be read as text: %w", err)
	}
	if src.Type == "text/html" {
		src.ReadAs = "html"
		return src, ioc.FindHTML(text, ioc.Options{}), nil
	}
	src.ReadAs = "text"
	return src, ioc.Find(text, ioc.Options{}), nil
}

// decode gives text as UTF-8: as it is if it is that already, else by its byte
// order mark or what it says of itself, else as Windows-1252
// (https://encoding.spec.whatwg.org/).
func decode(data []byte) (string, error) {
	if utf8.Valid(data) {
		return strings.TrimPrefix(string(data), "\uFEFF"), nil
	}
	encoding, _, _ := charset.DetermineEncoding(data, "")
	return encoding.NewDecoder().String(string(data))
}

// shortestRun is how many printable characters in a row count as text in a
// binary file, as with strings -n 6: an IPv4 address has at least seven.
const shortestRun = 6

// runs gives the runs of printable ASCII in data, one a line. A run may have a
// zero byte after each character, as UTF-16LE has, the text of Windows programs.
func runs(data []byte) string {
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
