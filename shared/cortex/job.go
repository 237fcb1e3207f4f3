package cortex

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/tidwall/gjson"
)

// Job is what a worker is asked to do. Everything in it was checked for its
// type and nothing else: the values are hostile.
type Job struct {
	DataType string // ip, domain, url, hash, file, other…; thehive:case… for a responder
	Data     string // the observable, without white space around it; "" for files and responders
	TLP      int    // 0–4, see TLPName
	PAP      int    // 0–3, see PAPName
	Message  string // what the analyst wrote beside it; often ""

	// Object is TheHive's object, for a responder: Object.Get("title").String().
	Object gjson.Result

	// Parameters are what Cortex was given beside the observable. TheHive puts
	// organisation and user there.
	Parameters gjson.Result

	// File is the file of a job of data type file.
	File File

	// AutoExtract tells that the admin wants the indicators in the report as
	// artifacts. The kit sees to that.
	AutoExtract bool

	worker  *Worker
	folder  Folder
	limits  standard
	network network
	mu      sync.Mutex
	secrets []string
}

// File is a job's file.
type File struct {
	Name        string // as the analyst named it; hostile, not a path
	ContentType string // as the sender claims; may be empty or wrong
	Path        string // where it lies
	Size        int64  // bytes, at most the definition's MaxFile

	input string // its name in the input folder
}

// Read reads the whole file.
func (f File) Read() ([]byte, error) {
	data, err := os.ReadFile(f.Path)
	if err != nil {
		return nil, badInput("the job's file can't be read: %v", reason(err))
	}
	return data, nil
}

// Hide names a value that must not appear in any report or message: a session
// token, say. The secrets of the configuration are known already.
func (j *Job) Hide(secret string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(secret) >= minSecret && !slices.Contains(j.secrets, secret) {
		j.secrets = append(j.secrets, secret)
	}
}

func (j *Job) hidden() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.secrets)
}

// locate finds the job's file in the input folder. A link that leads out of
// the folder is refused.
func (j *Job) locate() error {
	if j.DataType != fileType || j.worker.Kind == Responder {
		return nil
	}
	info, path, err := j.folder.inputFile(j.File.input)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return badInput("the job's file %q is not in the input folder", clip(j.File.input, 128))
	case err != nil:
		return badInput("the job's file can't be read: %v", reason(err))
	case !info.Mode().IsRegular():
		return badInput("the job's file is not a regular file")
	case info.Size() == 0:
		return badInput("the job's file is empty")
	case info.Size() > j.worker.MaxFile:
		return badInput("the file has %s and %s takes at most %s", megabytes(info.Size()), j.worker.Name, megabytes(j.worker.MaxFile))
	}
	j.File.Path, j.File.Size = path, info.Size()
	return nil
}
