package main

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/opencontainers/go-digest"
	spec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	bundle "github.com/waggle-cti/waggle"
)

const catalog = `{
	"analyzers":[
		{"name":"Waggle_One","version":"1.0","description":"Does one.","dockerImage":"ghcr.example/cti/waggle-one:1.0"},
		{"name":"Waggle_Two","version":"2.1","description":"Does two.","dockerImage":"ghcr.example/cti/waggle-two:2.1"}],
	"responders":[{"name":"Waggle_Three","version":"1.0","description":"Does three.","dockerImage":"ghcr.example/cti/waggle-three:1.0"}]}`

// built is a program as readBinary gives it.
func built(t *testing.T, program string, settings ...debug.BuildSetting) binary {
	t.Helper()
	b := binary{program: program, architecture: "arm64", data: []byte("the program " + program), created: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	b.info = &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "github.com/waggle-cti/waggle", Version: "v0.1.0"}, Settings: settings,
		Deps: []*debug.Module{{Path: "github.com/example/a", Version: "v1.2.3"}, {Path: "github.com/example/b", Version: "v1.0.0", Replace: &debug.Module{Path: "github.com/example/fork", Version: "v1.0.1"}}}}
	var err error
	b.layer, err = newLayer(entry{name: program, mode: 0o755, data: b.data})
	require.NoError(t, err)
	return b
}

// contents are the files of a tar, and how often each is in it.
func contents(t *testing.T, archive []byte) (files map[string][]byte, times map[string]int) {
	t.Helper()
	files, times = map[string][]byte{}, map[string]int{}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if err == io.EOF {
			return files, times
		}
		require.NoError(t, err)
		assert.Zero(t, h.ModTime.Unix(), h.Name)
		files[h.Name], err = io.ReadAll(r)
		require.NoError(t, err)
		times[h.Name]++
	}
}

func TestArchive(t *testing.T) {
	workers, err := readCatalog([]byte(catalog), "")
	require.NoError(t, err)
	b := built(t, "analyzers", debug.BuildSetting{Key: "vcs.revision", Value: "0123abc"}, debug.BuildSetting{Key: "vcs.modified", Value: "true"})
	var images []image
	for _, w := range workers[:2] {
		i, err := b.worker(w)
		require.NoError(t, err)
		images = append(images, i)
	}
	feeder, err := built(t, "feeder").feeder(feederName(workers, "0.1.0"), "0.1.0")
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, writeArchive(&out, append(images, feeder)))
	files, times := contents(t, out.Bytes())

	for name, n := range times {
		assert.Equal(t, 1, n, name)
		if hash, ok := strings.CutPrefix(name, "blobs/sha256/"); ok {
			assert.Equal(t, hash, digest.FromBytes(files[name]).Encoded())
		}
	}
	var docker []loaded
	require.NoError(t, json.Unmarshal(files["manifest.json"], &docker))
	require.Len(t, docker, 3)
	assert.Equal(t, []string{"ghcr.example/cti/waggle-one:1.0"}, docker[0].RepoTags)
	assert.Equal(t, []string{"ghcr.example/cti/waggle-feeder:0.1.0"}, docker[2].RepoTags)
	assert.Equal(t, docker[0].Layers, docker[1].Layers, "workers share the layer")
	assert.Len(t, docker[2].Layers, 2, "the program, and a folder for data")

	var one spec.Image
	require.NoError(t, json.Unmarshal(files[docker[0].Config], &one))
	assert.Equal(t, spec.Platform{Architecture: "arm64", OS: "linux"}, one.Platform)
	assert.Equal(t, []string{"/analyzers", "one"}, one.Config.Entrypoint)
	assert.Empty(t, one.Config.User)
	assert.Equal(t, map[string]string{
		"org.opencontainers.image.title": "Waggle_One", "org.opencontainers.image.description": "Does one.", "org.opencontainers.image.version": "1.0",
		"org.opencontainers.image.source": source, "org.opencontainers.image.licenses": "Apache-2.0",
		"org.opencontainers.image.revision": "0123abc-modified", "org.opencontainers.image.created": "2026-11-23T09:00:00Z",
	}, one.Config.Labels)

	var index spec.Index
	require.NoError(t, json.Unmarshal(files["index.json"], &index))
	require.Len(t, index.Manifests, 3)
	for i, d := range index.Manifests {
		var m spec.Manifest
		require.NoError(t, json.Unmarshal(files["blobs/sha256/"+d.Digest.Encoded()], &m))
		assert.Equal(t, docker[i].Config, "blobs/sha256/"+m.Config.Digest.Encoded(), "both ways in lead to one image")
		assert.Equal(t, &one.Platform, d.Platform)
	}
}

