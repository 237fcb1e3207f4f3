package cortex

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Folder is a job's folder: input/input.json and what it names in input/, and
// output/ for the report and the files of artifacts.
type Folder string

// DefaultFolder is where Cortex' Docker runner puts the job.
const DefaultFolder Folder = "/job"

func (f Folder) input(name string) string  { return filepath.Join(string(f), "input", name) }
func (f Folder) output(name string) string { return filepath.Join(string(f), "output", name) }

// read reads the job's JSON.
func (f Folder) read() (input, error) {
	file, err := os.Open(f.input("input.json"))
	if err != nil {
		return nil, badInput("no job can be read from %s: %v", f.input("input.json"), reason(err))
	}
	defer file.Close()
	return readInput(file)
}

// inputFile finds a file of the input folder without leaving the folder.
func (f Folder) inputFile(name string) (fs.FileInfo, string, error) {
	root, err := os.OpenRoot(f.input(""))
	if err != nil {
		return nil, "", err
	}
	defer root.Close()
	file, err := root.Open(name)
	if err != nil {
		return nil, "", err
	}
	defer file.Close()
	info, err := file.Stat()
	return info, f.input(name), err
}

// OutputFile makes a file for an artifact and gives the name to put into
// Artifact.File. The name asked for is made safe, and unique in the folder.
func (j *Job) OutputFile(name string) (file io.WriteCloser, as string, err error) {
	root, err := os.OpenRoot(j.folder.output(""))
	if err != nil {
		return nil, "", fmt.Errorf("no file can be written to the output folder: %w", reason(err))
	}
	defer root.Close()
	safe := safeName(name)
	for i := range maxSameName {
		if as = safe; i > 0 {
			as = fmt.Sprintf("%d-%s", i, safe)
		}
		file, err := root.OpenFile(as, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			return file, as, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, "", fmt.Errorf("no file can be written to the output folder: %w", reason(err))
		}
	}
	return nil, "", fmt.Errorf("the output folder holds %d files named %s already", maxSameName, safe)
}

const (
	maxSameName = 1000
	maxFileName = 120 // bytes; leaves room for a number in front
)

// safeName makes a file name of a hostile one: no path, no control or special
// character, no leading dot, never the report's own.
func safeName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) || strings.ContainsRune(`<>:"|?*`, r) {
			return '_'
		}
		return r
	}, name)
	if ext := filepath.Ext(name); len(name) > maxFileName && len(ext) < maxFileName/2 {
		name = strings.TrimSuffix(clip(name, maxFileName-len(ext)), "…") + ext
	}
	name = strings.Trim(strings.TrimSuffix(clip(name, maxFileName), "…"), ". ")
	if name == "" || strings.EqualFold(name, "output.json") {
		name = "file-" + orDefault(name, "unnamed")
	}
	return name
}

// reason leaves the path out of a file error, where the message names it
// already or it would tell more than it helps.
func reason(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return l.Err
	}
	return err
}
