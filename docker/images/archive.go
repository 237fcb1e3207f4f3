package main

import (
	"archive/tar"
	"encoding/json"
	"io"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	spec "github.com/opencontainers/image-spec/specs-go/v1"
)

// loaded is an image in manifest.json, by which Docker engines load archives.
// https://github.com/moby/docker-image-spec/blob/v1.3.1/v1.2.md#combined-image-json--filesystem-changeset-format
type loaded struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// writeArchive writes images as an OCI layout that has Docker's manifest.json
// too, as `docker save` does: every engine since Docker 1.10 loads it, and so do
// podman, containerd and skopeo. A layer that images share is in it once.
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
func writeArchive(to io.Writer, images []image) error {
	a := &tarball{tar: tar.NewWriter(to), held: map[string]bool{}}
	index := spec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: spec.MediaTypeImageIndex}
	var docker []loaded
	for _, i := range images {
		l := loaded{Config: a.blob(i.config), RepoTags: []string{i.name}}
		for _, layer := range i.layers {
			l.Layers = append(l.Layers, a.blob(layer.blob))
		}
		a.blob(i.manifest)
		docker = append(docker, l)
		d := describe(spec.MediaTypeImageManifest, i.manifest)
		d.Platform = &i.platform // else who makes one image of several architectures has to open each
		d.Annotations = map[string]string{spec.AnnotationRefName: i.name, "io.containerd.image.name": i.name}
		index.Manifests = append(index.Manifests, d)
	}
	a.json("index.json", index)
	a.json("manifest.json", docker)
	a.json(spec.ImageLayoutFile, spec.ImageLayout{Version: spec.ImageLayoutVersion})
	return a.close()
}

// tarball writes files without times or owners, and remembers the first error.
type tarball struct {
	tar  *tar.Writer
	held map[string]bool // blobs that are in it
	err  error
}

// blob writes a blob unless it is there already, and gives its name.
func (a *tarball) blob(data []byte) string {
	name := spec.ImageBlobsDir + "/sha256/" + digest.FromBytes(data).Encoded()
	if !a.held[name] {
		a.held[name] = true
		a.file(name, 0o644, data)
	}
	return name
}

func (a *tarball) json(name string, v any) {
	data, err := json.Marshal(v)
	if a.err == nil {
		a.err = err
	}
	a.file(name, 0o644, data)
}

func (a *tarball) file(name string, mode int64, data []byte) {
	if a.err == nil {
		a.err = a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(data)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR})
	}
	if a.err == nil {
		_, a.err = a.tar.Write(data)
	}
}

func (a *tarball) close() error {
	if a.err != nil {
		return a.err
	}
	return a.tar.Close()
}
