package config

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

// Secret is a text that is never printed, logged or marshalled: whatever does
// so sees "[hidden]", or nothing where there is none.
type Secret struct{ value string }

// NewSecret hides a text.
func NewSecret(value string) Secret { return Secret{value: value} }

// Reveal gives the text to those who send it where it belongs.
func (s Secret) Reveal() string { return s.value }

// Set reports whether there is one.
func (s Secret) Set() bool { return s.value != "" }

// String hides the text.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return hidden
}

// GoString hides the text from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the text from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the text from JSON and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalYAML hides the text from YAML.
func (s Secret) MarshalYAML() (any, error) { return s.String(), nil }

// secretFrom takes a secret from itself or from a file; naming both is an
// error, since one of them would be silently ignored. names are what the two
// are called in errors.
func secretFrom(value, file, name, fileName string) (Secret, error) {
	if value != "" && file != "" {
		return Secret{}, fmt.Errorf("%s and %s are both set: keep one", name, fileName)
	}
	if file == "" {
		return NewSecret(strings.TrimSpace(value)), nil
	}
	info, err := os.Stat(file)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: %w", fileName, err)
	}
	if info.Size() > maxSecret {
		return Secret{}, fmt.Errorf("%s: %s is larger than %d bytes: it holds no key", fileName, file, maxSecret)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return Secret{}, fmt.Errorf("%s: %w", fileName, err)
	}
	text := strings.TrimSpace(string(data))
	if text == "" {
		return Secret{}, fmt.Errorf("%s: %s is empty", fileName, file)
	}
	return NewSecret(text), nil
}
