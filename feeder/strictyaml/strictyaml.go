// Package strictyaml reads the YAML files that people write for the feeder:
// an unknown key is an error, and every error says in which line.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxSize bounds a file, in bytes. Nobody writes a longer one by hand, and it keeps alias
// expansion within what the library allows.
const maxSize = 4 << 20

// Document remembers where in the file each value stands.
type Document struct {
	name string
	root *yaml.Node
	into reflect.Type
}

// Decode reads data, the content of the file called name, into the struct that
// into points to. Keys which that struct does not have are refused, as are
// further documents. An empty file leaves the struct as it is. Errors begin with "name:line: " and join all
// that is wrong, one a line.
func Decode(name string, data []byte, into any) (*Document, error) {
	d := &Document{name: name, root: &yaml.Node{}}
	if len(data) > maxSize {
		return nil, fmt.Errorf("%s: %d bytes: a file may have %d", name, len(data), maxSize)
	}
	if err := yaml.Unmarshal(data, d.root); err != nil {
		return nil, d.located(err)
	}
	if n := hole(d.root); n != nil {
		return nil, fmt.Errorf("%s:%d: an empty list item: write what belongs there, or remove the dash", name, n.Line)
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	d.into = reflect.TypeOf(into)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return nil, d.located(err)
	}
	if err := dec.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: more than one YAML document: keep the first and drop what follows its '---'", name)
	}
	return d, nil
}

// Errorf makes an error about the value that the path of keys (string) and
// places in lists (int) leads to: "name:line: …". Where the path ends early,
// the line is that of the last value on it.
func (d *Document) Errorf(path []any, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", d.name, d.line(path), fmt.Errorf(format, args...))
}

func (d *Document) line(path []any) int {
	n := d.top()
	line := 1
	if n != nil {
		line = max(n.Line, 1)
	}
	for _, step := range path {
		if n = child(n, step); n == nil {
			return line
		}
		line = n.Line
	}
	return line
}

// hole finds a list item that holds nothing. The library drops such items,
// and every later one would be taken for the one before it.
func hole(n *yaml.Node) *yaml.Node {
	for _, c := range n.Content {
		if n.Kind == yaml.SequenceNode && c.Kind == yaml.ScalarNode && c.Tag == "!!null" {
			return c
		}
		if found := hole(c); found != nil {
			return found
		}
	}
	return nil
}

func (d *Document) top() *yaml.Node {
	if len(d.root.Content) == 0 {
		return nil
	}
	return d.root.Content[0]
}

func child(n *yaml.Node, step any) *yaml.Node {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil {
		return nil
	}
	switch s := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && s >= 0 && s < len(n.Content) {
			return n.Content[s]
		}
	case string:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == s {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// located puts the library's errors into our words: "file:line: what".
func (d *Document) located(err error) error {
	var several *yaml.TypeError
	if errors.As(err, &several) {
		var all []error
		for _, text := range several.Errors {
			all = append(all, d.locate(text))
		}
		return errors.Join(all...)
	}
	return d.locate(strings.TrimPrefix(err.Error(), "yaml: "))
}

func (d *Document) locate(text string) error {
	line := "1"
	if m := regexp.MustCompile(`(?s)^line (\d+): (.*)$`).FindStringSubmatch(text); m != nil {
		line, text = m[1], m[2]
	}
	if m := regexp.MustCompile(`^field (.+) not found in type`).FindStringSubmatch(text); m != nil {
		text = fmt.Sprintf("unknown key %q", m[1])
		if key := nearest(m[1], keysOf(d.into, map[reflect.Type]bool{})); key != "" {
			text += fmt.Sprintf(": is it %q that is meant?", key)
		}
	}
	if m := regexp.MustCompile("(?s)^cannot unmarshal !!\\w+(?: `(.*)`)? into (.+)$").FindStringSubmatch(text); m != nil {
		text = expected(m[1], m[2])
	}
	return fmt.Errorf("%s:%s: %s", d.name, line, text)
}

// expected says what should stand there. What stands there is repeated only
// where numbers and the like belong: elsewhere it may be a secret in the wrong
// place.
func expected(value, goType string) string {
	want, repeat := "keys with values", false
	switch {
	case strings.HasSuffix(goType, "time.Duration"):
		want, repeat = "a duration such as 30m or 72h", true
	case strings.HasPrefix(goType, "int"):
		want, repeat = "a whole number", true
	case goType == "bool":
		want, repeat = "true or false", true
	case goType == "string":
		want = "a text"
	case strings.HasPrefix(goType, "[]"):
		want = "a list"
	}
	if !repeat || value == "" {
		return "expected " + want
	}
	return fmt.Sprintf("expected %s, got %q", want, value)
}
