package attack

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
)

// File is the compiled file's name, in the folder of the feeder's data. It is
// gzip over lines of JSON: a head, then an entry a line, sorted by id, so that
// one is found without decoding the others.
const File = "attack.json.gz"

const (
	form     = 1        // of the file; one of another form is made anew
	maxFile  = 64 << 20 // of the file unpacked, in bytes
	maxEntry = 4 << 20  // of a line: PowerShell has some hundred groups and as much software
)

// Head says what a compiled file is made of.
type Head struct {
	Form    int       `json:"form"`
	Made    time.Time `json:"made"`             // when it was compiled
	Changed time.Time `json:"changed,omitzero"` // when MITRE last changed anything in it
	From    string    `json:"from"`             // the bundle's address
	Entries int       `json:"entries"`
}

// ErrDamaged is the error, wrapped, of a file that is none of this package, or
// of another version.
var ErrDamaged = errors.New("it is no compiled ATT&CK, or of another version")

// Save puts entries in the place of the file at path, all at once. Of the head,
// the form and the number of entries are set here.
func Save(path string, entries []Entry, head Head) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	out, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer out.Cleanup() //nolint:errcheck // after CloseAtomicallyReplace it does nothing
	packed := gzip.NewWriter(out)
	lines := json.NewEncoder(packed)
	head.Form, head.Entries, head.Made, head.Changed = form, len(entries), head.Made.UTC().Truncate(time.Second), head.Changed.UTC()
	err = lines.Encode(head)
	for _, e := range entries {
		err = errors.Join(err, lines.Encode(e))
	}
	if err = errors.Join(err, packed.Close()); err != nil {
		return err
	}
	return out.CloseAtomicallyReplace()
}

// Find looks an id up in a compiled file. found is false where it has none of
// that id; the head tells what was asked.
func Find(path, id string) (e Entry, head Head, found bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return Entry{}, Head{}, false, err
	}
	defer f.Close()
	e, head, found, err = find(f, id)
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return e, head, found, err
}

func find(r io.Reader, id string) (e Entry, head Head, found bool, err error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return Entry{}, Head{}, false, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	lines := bufio.NewScanner(io.LimitReader(unpacked, maxFile))
	lines.Buffer(make([]byte, 64<<10), maxEntry)
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || head.Form != form {
		return Entry{}, Head{}, false, ErrDamaged
	}
	wanted, err := json.Marshal(id)
	if err != nil {
		return Entry{}, head, false, err
	}
	wanted = append([]byte(`{"id":`), wanted...)
	for lines.Scan() {
		if bytes.HasPrefix(lines.Bytes(), wanted) {
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				return Entry{}, head, false, fmt.Errorf("%w: %w", ErrDamaged, err)
			}
			return e, head, true, nil
		}
	}
	if err := lines.Err(); err != nil {
		return Entry{}, head, false, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return Entry{}, head, false, nil
}
