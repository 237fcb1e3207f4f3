// Package envfile completes a .env file of Compose and leaves what stands there.
// https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
package envfile

import (
	"fmt"
	"regexp"
	"strings"
)

// File is the text of a .env file.
type File struct {
	lines []string
}

// Parse takes a file's text.
func Parse(text string) *File {
	return &File{lines: strings.Split(strings.TrimRight(text, "\n"), "\n")}
}

// String gives the text.
func (f *File) String() string { return strings.Join(f.lines, "\n") + "\n" }

var (
	setting   = regexp.MustCompile(`^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$`)
	suggested = regexp.MustCompile(`^#\s*(\w+)=(.*)$`)
	// plain is a value that needs no quotes and no escapes in any Compose.
	plain = regexp.MustCompile(`^[A-Za-z0-9 _.,:/@*+-]+$`)
)

// Get gives a value; empty if it is not set. Quotes around it are taken off.
func (f *File) Get(name string) string {
	if i := f.find(name); i >= 0 {
		return strings.Trim(setting.FindStringSubmatch(f.lines[i])[2], `"'`)
	}
	return ""
}

// All gives every value that is set.
func (f *File) All() map[string]string {
	values := map[string]string{}
	for _, line := range f.lines {
		if m := setting.FindStringSubmatch(line); m != nil {
			values[m[1]] = f.Get(m[1])
		}
	}
	return values
}

// find gives the line that sets a name; the last one counts, as with Compose.
func (f *File) find(name string) int {
	for i := len(f.lines) - 1; i >= 0; i-- {
		if m := setting.FindStringSubmatch(f.lines[i]); m != nil && m[1] == name {
			return i
		}
	}
	return -1
}

// Set gives a name a value in the line where it stands, or in the place of the
// commented line that suggests it, or at the end. Values of more than letters, digits, spaces
// and common marks are refused, as Composes differ in how they read them.
func (f *File) Set(name, value string) error {
	if !plain.MatchString(value) {
		return fmt.Errorf("%s: only letters, digits, spaces and _.,:/@*+- can stand in .env", name)
	}
	line := name + "=" + value
	if strings.Contains(value, " ") {
		line = name + `="` + value + `"`
	}
	if i := f.find(name); i >= 0 {
		f.lines[i] = line
		return nil
	}
	for i, text := range f.lines {
		if m := suggested.FindStringSubmatch(text); m != nil && m[1] == name {
			f.lines[i] = line
			return nil
		}
	}
	f.lines = append(f.lines, line)
	return nil
}

// Fill sets a name that has no value, and reports whether it did.
func (f *File) Fill(name, value string) (bool, error) {
	if f.Get(name) != "" {
		return false, nil
	}
	return true, f.Set(name, value)
}

// Suggestions gives the settings in the commented lines below the heading. The
// heading ends before a colon or a space: "# With small" is not what the line
// "# With small,socket-proxy:" begins with.
func (f *File) Suggestions(heading string) map[string]string {
	values := map[string]string{}
	inside := false
	for _, line := range f.lines {
		m := suggested.FindStringSubmatch(line)
		switch {
		case isHeading(line, heading):
			inside = true
		case inside && m == nil:
			return values
		case inside:
			values[m[1]] = m[2]
		}
	}
	return values
}

func isHeading(line, heading string) bool {
	rest, begins := strings.CutPrefix(line, heading)
	return begins && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, " "))
}
