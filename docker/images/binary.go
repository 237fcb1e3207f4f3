package main

import (
	"bytes"
	"cmp"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/uuid"
	"github.com/opencontainers/go-digest"
	spec "github.com/opencontainers/image-spec/specs-go/v1"
)

// source is where the programs' source lies.
const source = "https://github.com/waggle-cti/waggle"

// binary is a program, and what it says of its making.
type binary struct {
	program      string
	architecture string
	data         []byte
	info         *debug.BuildInfo
	created      time.Time // of the commit; 1970 if the binary names none
	layer        layer
}

// readBinary reads a program that was built for linux and an architecture.
func readBinary(path, architecture string) (binary, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return binary{}, fmt.Errorf("%w: `make cross` builds it", err)
	}
	b := binary{program: filepath.Base(path), architecture: architecture, data: data, created: time.Unix(0, 0).UTC()}
	if b.info, err = buildinfo.Read(bytes.NewReader(data)); err != nil {
		return binary{}, fmt.Errorf("%s: %w", path, err)
	}
	if b.setting("GOOS") != "linux" || b.setting("GOARCH") != architecture {
		return binary{}, fmt.Errorf("%s is built for %s/%s and not for linux/%s", path, b.setting("GOOS"), b.setting("GOARCH"), architecture)
	}
	if b.setting("CGO_ENABLED") == "1" {
		return binary{}, errors.New(path + " is built with cgo and needs libraries that no image of ours has: build it with CGO_ENABLED=0")
	}
	if text := b.setting("vcs.time"); text != "" {
		if b.created, err = time.Parse(time.RFC3339, text); err != nil {
			return binary{}, fmt.Errorf("%s: vcs.time: %w", path, err)
		}
	}
	b.layer, err = newLayer(entry{name: b.program, mode: 0o755, data: data})
	return b, err
}

// setting is what the binary was built with, by the name that `go version -m`
// shows.
func (b binary) setting(name string) string {
	for _, s := range b.info.Settings {
		if s.Key == name {
			return s.Value
		}
	}
	return ""
}

// revision is the commit it was built from, "" if it names none.
func (b binary) revision() string {
	revision := b.setting("vcs.revision")
	if revision != "" && b.setting("vcs.modified") == "true" {
		revision += "-modified"
	}
	return revision
}

// labels say what an image is and what it was made of.
// https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
func (b binary) labels(title, description, version string) map[string]string {
	labels := map[string]string{
		spec.AnnotationTitle:       title,
		spec.AnnotationDescription: description,
		spec.AnnotationVersion:     version,
		spec.AnnotationSource:      source,
		spec.AnnotationLicenses:    "Apache-2.0",
	}
	if revision := b.revision(); revision != "" {
		labels[spec.AnnotationRevision] = revision
		labels[spec.AnnotationCreated] = b.created.Format(time.RFC3339)
	}
	return labels
}

// components lists every module in the program, as its build information has
// it, in CycloneDX (https://cyclonedx.org/docs/1.6/json/).
func (b binary) components() ([]byte, error) {
	main := b.module(&debug.Module{Path: b.info.Main.Path, Version: b.info.Main.Version}, cdx.ComponentTypeApplication)
	main.Name = b.program
	main.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: digest.FromBytes(b.data).Encoded()}}
	list := []cdx.Component{b.module(&debug.Module{Path: "std", Version: strings.TrimPrefix(b.info.GoVersion, "go")}, cdx.ComponentTypeLibrary)}
	for _, m := range b.info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		list = append(list, b.module(m, cdx.ComponentTypeLibrary))
	}
	refs := make([]string, len(list))
	for i, c := range list {
		refs[i] = c.BOMRef
	}
	bom := cdx.NewBOM()
	bom.SerialNumber = uuid.NewSHA1(uuid.NameSpaceURL, b.data).URN()
	bom.Metadata = &cdx.Metadata{Timestamp: b.created.Format(time.RFC3339), Component: &main}
	bom.Components = &list
	bom.Dependencies = &[]cdx.Dependency{{Ref: main.BOMRef, Dependencies: &refs}}
	var out bytes.Buffer
	enc := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	err := enc.Encode(bom)
	return out.Bytes(), err
}

// module names a Go module by its package URL.
// https://github.com/package-url/purl-spec/blob/main/types-doc/golang-definition.md
func (b binary) module(m *debug.Module, kind cdx.ComponentType) cdx.Component {
	url := "pkg:golang/" + m.Path + "@" + cmp.Or(m.Version, "(devel)")
	return cdx.Component{Type: kind, BOMRef: url, Name: m.Path, Version: m.Version, PackageURL: url}
}
