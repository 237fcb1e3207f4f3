package cortex

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"slices"
	"strings"
)

// validate tells what Cortex or TheHive would not take of a report. Much of it
// leaves a job "in progress" for ever or fails it without a word, so the worker
// says it instead.
func (r Report) validate(job *Job) error {
	var errs []error
	for i, t := range r.Taxonomies {
		if err := t.check(); err != nil {
			errs = append(errs, fmt.Errorf("taxonomy %d: %w", i+1, err))
		}
	}
	for i, a := range r.Artifacts {
		if err := a.check(job); err != nil {
			errs = append(errs, fmt.Errorf("artifact %d: %w", i+1, err))
		}
	}
	for i, o := range r.Operations {
		if err := o.check(job.worker.Kind, job.DataType); err != nil {
			errs = append(errs, fmt.Errorf("operation %d: %w", i+1, err))
		}
	}
	return joinLine(errs)
}

func (t Taxonomy) check() error {
	switch t.Level {
	case Info, Safe, Suspicious, Malicious:
	default:
		return fmt.Errorf("level %q is none of info, safe, suspicious, malicious", t.Level)
	}
	if t.Predicate == "" {
		return errors.New("the predicate must not be empty")
	}
	if _, isBool := t.Value.(bool); isBool || !scalar(t.Value) {
		return fmt.Errorf("the value has type %T, which must be a string or a number", t.Value)
	}
	return nil
}

// scalar tells whether a value is written as a JSON string, number or boolean.
func scalar(v any) bool {
	switch reflect.ValueOf(v).Kind() {
	case reflect.String, reflect.Bool, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	}
	return false
}

func (a Artifact) check(job *Job) error {
	switch {
	case strings.TrimSpace(a.DataType) == "":
		return errors.New("it has no data type")
	case a.TLP != nil && (*a.TLP < 0 || *a.TLP > maxArtifactTLP):
		return fmt.Errorf("tlp is %d and must be 0 to %d", *a.TLP, maxArtifactTLP)
	case a.DataType == fileType:
		return a.checkFile(job.folder)
	case a.File != "" || a.Filename != "" || a.ContentType != "":
		return fmt.Errorf("data type %s must not name a file", a.DataType)
	case strings.TrimSpace(a.Data) == "":
		return fmt.Errorf("data of type %s is empty", a.DataType)
	}
	return nil
}

// checkFile makes sure that the file is there: Cortex drops a missing one
// without a word, and follows links on its host.
func (a Artifact) checkFile(folder Folder) error {
	if a.Data != "" {
		return errors.New("a file must not have data")
	}
	if a.File == "" || strings.ContainsAny(a.File, "/\\\x00") || strings.HasPrefix(a.File, ".") {
		return fmt.Errorf("file %q must be a name that Job.OutputFile gave", a.File)
	}
	info, err := os.Lstat(folder.output(a.File))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("file %q is not in the output folder", a.File)
	case err != nil:
		return fmt.Errorf("file %q: %w", a.File, reason(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("file %q is not a regular file", a.File)
	}
	return nil
}

// artifact is an artifact as Cortex reads it. One key more, and the whole
// job fails.
type artifact struct {
	DataType    string   `json:"dataType"`
	Data        string   `json:"data,omitempty"`
	Message     string   `json:"message,omitempty"`
	Tags        []string `json:"tags"`
	TLP         int      `json:"tlp"`
	File        string   `json:"file,omitempty"`
	Filename    string   `json:"filename,omitempty"`
	ContentType string   `json:"contentType,omitempty"`
}

// taxonomies writes taxonomies for TheHive, each with a namespace.
func (r Report) taxonomies(job *Job) []Taxonomy {
	out := orEmpty(slices.Clone(r.Taxonomies))
	for i := range out {
		out[i].Namespace = orDefault(out[i].Namespace, job.worker.Namespace())
	}
	return out
}

// tags are those of an artifact: the worker's, so that an analyst sees where it
// comes from, and what it said itself, each once and none blank.
func (w *Worker) tags(own []string) []string {
	tags := []string{w.Command()}
	for _, tag := range own {
		if strings.TrimSpace(tag) != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	return tags
}

// artifacts writes artifacts for Cortex, each once: Cortex keeps repeats. What is
// not what its type says is left out.
func (r Report) artifacts(job *Job) []artifact {
	out := []artifact{}
	seen := map[[3]string]bool{}
	for _, a := range r.Artifacts {
		key := [3]string{a.DataType, a.Data, a.File}
		if seen[key] || !a.fits() {
			continue
		}
		seen[key] = true
		w := artifact{
			DataType: a.DataType, Data: a.Data, Message: a.Message, Tags: job.worker.tags(a.Tags), TLP: min(job.TLP, maxArtifactTLP),
			File: a.File, Filename: orDefault(a.Filename, a.File), ContentType: a.ContentType,
		}
		if a.TLP != nil {
			w.TLP = *a.TLP
		}
		out = append(out, w)
	}
	return out
}
