// Command images writes Waggle's images, one for each worker and the feeder's,
// as archives that container engines load, without an engine. `make images` and
// `make export` run it.
//
// The same binaries give the same bytes, wherever and whenever: nothing in an
// image but the binary and what its build information says.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	bundle "github.com/waggle-cti/waggle"
)

func main() {
	var o options
	architectures := flag.String("arch", "amd64,arm64", "the architectures, separated by commas")
	only := flag.String("only", strings.Join(programs(), ","), "the programs whose images to write, separated by commas")
	flag.StringVar(&o.binaries, "binaries", "dist", "folder with linux-ARCH/analyzers, responders and feeder for each architecture")
	flag.StringVar(&o.out, "out", "dist/images", "folder for the archives and the lists of components (SBOM)")
	flag.StringVar(&o.registry, "registry", "", "what begins the images' names (default: as in the catalog)")
	flag.StringVar(&o.version, "version", "0.1.0", "the feeder's version, its image's tag")
	flag.StringVar(&o.export, "export", "", "write one tar for a site without network here, too")
	flag.StringVar(&o.templates, "templates", "dist/waggle-templates.zip", "the report templates to put into the export")
	flag.Parse()
	o.architectures, o.programs = strings.Split(*architectures, ","), strings.Split(*only, ",")
	if err := o.run(); err != nil {
		fmt.Fprintln(os.Stderr, "images:", err)
		os.Exit(1)
	}
}

// options say what to write where.
type options struct {
	binaries, out     string
	registry, version string
	architectures     []string
	programs          []string
	export, templates string
}

func (o options) run() error {
	if flag.NArg() > 0 {
		return errors.New("takes no arguments; see -help")
	}
	workers, err := readCatalog(bundle.Catalog(), o.registry)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return err
	}
	for _, architecture := range o.architectures {
		if err := o.write(workers, architecture); err != nil {
			return err
		}
	}
	if o.export == "" {
		return nil
	}
	return o.writeExport(workers)
}

// programs are the binaries that images are made of.
func programs() []string { return []string{"analyzers", "responders", "feeder"} }

// archive and components name what is written for an architecture.
func archive(architecture string) string { return "waggle-images-linux-" + architecture + ".tar" }

func components(program, architecture string) string {
	return program + "-linux-" + architecture + ".cdx.json"
}

// write writes the archive of an architecture, and each program's components.
func (o options) write(workers []worker, architecture string) error {
	built := map[string]binary{}
	for _, program := range o.programs {
		b, err := readBinary(filepath.Join(o.binaries, "linux-"+architecture, program), architecture)
		if err != nil {
			return err
		}
		built[program] = b
		list, err := b.components()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(o.out, components(program, architecture)), list, 0o644); err != nil {
			return err
		}
	}
	var images []image
	for _, w := range workers {
		b, ok := built[w.program]
		if !ok {
			continue
		}
		i, err := b.worker(w)
		if err != nil {
			return err
		}
		images = append(images, i)
	}
	if b, ok := built["feeder"]; ok {
		i, err := b.feeder(feederName(workers, o.version), o.version)
		if err != nil {
			return err
		}
		images = append(images, i)
	}
	name := filepath.Join(o.out, archive(architecture))
	if err := writeFile(name, images); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Println(name)
	return nil
}

func writeFile(name string, images []image) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := writeArchive(f, images); err != nil {
		return err
	}
	return f.Close()
}
