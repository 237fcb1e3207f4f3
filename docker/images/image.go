package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	spec "github.com/opencontainers/image-spec/specs-go/v1"
)

// uid is who the feeder runs as, and who its data belong to.
const uid = 65532

// layer is a compressed tar of files. The images of a program's workers share
// one, so that a further worker costs its metadata only.
type layer struct {
	blob   []byte
	diffID digest.Digest // of the tar before compression
}

// image is one image of one architecture.
type image struct {
	name     string // with registry and tag
	platform spec.Platform
	layers   []layer
	config   []byte
	manifest []byte
}

// entry is a file or a folder of a layer.
type entry struct {
	name string // ends in a slash if it is a folder
	mode int64
	uid  int
	data []byte
}

// newLayer makes a layer, with no times but the zero one: 1970.
func newLayer(entries ...entry) (layer, error) {
	var plain bytes.Buffer
	t := tar.NewWriter(&plain)
	for _, e := range entries {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: e.name, Mode: e.mode, Uid: e.uid, Gid: e.uid, Size: int64(len(e.data)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
		if e.name[len(e.name)-1] == '/' {
			header.Typeflag = tar.TypeDir
		}
		if err := t.WriteHeader(header); err != nil {
			return layer{}, err
		}
		if _, err := t.Write(e.data); err != nil {
			return layer{}, err
		}
	}
	if err := t.Close(); err != nil {
		return layer{}, err
	}
	l := layer{diffID: digest.FromBytes(plain.Bytes())}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain.Bytes()); err != nil {
		return layer{}, err
	}
	err := z.Close()
	l.blob = packed.Bytes()
	return l, err
}

// worker makes the image of a worker. Cortex starts it without arguments.
//
// It names no user: Cortex hands a job over in a folder of mode 0700 that
// belongs to its own uid, which another uid could not read. The worker itself
// runs under any uid, on a read-only root file system, without a shell.
func (b binary) worker(w worker) (image, error) {
	return b.image(w.DockerImage, spec.ImageConfig{
		Entrypoint: []string{"/" + w.program, w.command},
		Labels:     b.labels(w.Name, w.Description, w.Version),
	}, b.layer)
}

// feeder makes the feeder's image. /data holds its database and must belong to
// its user; everything else may be read-only.
func (b binary) feeder(name, version string) (image, error) {
	data, err := newLayer(entry{name: "data/", mode: 0o755, uid: uid})
	if err != nil {
		return image{}, err
	}
	return b.image(name, spec.ImageConfig{
		Entrypoint:   []string{"/feeder"},
		Cmd:          []string{"run"},
		User:         fmt.Sprintf("%d:%d", uid, uid),
		Env:          []string{"WAGGLE_DATABASE=/data/waggle.db", "WAGGLE_LISTEN=0.0.0.0:8787"},
		ExposedPorts: map[string]struct{}{"8787/tcp": {}},
		Volumes:      map[string]struct{}{"/data": {}},
		Labels:       b.labels("Waggle feeder", "Reads security sources and raises one TheHive alert a story", version),
	}, b.layer, data)
}

// image writes configuration and manifest.
// https://github.com/opencontainers/image-spec/blob/v1.1.1/manifest.md
func (b binary) image(name string, config spec.ImageConfig, layers ...layer) (image, error) {
	i := image{name: name, platform: spec.Platform{Architecture: b.architecture, OS: "linux"}, layers: layers}
	whole := spec.Image{
		Created:  &b.created,
		Platform: i.platform,
		Config:   config,
		RootFS:   spec.RootFS{Type: "layers"},
	}
	manifest := spec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: spec.MediaTypeImageManifest}
	for _, l := range layers {
		whole.RootFS.DiffIDs = append(whole.RootFS.DiffIDs, l.diffID)
		manifest.Layers = append(manifest.Layers, describe(spec.MediaTypeImageLayerGzip, l.blob))
	}
	var err error
	if i.config, err = json.Marshal(whole); err != nil {
		return image{}, err
	}
	manifest.Config = describe(spec.MediaTypeImageConfig, i.config)
	i.manifest, err = json.Marshal(manifest)
	return i, err
}

func describe(mediaType string, blob []byte) spec.Descriptor {
	return spec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(blob), Size: int64(len(blob))}
}
