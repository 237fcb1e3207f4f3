package fileinfo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/archive"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/office"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/pdf"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/program"
	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// full is the report. Of lists it shows the first; a total beside one says how
// many there are. Times are in UTC, "2006-01-02 15:04:05".
type full struct {
	Level     cortex.Level      `json:"level"`
	Name      string            `json:"name,omitempty"`
	Size      int64             `json:"size"`                // bytes
	Type      string            `json:"type"`                // media type, by content
	Extension string            `json:"extension,omitempty"` // that files of the type have: ".docx"
	Hashes    map[string]string `json:"hashes"`
	Entropy   float64           `json:"entropy"` // bits a byte, 0–8
	Findings  cortex.Findings   `json:"findings,omitempty"`
	Notes     []string          `json:"notes,omitempty"` // what was not read, and why
	Program   *program.Program  `json:"program,omitempty"`
	Office    *office.Document  `json:"office,omitempty"`
	PDF       *pdf.Document     `json:"pdf,omitempty"`
	Archive   *archive.Archive  `json:"archive,omitempty"`
	URLs      []sample.Link     `json:"urls,omitempty"`
	URLsTotal int               `json:"urls_total,omitempty"`
}

func (f *full) labels() []cortex.Taxonomy {
	media, _, _ := strings.Cut(f.Type, ";")
	out := []cortex.Taxonomy{{Level: cortex.Info, Predicate: "Type", Value: media}}
	return append(out, f.Findings.Taxonomies()...)
}

// most is how many artifacts a report has at most.
const most = 100

// artifacts are the file's hashes, to be looked up, and the URLs in it that are
// not known to be harmless.
func (f *full) artifacts() []cortex.Artifact {
	var out []cortex.Artifact
	for _, kind := range []string{"sha256", "sha1", "md5"} {
		out = append(out, cortex.Artifact{DataType: "hash", Data: f.Hashes[kind], Message: "FileInfo: of the file", Tags: []string{kind}})
	}
	for _, u := range f.URLs {
		if !u.Benign {
			out = append(out, cortex.Artifact{DataType: "url", Data: u.URL, Message: "FileInfo: in the file, " + u.Where})
		}
	}
	return out[:min(most, len(out))]
}

// entropy reads the configuration's number.
func (c Config) entropy() (float64, error) {
	v, err := strconv.ParseFloat(c.Entropy, 64)
	if err != nil || !(v >= 0 && v <= 8) {
		return 0, &upstream.Error{Service: "Waggle_FileInfo", Reason: upstream.BadInput,
			Message: fmt.Sprintf("suspicious_entropy is %.20q", c.Entropy), Next: "set a number from 0 to 8, such as 7.2"}
	}
	return v, nil
}
