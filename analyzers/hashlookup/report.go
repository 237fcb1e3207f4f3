package hashlookup

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

// most is how many packages and files around it a report lists.
const most = 100

// noOpinion is the trust of a file of which hashlookup has no opinion.
const noOpinion = 50

// full is the report. Times are as hashlookup writes them.
type full struct {
	Found         bool              `json:"found"`
	Level         cortex.Level      `json:"level"`
	Trust         int               `json:"trust"`               // 0–100; 50: no opinion
	Malicious     string            `json:"malicious,omitempty"` // who holds the file for malicious
	Name          string            `json:"name,omitempty"`
	Size          int64             `json:"size,omitempty"` // bytes
	Type          string            `json:"type,omitempty"` // media type
	Hashes        map[string]string `json:"hashes,omitempty"`
	Product       string            `json:"product,omitempty"`
	System        string            `json:"system,omitempty"` // operating system
	Source        string            `json:"source,omitempty"`
	Database      string            `json:"database,omitempty"`
	Inserted      string            `json:"inserted,omitempty"`
	Parents       []file            `json:"parents,omitempty"` // packages and archives that hold it
	ParentsTotal  int64             `json:"parents_total,omitempty"`
	Children      []file            `json:"children,omitempty"` // what it holds
	ChildrenTotal int64             `json:"children_total,omitempty"`
}

// file is a package, or another file around the one that was asked for.
type file struct {
	Name       string `json:"name,omitempty"`
	Version    string `json:"version,omitempty"`
	Maintainer string `json:"maintainer,omitempty"`
	SHA256     string `json:"sha256,omitempty"`
	SHA1       string `json:"sha1,omitempty"`
}

// hashNames are the hashes of a record, under our names.
var hashNames = [][2]string{{"md5", "MD5"}, {"sha1", "SHA-1"}, {"sha256", "SHA-256"}, {"sha512", "SHA-512"}, {"ssdeep", "SSDEEP"}, {"tlsh", "TLSH"}}

// hash gives a hash of the record as it is commonly written.
func hash(r upstream.Fields, name string) string {
	switch text := r.Text(name); name {
	case "SSDEEP", "TLSH": // they tell capitals apart, or are written in them
		return text
	default:
		return strings.ToLower(text)
	}
}

func report(answer *upstream.Response, asked string, cfg Config) (cortex.Report, error) {
	r := answer.Fields()
	f := full{Found: answer.Status != http.StatusNotFound, Level: cortex.Info, Trust: noOpinion, Hashes: map[string]string{}}
	if !f.Found {
		if !strings.HasPrefix(r.Text("message"), "Non existing") {
			return cortex.Report{}, answer.Strange("nothing is there, and the answer does not say that the hash is unknown")
		}
		return cortex.Report{Full: f, Taxonomies: f.labels()}, nil
	}
	f.read(r)
	if !slices.ContainsFunc(hashNames, func(name [2]string) bool { return strings.EqualFold(f.Hashes[name[0]], asked) }) {
		return cortex.Report{}, answer.Strange("its answer is not a record of this hash")
	}
	f.Level = f.level(cfg)
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts(asked)}, nil
}

// read takes over what hashlookup knows; every field may be missing.
func (f *full) read(r upstream.Fields) {
	f.Malicious = cmp.Or(strings.Join(r.Texts("KnownMalicious"), ", "), truth(r.Text("KnownMalicious")))
	if trust, err := strconv.Atoi(r.Text("hashlookup:trust")); err == nil {
		f.Trust = trust
	}
	f.Name, f.Size, f.Type = r.Text("FileName", "PackageName"), r.Number("FileSize"), r.Text("mimetype")
	f.Source, f.Database, f.Inserted = r.Text("source", "source-url"), r.Text("db"), date(r.Text("insert-timestamp"))
	f.Product = words(r.Text("ProductCode.ProductName", "ProductCode.0.ProductName", "PackageName"), r.Text("ProductCode.ProductVersion", "ProductCode.0.ProductVersion", "PackageVersion"))
	f.System = words(r.Text("OpSystemCode.OpSystemName", "OpSystemCode.0.OpSystemName"), r.Text("OpSystemCode.OpSystemVersion", "OpSystemCode.0.OpSystemVersion"))
	for _, name := range hashNames {
		if h := hash(r, name[1]); h != "" {
			f.Hashes[name[0]] = h
		}
	}
	f.Parents, f.ParentsTotal = files(r, "parents"), r.Number("hashlookup:parent-total")
	f.Children, f.ChildrenTotal = files(r, "children"), r.Number("hashlookup:children-total")
	f.ParentsTotal, f.ChildrenTotal = max(f.ParentsTotal, int64(len(f.Parents))), max(f.ChildrenTotal, int64(len(f.Children)))
}

// date writes seconds since 1970, with a fraction or without, as people do; what
// is not that stays.
func date(text string) string {
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || seconds < 1 || seconds > 1<<40 {
		return text
	}
	return time.Unix(int64(seconds), 0).UTC().Format("2006-01-02 15:04:05 UTC")
}

// truth is what an answer says that is not a name: nothing but true counts.
func truth(text string) string {
	if text == "true" {
		return "a source that it does not name"
	}
	return ""
}

// words joins a name and a version; hashlookup writes "TBD" and "none" for what it
// does not know.
func words(name, version string) string {
	known := func(s string) string {
		if s == "TBD" || s == "none" {
			return ""
		}
		return s
	}
	return strings.TrimSpace(known(name) + " " + known(version))
}

func files(r upstream.Fields, name string) []file {
	var out []file
	for _, one := range r.List(name) {
		out = append(out, file{
			Name: one.Text("PackageName", "FileName", "snap-name"), Version: one.Text("PackageVersion"), Maintainer: one.Text("PackageMaintainer"),
			SHA256: hash(one, "SHA-256"), SHA1: hash(one, "SHA-1"),
		})
	}
	return out[:min(most, len(out))]
}

// level is the verdict; see the package's documentation.
func (f full) level(cfg Config) cortex.Level {
	switch {
	case f.Malicious != "":
		return cortex.Malicious
	case f.Trust < cfg.Doubtful:
		return cortex.Suspicious
	case f.Trust >= cfg.Trusted:
		return cortex.Safe
	}
	return cortex.Info
}

func (f full) labels() []cortex.Taxonomy {
	label := func(predicate, value string) []cortex.Taxonomy {
		return []cortex.Taxonomy{{Level: f.Level, Predicate: predicate, Value: value}}
	}
	switch {
	case !f.Found:
		return label("Known", "no")
	case f.Malicious != "":
		return label("KnownMalicious", f.Malicious)
	}
	return label("Trust", fmt.Sprintf("%d of 100", f.Trust))
}

// artifacts are the other hashes of a file that is not trusted. Those of other
// files would only fill the case.
func (f full) artifacts(asked string) []cortex.Artifact {
	var out []cortex.Artifact
	if f.Level != cortex.Malicious && f.Level != cortex.Suspicious {
		return out
	}
	for _, kind := range []string{"sha256", "sha1", "md5"} {
		if h := f.Hashes[kind]; h != "" && !strings.EqualFold(h, asked) {
			out = append(out, cortex.Artifact{DataType: "hash", Data: h, Message: "CIRCL hashlookup: of the same file", Tags: []string{kind}})
		}
	}
	return out
}
