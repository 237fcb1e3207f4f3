// Package secret holds texts that must never be shown: keys, tokens.
package secret

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// hidden is what a secret looks like to anybody but Reveal's caller.
const hidden = "[hidden]"

// maxSecret bounds a secret's file, in bytes.
const maxSecret = 64 << 10

// Text is a secret that is never printed, logged or marshalled: whatever does
// so sees "[hidden]", or nothing where there is none.
type Text struct {
	value   string
	exposed string
}

// New hides a text.
func New(value string) Text { return Text{value: value} }

// Reveal gives the text to those who send it where it belongs.
func (s Text) Reveal() string { return s.value }

// Set reports whether there is one.
func (s Text) Set() bool { return s.value != "" }

// Exposed is the path of the file that the text was read from, if every user of
// the machine may read that file; else it is empty.
func (s Text) Exposed() string { return s.exposed }

// String hides the text.
func (s Text) String() string {
	if s.value == "" {
		return ""
	}
	return hidden
}

// GoString hides the text from %#v.
func (s Text) GoString() string { return s.String() }

// LogValue hides the text from log/slog.
func (s Text) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the text from JSON and the like.
func (s Text) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalYAML takes the text as it was written.
func (s *Text) UnmarshalYAML(decode func(any) error) error { return decode(&s.value) }

// MarshalYAML hides the text from YAML.
func (s Text) MarshalYAML() (any, error) { return s.String(), nil }

// From takes a secret from itself or from a file; naming both is an
// error, since one of them would be silently ignored. names are what the two
// are called in errors.
func From(value, file, name, fileName string) (Text, error) {
	if value != "" && file != "" {
		return Text{}, fmt.Errorf("%s and %s are both set: keep one", name, fileName)
	}
	if file == "" {
		return New(strings.TrimSpace(value)), nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return Text{}, unread(fileName, err)
	}
	if info.Size() > maxSecret {
		return Text{}, fmt.Errorf("%s: %s is larger than %d bytes: it holds no key", fileName, file, maxSecret)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Text{}, unread(fileName, err)
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return Text{}, fmt.Errorf("%s: %s is empty", fileName, file)
	}
	s := New(text)
	if info.Mode().Perm()&0o004 != 0 {
		s.exposed = file
	}
	return s, nil
}

// unread is the error of a file that cannot be read.
func unread(name string, err error) error {
	return fmt.Errorf("%s: %w: name a file that holds the secret and nothing else, and that the feeder's user may read", name, err)
}
