package cortex

import (
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"
)

// screen is where something is printed for people: a terminal with a width and
// perhaps colours, or a file or pipe, which has neither.
type screen struct {
	terminal bool
	width    int // columns; 0: no end
	colours  bool
}

// screenOf finds out what a stream is. https://no-color.org/
func screenOf(stream io.Writer, getenv func(string) string) screen {
	f, ok := stream.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return screen{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		width = 0
	}
	plain := getenv("NO_COLOR") != "" || getenv("TERM") == "dumb"
	return screen{terminal: true, width: width, colours: !plain}
}

// The colours, as a terminal is told them (ECMA-48, "Select Graphic Rendition").
const (
	red    = "31;1"
	yellow = "33;1"
	green  = "32"
	faint  = "2"
	bold   = "1"
)

// paint colours a text where there are colours.
func (s screen) paint(colour, text string) string {
	if !s.colours || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// wrap breaks a text into lines of at most width columns, between words where
// that is possible; 0 is one line.
func wrap(text string, width int) []string {
	if width <= 0 {
		return []string{text}
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		runes := []rune(word)
		for ; len(runes) > width; runes = runes[width:] {
			lines = append(lines, string(runes[:width]))
		}
		line = string(runes)
	}
	return append(lines, line)
}

// printable takes out what could steer a terminal or turn the writing around,
// and puts all on one line.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
