// Package threatdata is what is publicly known of vulnerabilities and of the
// names of malware, tools and actors: CISA's list of known exploited
// vulnerabilities, FIRST's EPSS, NVD's CVSS scores, MITRE ATT&CK and MISP's
// galaxies, compiled into one small file.
//
// The file is made on the user's network by Update. Without one, or without a
// part of it, less is known and nothing is counted against a post. A small
// built-in table of names is always there.
package threatdata

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"
)

// File is the compiled file's name, in the folder of the feeder's data.
const File = "threatdata.json.gz"

// version is the form of the file. Files of another are made anew.
const version = 1

// maxFile bounds the compiled file, unpacked, in bytes.
const maxFile = 128 << 20

// Data is what is known. It does not change and is safe for concurrent use;
// nil is the built-in table alone.
type Data struct {
	parts map[string]Part
	known map[string]Known
	epss  scores
	cvss  scores
	names []Name
}

// Part says where a part of the data is from.
type Part struct {
	From    string    `json:"from"`
	Fetched time.Time `json:"fetched"`
	Dated   time.Time `json:"dated,omitzero"` // by its maker
	Entries int       `json:"entries"`
}

// The parts.
const (
	KEV   = "kev"   // CISA's known exploited vulnerabilities
	EPSS  = "epss"  // FIRST's exploit prediction scores
	CVSS  = "cvss"  // NVD's severity scores
	Names = "names" // MITRE ATT&CK and MISP galaxies
	// Attack is what ATT&CK's ids mean: a file of its own beside the others, for
	// the analyzer attack.
	Attack = "attack"
)

// AllParts are the parts in the order in which people are told of them.
func AllParts() []string { return []string{KEV, EPSS, CVSS, Names, Attack} }

// file is Data as it is kept.
type file struct {
	Version int             `json:"version"`
	Parts   map[string]Part `json:"parts"`
	KEV     []Known         `json:"kev,omitempty"`
	EPSS    scores          `json:"epss,omitzero"`
	CVSS    scores          `json:"cvss,omitzero"`
	Names   []Name          `json:"names,omitempty"`
}

// ErrOld is the error, wrapped, of opening a file that another version wrote.
var ErrOld = errors.New("made by another version: run feeder lists update")

// Open reads the compiled file. Where there is none it gives nil, which is the
// built-in table, and no error.
func Open(path string) (*Data, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("threat data: %w", err)
	}
	defer f.Close()
	d, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("threat data %s: %w", path, err)
	}
	return d, nil
}

func read(r io.Reader) (*Data, error) {
	unpacked, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(unpacked, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("larger than %d MB", maxFile>>20)
	}
	var written file
	if err := json.Unmarshal(text, &written); err != nil {
		return nil, err
	}
	if written.Version != version {
		return nil, ErrOld
	}
	if err := errors.Join(written.EPSS.check(), written.CVSS.check()); err != nil {
		return nil, err
	}
	d := &Data{parts: written.Parts, epss: written.EPSS, cvss: written.CVSS, names: written.Names}
	d.setKnown(written.KEV)
	return d, nil
}

// save puts the data in the place of the file at path, all at once.
func (d *Data) save(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	out, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer out.Cleanup() //nolint:errcheck // after CloseAtomicallyReplace it does nothing
	packed := gzip.NewWriter(out)
	err = json.NewEncoder(packed).Encode(file{Version: version, Parts: d.parts, KEV: d.exploited(), EPSS: d.epss, CVSS: d.cvss, Names: d.names})
	if err := errors.Join(err, packed.Close()); err != nil {
		return err
	}
	return out.CloseAtomicallyReplace()
}

// Parts tells where each part is from; one that is missing is not in it.
func (d *Data) Parts() map[string]Part {
	if d == nil {
		return nil
	}
	return d.parts
}

// Vulnerability is what is known of one CVE id.
type Vulnerability struct {
	Exploited *Known  // nil: not on CISA's list, or there is no list
	EPSS      float64 // the chance of being exploited within 30 days, 0–1; -1 = unknown
	CVSS      float64 // the base score, 0–10; -1 = unknown
}

// Vulnerability looks a CVE id up; "CVE-2024-3400" in any case.
func (d *Data) Vulnerability(id string) Vulnerability {
	v := Vulnerability{EPSS: -1, CVSS: -1}
	if d == nil {
		return v
	}
	id = strings.ToUpper(id)
	if k, ok := d.known[id]; ok {
		v.Exploited = &k
	}
	if n, ok := d.epss.find(id); ok {
		v.EPSS = float64(n) / epssScale
	}
	if n, ok := d.cvss.find(id); ok {
		v.CVSS = float64(n) / cvssScale
	}
	return v
}