func TestComponents(t *testing.T) {
	list, err := built(t, "analyzers").components()
	require.NoError(t, err)
	var bom cdx.BOM
	require.NoError(t, cdx.NewBOMDecoder(bytes.NewReader(list), cdx.BOMFileFormatJSON).Decode(&bom))
	assert.Equal(t, "pkg:golang/github.com/waggle-cti/waggle@v0.1.0", bom.Metadata.Component.PackageURL)
	var urls []string
	for _, c := range *bom.Components {
		urls = append(urls, c.PackageURL)
	}
	assert.Equal(t, []string{"pkg:golang/std@1.26.8", "pkg:golang/github.com/example/a@v1.2.3", "pkg:golang/github.com/example/fork@v1.0.1"}, urls)
	assert.Equal(t, urls, *(*bom.Dependencies)[0].Dependencies)
	again, err := built(t, "analyzers").components()
	require.NoError(t, err)
	assert.Equal(t, string(list), string(again))
}

func TestCatalogAndImagesHaveOneName(t *testing.T) {
	workers, err := readCatalog([]byte(catalog), "registry.example.com/waggle/")
	require.NoError(t, err)
	assert.Equal(t, "registry.example.com/waggle/waggle-two:2.1", workers[1].DockerImage)
	assert.Equal(t, []string{"analyzers", "two"}, []string{workers[1].program, workers[1].command})
	responders, err := entries(workers, "responders")
	require.NoError(t, err)
	assert.Contains(t, string(responders), `"dockerImage": "registry.example.com/waggle/waggle-three:1.0"`)
	assert.NotContains(t, string(responders), "waggle-one")

	real, err := readCatalog(bundle.Catalog(), "")
	require.NoError(t, err)
	for _, w := range real {
		assert.True(t, strings.HasSuffix(w.DockerImage, "/waggle-"+w.command+":"+w.Version), w.DockerImage)
	}
	for name, text := range map[string]string{"no JSON": "[", "no workers": "{}"} {
		_, err := readCatalog([]byte(text), "")
		assert.Error(t, err, name)
	}
}

func TestBinariesThatNoImageCanHold(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	require.NoError(t, os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755))
	own, err := os.Executable()
	require.NoError(t, err)
	for name, c := range map[string]struct{ path, architecture, says string }{
		"none":                 {filepath.Join(dir, "none"), "amd64", "make cross"},
		"not a program in Go":  {text, "amd64", "text"},
		"another architecture": {own, "riscv64", "and not for linux/riscv64"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readBinary(c.path, c.architecture)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestExport(t *testing.T) {
	workers, err := readCatalog([]byte(catalog), "")
	require.NoError(t, err)
	dir := t.TempDir()
	o := options{out: dir, version: "0.1.0", architectures: []string{"arm64"}, programs: programs(), templates: filepath.Join(dir, "t.zip"), export: filepath.Join(dir, "export.tar")}
	require.ErrorContains(t, o.writeExport(workers), "t.zip", "what is missing is named")
	for _, name := range []string{"t.zip", archive("arm64"), components("analyzers", "arm64"), components("responders", "arm64"), components("feeder", "arm64")} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
	}
	require.NoError(t, o.writeExport(workers))
	out, err := os.ReadFile(o.export)
	require.NoError(t, err)
	files, _ := contents(t, out)
	assert.Contains(t, string(files["waggle/INSTALL.md"]), "This export holds arm64 only")
	assert.Contains(t, string(files["waggle/INSTALL.md"]), "`ghcr.example/cti/waggle-feeder:0.1.0`")
	sums := string(files["waggle/SHA256SUMS"])
	for name, data := range files {
		if name != "waggle/SHA256SUMS" {
			assert.Contains(t, sums, digest.FromBytes(data).Encoded()+"  "+strings.TrimPrefix(name, "waggle/")+"\n")
		}
	}
	assert.Len(t, files, 9)
}
