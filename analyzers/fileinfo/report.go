package fileinfo

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
	Findings  []finding         `json:"findings,omitempty"`
	Notes     []string          `json:"notes,omitempty"` // what was not read, and why
	Program   *program          `json:"program,omitempty"`
	Office    *office           `json:"office,omitempty"`
	PDF       *pdf              `json:"pdf,omitempty"`
	Archive   *archive          `json:"archive,omitempty"`
	URLs      []link            `json:"urls,omitempty"`
	URLsTotal int               `json:"urls_total,omitempty"`
}

// finding is something worth an analyst's look.
type finding struct {
	Level cortex.Level `json:"level"`
	Label string       `json:"label"` // short, for the taxonomy
	Text  string       `json:"text"`
	Value string       `json:"value,omitempty"` // the name, address or list that it is about
}

// mostNotes bounds the notes and findings: a hostile file may give cause for many.
const mostNotes = 50

func (f *full) note(format string, args ...any) {
	if len(f.Notes) < mostNotes {
		f.Notes = append(f.Notes, clip(fmt.Sprintf(format, args...), 500))
	}
}

func (f *full) find(level cortex.Level, label, text, value string) {
	found := finding{level, label, text, clip(value, 500)}
	if len(f.Findings) < mostNotes && !slices.Contains(f.Findings, found) {
		f.Findings = append(f.Findings, found)
	}
}

// clip shortens a text to so many bytes, between characters.
func clip(text string, size int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= size {
		return text
	}
	for size > 0 && !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size] + "…"
}

// judge gives the report the level of its worst finding.
func (f *full) judge() {
	f.Level = cortex.Info
	for _, one := range f.Findings {
		if one.Level == cortex.Suspicious {
			f.Level = cortex.Suspicious
		}
	}
}

func (f *full) labels() []cortex.Taxonomy {
	media, _, _ := strings.Cut(f.Type, ";")
	out := []cortex.Taxonomy{{Level: cortex.Info, Predicate: "Type", Value: media}}
	var seen []string
	for _, one := range f.Findings {
		if one.Level == cortex.Suspicious && !slices.Contains(seen, one.Label) {
			seen = append(seen, one.Label)
			out = append(out, cortex.Taxonomy{Level: one.Level, Predicate: "Finding", Value: one.Label})
		}
	}
	return out
}

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
