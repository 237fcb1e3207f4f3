// Package profiles holds the profiles that Waggle ships and finds the one that
// a configuration names. It only hands out their text: package relevance reads
// the needs in it, package config the sources.
package profiles

import (
	"embed"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed *.yaml
var shipped embed.FS

// maxSize bounds a profile, in bytes.
const maxSize = 4 << 20

// Names gives the names of the shipped profiles in order.
func Names() []string {
	entries, err := shipped.ReadDir(".")
	if err != nil {
		return nil // an embedded folder always reads
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(names)
	return names
}

// Read gives a profile's text and the file name to use in errors. A word
// without slash and dot is the name of a shipped profile, anything else the
// path of a file.
func Read(nameOrPath string) (file string, data []byte, err error) {
	if IsName(nameOrPath) {
		file = nameOrPath + ".yaml"
		if data, err = shipped.ReadFile(file); err != nil {
			return "", nil, fmt.Errorf("no profile %q is shipped: use %s, or the path of your own file (./%s)", nameOrPath, strings.Join(Names(), ", "), file)
		}
		return file, data, nil
	}
	f, err := os.Open(nameOrPath)
	if err != nil {
		return "", nil, fmt.Errorf("profile: %w", err)
	}
	defer f.Close()
	if data, err = io.ReadAll(io.LimitReader(f, maxSize+1)); err != nil {
		return "", nil, fmt.Errorf("profile: %w", err)
	}
	if len(data) > maxSize {
		return "", nil, fmt.Errorf("profile %s: longer than %d bytes", nameOrPath, maxSize)
	}
	return nameOrPath, data, nil
}

// maxBases bounds how many profiles one may build on, one on another.
const maxBases = 5

// Text is a profile as it was written.
type Text struct {
	File string // for errors, and where its relative paths start
	Data []byte
}

// Layers gives a profile behind those that it builds on, the lowest first: a
// profile may say `extends: small-business`, or name a file, relative to its
// own folder.
func Layers(file string, data []byte) ([]Text, error) {
	layers := []Text{{file, data}}
	for {
		top := layers[0]
		var written struct {
			Extends string `yaml:"extends"`
		}
		if err := yaml.Unmarshal(top.Data, &written); err != nil || written.Extends == "" {
			return layers, nil // who reads the whole says better what is wrong
		}
		if len(layers) > maxBases {
			return nil, fmt.Errorf("%s: extends: more than %d profiles build on one another: is there a circle?", file, maxBases)
		}
		base := written.Extends
		if !IsName(base) && !filepath.IsAbs(base) {
			base = filepath.Join(filepath.Dir(top.File), base)
			if IsName(base) {
				base = "./" + base
			}
		}
		name, text, err := Read(base)
		if err != nil {
			return nil, fmt.Errorf("%s: extends: %w", top.File, err)
		}
		layers = append([]Text{{name, text}}, layers...)
	}
}

// IsName reports whether the text names a shipped profile rather than a file.
func IsName(nameOrPath string) bool {
	return !strings.ContainsAny(nameOrPath, `/\.`) && nameOrPath == path.Base(nameOrPath)
}
