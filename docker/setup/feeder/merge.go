package feeder

import (
	"bytes"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// entry is a value and where it stands in a YAML file: "thehive.url".
type entry struct{ path, value string }

// header begins a file that is made anew.
const header = "# The feeder's configuration: feeder/config/waggle.example.yaml tells what else may\n# stand here. `setup integrate` keeps the addresses and the files of keys up to date,\n# and leaves the rest alone.\n"

// merged is a YAML file with the entries in it. Comments and all other keys stay;
// a file that has all of them already stays the same, byte by byte.
func merged(held []byte, entries []entry) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(held, &doc); err != nil {
		return nil, errors.New("it is no YAML")
	}
	if doc.Kind == 0 {
		doc = yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
	}
	changed := false
	for _, e := range entries {
		differs, err := set(doc.Content[0], strings.Split(e.path, "."), e.value)
		if err != nil {
			return nil, err
		}
		changed = changed || differs
	}
	if !changed {
		return held, nil
	}
	var out bytes.Buffer
	if len(held) == 0 {
		out.WriteString(header)
	}
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	err := errors.Join(encoder.Encode(&doc), encoder.Close())
	return out.Bytes(), err
}

// set puts a value where the path leads, and tells whether it was another.
func set(node *yaml.Node, path []string, value string) (changed bool, err error) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" { // "thehive:" with nothing but comments in it
		*node = yaml.Node{Kind: yaml.MappingNode, HeadComment: node.HeadComment, FootComment: node.FootComment}
	}
	if node.Kind != yaml.MappingNode {
		return false, errors.New(strings.Join(path, ".") + " has no place in it")
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value != path[0] {
			continue
		}
		held := node.Content[i+1]
		if len(path) > 1 {
			return set(held, path[1:], value)
		}
		if held.Kind == yaml.ScalarNode && held.Value == value {
			return false, nil
		}
		*held = *scalar(value)
		return true, nil
	}
	node.Content = append(node.Content, scalar(path[0]))
	if len(path) == 1 {
		node.Content = append(node.Content, scalar(value))
		return true, nil
	}
	inner := &yaml.Node{Kind: yaml.MappingNode}
	node.Content = append(node.Content, inner)
	return set(inner, path[1:], value)
}

func scalar(value string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(value)
	return n
}
