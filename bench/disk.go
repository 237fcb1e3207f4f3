package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/tidwall/gjson"

	bundle "github.com/waggle-cti/waggle"
)

// What is published of the images of Cortex-Analyzers: the size of one on disk,
// in bytes, since they were made small (before, it was 920 MB); and for how many
// services there is one.
// https://github.com/TheHive-Project/Cortex-Analyzers/issues/1166
// https://github.com/TheHive-Project/Cortex-Analyzers/tree/master/analyzers
const (
	pythonImage  = 141_700_000
	pythonImages = 156
)

// imagesOnDisk measures the archive of the analyzers' images, as `make images`
// writes it, beside what is published of the Python ones.
func (b *bench) imagesOnDisk() (*table, error) {
	dir, err := os.MkdirTemp("", "bench-images-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	binary, err := filepath.Abs(b.analyzers)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(dir, "linux-"+runtime.GOARCH), 0o755); err != nil {
		return nil, err
	}
	if err := os.Symlink(binary, filepath.Join(dir, "linux-"+runtime.GOARCH, "analyzers")); err != nil {
		return nil, err
	}
	write := exec.CommandContext(b.ctx, "go", "run", "./docker/images", "-binaries", dir, "-out", dir, "-arch", runtime.GOARCH, "-only", "analyzers")
	if out, err := write.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, lastLine(out))
	}
	archive, err := os.Stat(filepath.Join(dir, "waggle-images-linux-"+runtime.GOARCH+".tar"))
	if err != nil {
		return nil, err
	}
	unpacked, err := os.Stat(binary)
	if err != nil {
		return nil, err
	}
	images := gjson.GetBytes(bundle.Catalog(), "analyzers.#").Int()
	t := &table{title: "Images on disk", head: []string{"", "images", "to download", "unpacked"}}
	t.row("Waggle's analyzers, all", fmt.Sprint(images), megabytes(archive.Size()), megabytes(unpacked.Size()))
	t.row("as many of Cortex-Analyzers", fmt.Sprint(images), "", megabytes(images*pythonImage))
	t.row("Cortex-Analyzers, all", fmt.Sprint(pythonImages), "", megabytes(pythonImages*pythonImage))
	t.note("Waggle's images share their one layer. Those of Cortex-Analyzers are reckoned, not fetched: %s each, as published; what they share counts each time.", megabytes(pythonImage))
	return t, nil
}

// largeFile is how long the files for fileinfo are, in bytes.
const largeFile = 100_000_000

// largeFiles measures the analyzer fileinfo on long files.
func (b *bench) largeFiles(t *table) error {
	job, err := os.ReadFile(filepath.Join("analyzers", "fileinfo", "testdata", "text", "input.json"))
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		fill func(io.Writer) error
	}{
		{"100 MB of reports", writeLong},
		{"100 MB of chance", func(w io.Writer) error { _, err := io.CopyN(w, rand.NewChaCha8([32]byte{}), largeFile); return err }},
	} {
		took, err := b.largeReport(job, file.fill)
		if err != nil {
			return fmt.Errorf("fileinfo, %s: %w", file.name, err)
		}
		t.row("fileinfo, "+file.name, ms(took.wall[0]), ms(took.cpu[0]), "", "", "", "", megabytes(took.memory))
	}
	return nil
}

// largeReport runs fileinfo once on a file, and once more for the memory.
func (b *bench) largeReport(job []byte, fill func(io.Writer) error) (took spent, err error) {
	dir, err := os.MkdirTemp("", "bench-case-")
	if err != nil {
		return spent{}, err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "input.json"), job, 0o600); err != nil {
		return spent{}, err
	}
	name := filepath.Join(dir, gjson.GetBytes(job, "file").String())
	if err := writeFile(name, fill); err != nil {
		return spent{}, err
	}
	if err := os.Truncate(name, largeFile); err != nil {
		return spent{}, err
	}
	command := []string{b.analyzers, "fileinfo"}
	if err := b.reportOf(dir, command, &took); err != nil {
		return spent{}, err
	}
	took.memory, err = b.memoryOf(dir, command)
	return took, err
}
