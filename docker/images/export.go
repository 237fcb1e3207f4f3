package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

//go:embed INSTALL.md
var notes string

// writeExport writes one tar with all that a site without network needs: the
// archives, the catalogs as files, the report templates, the lists of
// components, how to install them, and checksums of everything.
func (o options) writeExport(workers []worker) error {
	names, files, err := o.collect(workers)
	if err != nil {
		return err
	}
	out, err := os.Create(o.export)
	if err != nil {
		return err
	}
	defer out.Close()
	a := &tarball{tar: tar.NewWriter(out)}
	for _, name := range names {
		a.file("waggle/"+name, 0o644, files[name])
	}
	if err := a.close(); err != nil {
		return fmt.Errorf("%s: %w", o.export, err)
	}
	fmt.Println(o.export)
	return out.Close()
}

// collect gives the export's files, by name and in order, the checksums last.
func (o options) collect(workers []worker) (names []string, files map[string][]byte, err error) {
	files = map[string][]byte{}
	add := func(name string, data []byte, failed error) {
		if err == nil {
			err = failed
		}
		names, files[name] = append(names, name), data
	}
	read := func(name, path string) {
		data, err := os.ReadFile(path)
		add(name, data, err)
	}
	install, failed := o.install(workers)
	add("INSTALL.md", install, failed)
	for _, program := range []string{"analyzers", "responders"} {
		list, failed := entries(workers, program)
		add(program+".json", list, failed)
	}
	read("waggle-templates.zip", o.templates)
	for _, architecture := range o.architectures {
		read(archive(architecture), filepath.Join(o.out, archive(architecture)))
		for _, program := range o.programs {
			read("sbom/"+components(program, architecture), filepath.Join(o.out, components(program, architecture)))
		}
	}
	var sums bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	add("SHA256SUMS", sums.Bytes(), nil)
	return names, files, err
}

// install writes the notes for this export.
func (o options) install(workers []worker) ([]byte, error) {
	t, err := template.New("INSTALL.md").Parse(notes)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{"Workers": len(workers), "Example": workers[0].DockerImage, "Feeder": feederName(workers, o.version), "Architectures": o.architectures})
	return out.Bytes(), err
}
